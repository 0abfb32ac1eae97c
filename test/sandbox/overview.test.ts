import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { sandboxBanks } from "../../packages/sandbox/src/index.ts";
import { temporaryFolder } from "../support/folder.ts";
import { plainClient } from "./plain-client.ts";
import { sendRaw } from "./raw-client.ts";

type Client = Awaited<ReturnType<typeof plainClient>>;

const MONZO = "MONZO_MONZGB2L";

/** The address of a page of the sandbox. */
const at = ({ sandbox }: Client, path: string) => new URL(path, sandbox.baseUrl).href;

/** Opens a page, or sends its form. */
async function page(address: string, form?: ConstructorParameters<typeof URLSearchParams>[0]) {
  const response = await fetch(address, {
    redirect: "manual",
    ...(form === undefined ? {} : { method: "POST", body: new URLSearchParams(form) }),
  });
  return { status: response.status, location: response.headers.get("location"), text: await response.text() };
}

/** Presses Connect on the overview, and returns the address of the consent page. */
async function pressed(client: Client, bank: string, overview = at(client, "/")) {
  const { status, location } = await page(new URL("/_sandbox/page/connect", overview).href, { bank });
  expect(status).toBe(303);
  return new URL(location ?? "", overview).href;
}

/** The newest requisition. */
function newest({ sandbox }: Client) {
  const requisition = sandbox.state().requisitions.at(-1);
  if (requisition === undefined) throw new Error("There is no requisition.");
  return requisition;
}

/** The part of the overview that says what happened, without its marks; undefined if it has none. */
async function happened(address: string): Promise<string | undefined> {
  const { text } = await page(address);
  const part = /<section id="returned".*?<\/section>/s.exec(text)?.[0];
  return part
    ?.replaceAll(/<[^>]*>/g, " ")
    .replaceAll(/\s+/g, " ")
    .trim();
}

describe("the button Connect", () => {
  it("begins a consent at every bank, with all the history and the longest access that it grants", async () => {
    await using client = await plainClient();
    for (const bank of sandboxBanks) {
      const consent = await page(await pressed(client, bank));
      expect([bank, consent.status, newest(client).institution_id]).toEqual([bank, 200, bank]);
    }
    const granted = Object.fromEntries(
      client.sandbox
        .state()
        .agreements.map((one) => [
          one.institution_id,
          [one.max_historical_days, one.access_valid_for_days, one.reconfirmation, one.accepted],
        ]),
    );
    expect(granted).toMatchObject({
      SANDBOXFINANCE_SFIN0000: [90, 180, false, null],
      MONZO_MONZGB2L: [730, 180, false, null],
      FINECO_FEBIITM2: [365, 90, false, null],
      // These advertise more than they grant.
      SPARKASSE_BERLIN_BELADEBE: [90, 180, false, null],
      RAIFFEISEN_RZBAATWW: [360, 90, false, null],
      SANDBOX_HARD_4: [730, 180, false, null],
    });
  });

  it.each(["127.0.0.1", "localhost"])("brings the end user back to the overview at %s", async (host) => {
    await using client = await plainClient();
    const overview = Object.assign(new URL(at(client, "/")), { hostname: host }).href;
    const link = await pressed(client, MONZO, overview);
    expect(link.startsWith(`${overview}psd2/start/`)).toBe(true);
    const { location } = await page(link, { decision: "agree", account: "1" });
    expect(location).toBe(`${overview}?ref=${newest(client).reference}`);
    expect(await happened(location ?? "")).toContain("Monzo is connected with one account Savings Account");
  });

  it("brings the end user back through a forwarded port", async () => {
    await using client = await plainClient();
    const response = await sendRaw(
      client.sandbox.baseUrl,
      `POST /_sandbox/page/connect HTTP/1.1\r\nHost: localhost:8080\r\nOrigin: http://localhost:8080\r\nConnection: close\r\nContent-Length: ${`bank=${MONZO}`.length}\r\n\r\nbank=${MONZO}`,
    );
    const { id, redirect, link } = newest(client);
    expect(response?.status).toBe(303);
    expect(response?.headers.map((line) => line.toLowerCase())).toContain(
      `location: /psd2/start/${id}/${MONZO}`.toLowerCase(),
    );
    expect([redirect, link]).toEqual([
      "http://localhost:8080/",
      `http://localhost:8080/psd2/start/${id}/${MONZO}`,
    ]);
  });

  it("that is pressed twice begins two consents, of which either can be given", async () => {
    await using client = await plainClient();
    const links = await Promise.all([pressed(client, MONZO), pressed(client, MONZO)]);
    for (const link of links)
      expect((await page(link, { decision: "agree", account: "0" })).status).toBe(303);
    expect(client.sandbox.state().requisitions.map(({ status }) => status)).toEqual(["LN", "LN"]);
    expect(client.sandbox.state().accounts).toHaveLength(1);
  });

  it("is offered for every bank, but not for one that has left the service", async () => {
    await using client = await plainClient();
    const offered = async () => {
      const { text } = await page(at(client, "/"));
      const ids = (pattern: RegExp) => [...text.matchAll(pattern)].map(([, id]) => id).sort();
      return {
        options: ids(/<option value="(\w+_\w+)"/g),
        buttons: ids(/<button class="small" name="bank" value="(\w+)"/g),
      };
    };
    const all = [...sandboxBanks].sort();
    expect(await offered()).toEqual({ options: all, buttons: all });
    client.sandbox.withdrawBank(MONZO);
    const others = all.filter((id) => id !== MONZO);
    expect(await offered()).toEqual({ options: others, buttons: others });
    const row = (await page(at(client, "/"))).text.split("<tr>").find((one) => one.includes(`>${MONZO}<`));
    expect(row).toContain("has left the service");
    client.sandbox.offerBank(MONZO);
    expect(await offered()).toEqual({ options: all, buttons: all });
  });

  it("has a choice of banks by country and name, and first those of no country and of several", async () => {
    await using client = await plainClient();
    const { text } = await page(at(client, "/"));
    const groups = [...text.matchAll(/<optgroup label="([^"]+)">(.*?)<\/optgroup>/g)].map(
      ([, label, options = ""]) => [label, [...options.matchAll(/>([^<>]+)</g)].map(([, name]) => name)],
    );
    expect(groups.slice(0, 4)).toEqual([
      [
        "Not listed in any country",
        ["Sandbox Finance", ...[1, 2, 3, 4].map((number) => `Sandbox Hard ${number}`)],
      ],
      ["Several countries", ["American Express", "Bank Norwegian", "bunq", "N26 Bank", "Revolut", "Wise"]],
      ["Austria", ["BAWAG", "Erste Bank und Sparkasse", "Raiffeisen"]],
      ["Belgium", ["Belfius", "BNP Paribas Fortis", "KBC"]],
    ]);
    expect(groups.at(-1)?.[0]).toBe("United Kingdom");
  });

  it("refuses what is not the id of an offered bank with a page that says so, and changes nothing", async () => {
    await using client = await plainClient();
    client.sandbox.withdrawBank("WISE_TRWIGB22");
    const before = client.sandbox.save();
    const connect = at(client, "/_sandbox/page/connect");
    for (const [form, words] of [
      [{}, "Choose a bank to connect."],
      [{ bank: "" }, "Choose a bank to connect."],
      [{ bank: "WISE_TRWIGB22" }, "The service does not offer WISE_TRWIGB22 any more. Choose another bank."],
      [{ bank: "monzo" }, "&quot;monzo&quot; is not the id of a bank. Choose one from the list."],
      [{ bank: "__proto__" }, "&quot;__proto__&quot; is not the id of a bank."],
      [{ bank: "<b>\u0000\ud800" }, "&quot;&lt;b&gt;\u0000\ufffd&quot; is not the id of a bank."],
      [{ bank: "x".repeat(99_000) }, `&quot;${"x".repeat(100)}&quot; is not the id of a bank.`],
      ["bank=x&bank=MONZO_MONZGB2L", "&quot;x&quot; is not the id of a bank."],
    ] as const) {
      const { status, text } = await page(connect, form);
      expect(status).toBe(400);
      expect(text).toContain(`<p role="alert" class="alert">${words}`);
    }
    expect((await page(connect, { bank: MONZO, more: "x".repeat(100_001) })).status).toBe(400);
    for (const body of [JSON.stringify({ bank: MONZO }), new FormData(), new Uint8Array([255, 0, 37])])
      expect((await fetch(connect, { method: "POST", body })).status).toBe(400);
    const foreign = { method: "POST", headers: { origin: "http://other.example" } };
    expect((await fetch(connect, { ...foreign, body: new URLSearchParams({ bank: MONZO }) })).status).toBe(
      403,
    );
    expect(client.sandbox.save()).toEqual(before);
  });

  it("acts on a state that two sandboxes share", async () => {
    const stateFile = join(temporaryFolder(), "state.json");
    await using one = await plainClient({ stateFile });
    await using other = await plainClient({ stateFile });
    const path = new URL(await pressed(one, MONZO)).pathname;
    const overview = (await page(at(other, "/"))).text;
    expect(overview).toContain(`<a href="${path}">Open the consent page</a>`);
    const { location } = await page(at(other, path), { decision: "agree", account: "0" });
    expect(location?.startsWith(at(one, "/?ref="))).toBe(true);
    for (const client of [one, other]) {
      const here = at(client, `/${new URL(location ?? "").search}`);
      expect(await happened(here)).toContain("Monzo is connected with one account");
    }
  });
});

describe("the overview on the end user's return", () => {
  it("says that the bank is connected, with its accounts and how a client reads them", async () => {
    await using client = await plainClient();
    const link = await pressed(client, MONZO);
    const { location } = await page(link, { decision: "agree", account: "0" });
    const { id, reference, accounts } = newest(client);
    const { baseUrl, credentials } = client.sandbox;
    const iban = client.sandbox.state().accounts[0]?.iban;
    expect(await happened(location ?? "")).toBe(
      [
        `Monzo is connected with one account Current Account ${iban} ${accounts[0]}`,
        `Requisition ${id} Reference ${reference} A client reads it like this:`,
        `TOKEN=$(curl -s ${baseUrl}/token/new/ \\ -d secret_id=${credentials.secretId} -d secret_key=${credentials.secretKey} |`,
        `sed &#39;s/.*&quot;access&quot;:&quot;\\([^&quot;]*\\)&quot;.*/\\1/&#39;)`,
        `curl -s -H &quot;Authorization: Bearer $TOKEN&quot; ${baseUrl}/requisitions/${id}/`,
        `curl -s -H &quot;Authorization: Bearer $TOKEN&quot; ${baseUrl}/accounts/${accounts[0]}/transactions/`,
      ].join(" "),
    );
    const { text } = await page(location ?? "");
    expect(text).toContain("<title>Monzo is connected with one account – bankdata sandbox</title>");
    expect(text.split('<tr class="new">')).toHaveLength(3);
    expect(text).toContain(`<option value="${MONZO}" selected>`);
  });

  it("lists ten accounts of many, and says how many more there are", async () => {
    await using client = await plainClient({ accounts: 1000 });
    await pressed(client, MONZO);
    const address = (await client.sandbox.authorise(newest(client).id, { outcome: "linked" })) ?? "";
    const said = await happened(address);
    const { length } = newest(client).accounts;
    expect(length).toBeGreaterThan(10);
    expect(said).toContain(`Monzo is connected with ${length} accounts`);
    expect(said).toContain(` and ${length - 10} more Requisition`);
    expect(newest(client).accounts.filter((id) => said?.includes(id))).toHaveLength(10);
  });

  it.each([
    ["cancelled", undefined, "You cancelled connecting Monzo No account was connected."],
    ["rejected", undefined, "Monzo rejected the session No account was connected."],
    ["failed", "InstitutionTimeoutError", "Connecting Monzo failed The institution did not answer in time."],
    ["failed", undefined, "Connecting Monzo failed An unknown error occurred."],
  ] as const)("says that the consent was %s (%s), and offers to try again", async (outcome, error, words) => {
    await using client = await plainClient();
    await pressed(client, MONZO);
    const address = await client.sandbox.authorise(newest(client).id, { outcome, error });
    const said = await happened(address ?? "");
    const { id, reference } = newest(client);
    expect(said).toBe(`${words} Requisition ${id} Reference ${reference} Try again`);
  });

  it("says that no account was selected", async () => {
    await using client = await plainClient();
    await pressed(client, MONZO);
    const address = await client.sandbox.authorise(newest(client).id, { outcome: "linked", accounts: 0 });
    const said = await happened(address ?? "");
    expect(said).toContain("Monzo is connected without accounts No account was selected");
    expect(said).not.toContain("/accounts/");
  });

  it("says that the bank is still connecting the accounts, and then that it has", async () => {
    await using client = await plainClient();
    await pressed(client, MONZO);
    const decision = { outcome: "linked", takesSeconds: 60 } as const;
    const address = (await client.sandbox.authorise(newest(client).id, decision)) ?? "";
    expect(await happened(address)).toContain("Monzo is still connecting the accounts Advance the clock");
    client.sandbox.advanceTime({ minutes: 1 });
    expect(await happened(address)).toContain("Monzo is connected with 2 accounts Current Account");
  });

  it("says that accounts are not ready at a bank that prepares them", async () => {
    await using client = await plainClient();
    await pressed(client, "SANTANDER_BSCHESMM");
    const address = (await client.sandbox.authorise(newest(client).id, { outcome: "linked" })) ?? "";
    expect(await happened(address)).toContain("with 2 accounts Some accounts are not READY");
    client.sandbox.advanceTime({ minutes: 2 });
    expect(await happened(address)).toContain("with 2 accounts Current Account");
  });

  it("follows what becomes of the consent later", async () => {
    await using client = await plainClient();
    const link = await pressed(client, MONZO);
    const { id, reference } = newest(client);
    const address = at(client, `/?ref=${reference}`);
    expect(await happened(address)).toContain(
      "Monzo is not connected yet The consent page waits for your decision.",
    );
    expect((await page(address)).text).toContain(`<p><a href="${new URL(link).pathname}">`);
    await client.sandbox.authorise(id, { outcome: "linked" });
    const back = /<a href="([^"]+)">Return/.exec((await page(link)).text)?.[1]?.replaceAll("&amp;", "&");
    expect(await happened(back ?? "")).toContain("with 2 accounts Its link can only be used once. Current");
    client.sandbox.setRequisitionStatus(id, "SU");
    expect(await happened(address)).toContain("Monzo is suspended");
    client.sandbox.setRequisitionStatus(id, "RJ");
    expect(await happened(address)).toContain("The consent for Monzo was cancelled or rejected");
    client.sandbox.setRequisitionStatus(id, "LN");
    client.sandbox.advanceTime({ days: 180 }, { keepTokens: true });
    expect(await happened(address)).toMatch(/^Access to Monzo has expired .* Try again$/);
    client.sandbox.withdrawBank(MONZO);
    expect(await happened(address)).toMatch(/^Access to Monzo has expired .* Reference [\w-]+$/);
    await client.send("DELETE", `/requisitions/${id}/`);
    expect(await happened(address)).toBeUndefined();
  });

  it("says that a bank has left the service meanwhile, without another try", async () => {
    await using client = await plainClient();
    await pressed(client, MONZO);
    client.sandbox.withdrawBank(MONZO);
    const { id, reference } = newest(client);
    expect(await happened(at(client, `/?ref=${reference}`))).toBe(
      `Connecting Monzo failed The service does not offer the bank any more. Requisition ${id} Reference ${reference}`,
    );
  });

  it("repeats no words of the address: it knows the reference, or says nothing", async () => {
    await using client = await plainClient();
    const reference = '"><script>alert(1)</script>';
    const wish = { institution_id: MONZO, redirect: at(client, "/"), reference };
    const { id } = (await client.send("POST", "/requisitions/", wish)).body;
    const address = (await client.sandbox.authorise(id, { outcome: "failed" })) ?? "";
    expect(address.startsWith(at(client, "/?ref=%22"))).toBe(true);
    const { text } = await page(address);
    expect(text).toContain("Reference <code>&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;</code>");
    expect(text).not.toContain("<script");
    const query = new URLSearchParams({ ref: reference, error: "<i>", details: "Send money to <i>" });
    expect((await page(at(client, `/?${query}`))).text).not.toMatch(/<i>|Send money/);
    for (const other of ["?ref=", "?ref=x", "?error=UnknownError&details=x", "?ref=%00%ff", "?__proto__=1"]) {
      expect([other, await happened(at(client, `/${other}`))]).toEqual([other, undefined]);
    }
  });
});

it("the overview shows the latest requisitions and accounts, newest first", async () => {
  await using client = await plainClient({ rateLimits: false });
  for (let count = 0; count < 201; count += 1) {
    // A bank with new account ids for each connection.
    await pressed(client, "REVOLUT_REVOGB21");
    await client.sandbox.authorise(newest(client).id, { outcome: "linked", accounts: 1 });
  }
  const { text } = await page(at(client, "/"));
  expect(text).toContain("Requisitions (latest 200 of 201)");
  expect(text).toContain("Accounts (latest 200 of 201)");
  const { requisitions, accounts } = client.sandbox.state();
  for (const ids of [requisitions, accounts].map((all) => all.map(({ id }) => id))) {
    const shown = ids.filter((id) => text.includes(`<code>${id}</code>`));
    expect(shown).toEqual(ids.slice(1));
    expect(text.indexOf(ids[200] ?? "")).toBeLessThan(text.indexOf(ids[199] ?? ""));
  }
});
