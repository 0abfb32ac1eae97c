import { once } from "node:events";
import { type ClientRequest, get } from "node:http";
import { describe, expect, it } from "vitest";
import type { Fault, TrueTransaction } from "../../packages/sandbox/src/index.ts";
import { watchAccount } from "./watched-account.ts";

const observedIn = (truth: readonly TrueTransaction[]) => truth.filter(({ observed }) => observed.length > 0);

/** The transaction ids in a text, even if it is cut. */
const idsIn = (text: string) => [...text.matchAll(/"transactionId":"([\w-]+)"/g)].map(([, id]) => id);

/** Resolves once a request is over, even if by an error. */
async function closed(request: ClientRequest): Promise<void> {
  await new Promise((resolve) => request.once("close", resolve));
}

/** What arrives of a response, even if the connection is cut. */
async function arriving(url: string, headers: Record<string, string>): Promise<string> {
  const request = get(url, { headers, agent: false });
  let text = "";
  request.on("error", () => undefined);
  request.on("response", (response) => {
    response.on("data", (chunk) => {
      text += chunk;
    });
    response.on("error", () => undefined);
  });
  await closed(request);
  return text;
}

describe("what counts as shown", () => {
  it.each<[string, Fault]>([
    ["an error instead of the response", { error: "ServiceError" }],
    ["a redirect", { redirect: "http://127.0.0.1:1/" }],
    ["a body of one's own", { body: { transactions: { booked: [], pending: [] } } }],
    ["a connection that is cut before the response", { drop: "connection" }],
    ["a connection that is cut in the body", { drop: "body" }],
    ["a content length that is too short", { headers: { "content-length": "100" } }],
    ["an encoding that the body does not have", { headers: { "Content-Encoding": "gzip" } }],
    ["an error with a delay", { error: "ServiceError", delayMs: 5 }],
    ["a slow body that is cut", { drop: "body", bytesPerSecond: 1_000_000 }],
  ])("%s shows nothing", async (_what, fault) => {
    await using account = await watchAccount("DEUTSCHE_BANK_DEUTDEFF", { max_historical_days: 30 });
    account.sandbox.inject({ ...fault, operation: "transactions" });
    await arriving(account.url(), account.authorization());
    expect(observedIn(account.truth()).length).toBe(0);
    expect(await account.ask()).toBe(200);
    const shown = Number(account.responses[0]?.booked.length) + Number(account.responses[0]?.pending.length);
    expect(observedIn(account.truth())).toHaveLength(shown);
    expect(observedIn(account.truth()).every(({ observed }) => observed[0]?.seen[0]?.response === 0)).toBe(
      true,
    );
  });

  it.each<[string, Fault]>([
    ["a delayed response", { delayMs: 5 }],
    ["a slow response", { bytesPerSecond: 1_000_000 }],
    ["a response with other headers", { headers: { "x-odd": "1" }, contentType: "text/html" }],
  ])("%s that arrives whole shows its entries", async (_what, fault) => {
    await using account = await watchAccount("DEUTSCHE_BANK_DEUTDEFF", { max_historical_days: 30 });
    account.sandbox.inject({ ...fault, operation: "transactions" });
    expect(await account.ask()).toBe(200);
    expect(observedIn(account.truth()).length).toBeGreaterThan(20);
  });

  it("a response to a client that closes its connection for each request shows its entries", async () => {
    await using account = await watchAccount("DEUTSCHE_BANK_DEUTDEFF", { max_historical_days: 30 });
    const text = await arriving(account.url(), { ...account.authorization(), connection: "close" });
    expect(observedIn(account.truth())).toHaveLength(
      idsIn(text).length + JSON.parse(text).transactions.pending.length,
    );
  });

  it("a response to HEAD shows nothing", async () => {
    await using account = await watchAccount("DEUTSCHE_BANK_DEUTDEFF", { max_historical_days: 30 });
    const { status } = await fetch(account.url(), { method: "HEAD", headers: account.authorization() });
    expect(status).toBe(200);
    expect(observedIn(account.truth()).length).toBe(0);
  });

  it("a response that is still being sent, or whose client goes away in the middle, shows nothing", async () => {
    const large = { transactionsPerDay: 100 };
    await using account = await watchAccount("RABOBANK_RABONL2U", { max_historical_days: 730 }, large);
    const request = get(account.url(), { headers: account.authorization(), agent: false });
    const [response] = await once(request, "response");
    await once(response, "readable");
    expect(response.statusCode).toBe(200);
    expect(observedIn(account.truth()).length).toBe(0);
    request.on("error", () => undefined);
    response.on("error", () => undefined);
    request.destroy();
    await closed(request);
    // The sandbox has noticed by the time that it has responded to further requests.
    for (let call = 0; call < 5; call += 1)
      expect((await account.send("GET", "/requisitions/")).status).toBe(200);
    expect(observedIn(account.truth()).length).toBe(0);
  });

  it("a response that is ready after its client has given up shows nothing", async () => {
    await using account = await watchAccount("DEUTSCHE_BANK_DEUTDEFF", { max_historical_days: 30 });
    account.sandbox.inject({ operation: "transactions", delayMs: 100 });
    const request = get(account.url(), { headers: account.authorization(), agent: false });
    request.on("error", () => undefined);
    await once(request, "finish");
    const over = closed(request);
    // The sandbox has received the request once it has responded to a later one.
    await account.send("GET", "/requisitions/");
    request.destroy();
    await over;
    const ready = () => account.sandbox.requests.some(({ path }) => path.endsWith("/transactions/"));
    while (!ready()) await account.send("GET", "/requisitions/");
    await account.send("GET", "/requisitions/");
    expect(observedIn(account.truth()).length).toBe(0);
  });

  it("ids that change with each response do not repeat after one that was cut", async () => {
    await using account = await watchAccount("HSBC_HBUKGB4B", { max_historical_days: 30 });
    account.sandbox.inject({ operation: "transactions", drop: "body" });
    const cut = idsIn(await arriving(account.url(), account.authorization()));
    expect(cut.length).toBeGreaterThan(5);
    await account.ask();
    const whole = (account.responses[0]?.booked ?? []).map((row) => String(row["transactionId"]));
    expect(whole.length).toBeGreaterThan(cut.length);
    expect(whole.filter((id) => cut.includes(id))).toEqual([]);
    const known = account
      .truth()
      .flatMap(({ observed }) => observed.map((form) => form.payload["transactionId"]));
    expect(known).toEqual(expect.arrayContaining(whole));
  });

  it("a restored sandbox knows which responses were cut, and goes on counting after them", async () => {
    await using first = await watchAccount("HSBC_HBUKGB4B", { max_historical_days: 30 });
    first.sandbox.inject({ operation: "transactions", drop: "body" });
    await arriving(first.url(), first.authorization());
    const cut = JSON.parse(JSON.stringify(first.sandbox.save()));
    await first.ask();
    const asked = JSON.parse(JSON.stringify(first.sandbox.save()));
    await using second = await watchAccount("DEUTSCHE_BANK_DEUTDEFF", {}, { state: cut });
    expect(observedIn(second.sandbox.truth(first.id()))).toEqual([]);
    const { body } = await second.send("GET", `/accounts/${first.id()}/transactions/`);
    expect(body.transactions.booked).toEqual(first.responses[0]?.booked);
    await using third = await watchAccount("DEUTSCHE_BANK_DEUTDEFF", {}, { state: asked });
    expect(third.sandbox.truth(first.id())).toEqual(first.truth());
    expect(observedIn(first.truth()).length).toBeGreaterThan(20);
  });
});
