import { describe, expect, it } from "vitest";
import { startSandbox } from "../../packages/sandbox/src/index.ts";
import { plainClient } from "./plain-client.ts";

type Client = Awaited<ReturnType<typeof plainClient>>;

const bank = "DEUTSCHE_BANK_DEUTDEFF";

async function begun(client: Client, body: object = {}) {
  const wish = { institution_id: bank, redirect: "http://localhost/back", reference: "mine", ...body };
  return (await client.send("POST", "/requisitions/", wish)).body;
}

/** Opens a page, or sends its form. */
async function page(url: string, form?: Record<string, string>) {
  const response = await fetch(url, {
    redirect: "manual",
    ...(form === undefined ? {} : { method: "POST", body: new URLSearchParams(form) }),
  });
  return { status: response.status, location: response.headers.get("location"), text: await response.text() };
}

const agree = { decision: "agree", account: "0" };

describe("an address to which a browser is redirected", () => {
  it.each([
    "javascript:alert(1)",
    "javascript://x/%0aalert(1)",
    "JavaScript://x/%0aalert(1)",
    " javascript://x/",
    "\u0001javascript://x/",
    "java\nscript://x/",
    "http://local\thost/",
    "http://localhost/a b",
    "data:text/html,x",
    "data://text/html,x",
    "file:///etc/passwd",
    "vbscript://x",
    "blob://x/y",
    "view-source://x",
    "localhost/back",
  ])("%j is refused, for requisitions and reconfirmations", async (redirect) => {
    await using client = await plainClient();
    const made = await client.send("POST", "/requisitions/", { institution_id: bank, redirect });
    const error = {
      summary: "Invalid redirect URI",
      detail: "Redirect URI must have a valid URI structure",
    };
    expect([made.status, made.body.redirect]).toEqual([400, [error]]);
    const agreement = await client.send("POST", "/agreements/enduser/", {
      institution_id: "BARCLAYS_BUKBGB22",
      reconfirmation: true,
      access_valid_for_days: 180,
    });
    const path = `/agreements/enduser/${agreement.body.id}/reconfirm/`;
    expect((await client.send("POST", path, { redirect })).body.redirect).toEqual([error]);
  });

  it("a scheme of an application is allowed", async () => {
    await using client = await plainClient();
    const { id } = await begun(client, { redirect: "myapp://callback" });
    expect(await client.sandbox.authorise(id, { outcome: "linked" })).toBe("myapp://callback?ref=mine");
  });

  it("an address that a state of before holds is never sent", async () => {
    await using client = await plainClient();
    await begun(client);
    const state = client.sandbox.save();
    for (const requisition of state.requisitions) requisition.redirect = "javascript://x/%0aalert(1)";
    await using restored = await startSandbox({ state });
    const link = new URL(new URL(String(state.requisitions[0]?.link)).pathname, restored.baseUrl).href;
    expect(await page(link, agree)).toMatchObject({ status: 200, location: null });
    expect((await page(link)).text).not.toContain("javascript");
  });
});

describe("a consent link that was used", () => {
  it.each([
    ["linked", "accounts were connected with it", "LN"],
    ["cancelled", "it was cancelled or rejected", "RJ"],
    ["rejected", "it was cancelled or rejected", "RJ"],
    ["failed", "it ended with an error", "ER"],
  ] as const)("%s: says so, leads back, and cannot be agreed to", async (outcome, how, status) => {
    await using client = await plainClient();
    const { id, link } = await begun(client);
    await client.sandbox.authorise(id, { outcome });
    const opened = await page(link);
    expect(opened.status).toBe(404);
    expect(opened.text).toContain(
      `This link was already used: ${how}. To connect, ask the application for a new one: it creates a new requisition.`,
    );
    expect(opened.text).toContain(
      `<a href="http://localhost/back?ref=mine&amp;error=RequisitionLinkReused&amp;details=The+link+of+the+requisition+was+used+before.">`,
    );
    const before = client.sandbox.save();
    for (const form of [agree, { decision: "cancel" }]) {
      expect(await page(link, form)).toMatchObject({ status: 404, location: null, text: opened.text });
    }
    await expect(client.sandbox.authorise(id, { outcome: "linked" })).rejects.toThrow(
      `Requisition ${id} waits for no decision. This link was already used: ${how}.`,
    );
    await expect(client.sandbox.authorise(id, { outcome: "cancelled" })).rejects.toThrow("already used");
    expect(client.sandbox.save()).toEqual(before);
    expect((await client.send("GET", `/requisitions/${id}/`)).body.status).toBe(status);
  });

  it("cannot be agreed to once it is suspended, expired or deleted", async () => {
    await using client = await plainClient();
    const { id, link } = await begun(client);
    for (const [status, how] of [
      ["SU", "it was suspended"],
      ["EX", "it has expired"],
    ] as const) {
      client.sandbox.setRequisitionStatus(id, status);
      expect((await page(link, agree)).text).toContain(how);
    }
    client.sandbox.setRequisitionStatus(id, "CR");
    await client.send("DELETE", `/requisitions/${id}/`);
    expect((await page(link, agree)).text).toContain("This link is not valid, or it was deleted.");
    await expect(client.sandbox.authorise(id, { outcome: "linked" })).rejects.toThrow(
      `There is no requisition ${id}`,
    );
    expect(client.sandbox.state().accounts).toEqual([]);
  });

  it("cannot be agreed to once its agreement has expired or was deleted", async () => {
    await using client = await plainClient({ rateLimits: false });
    for (const [end, how] of [
      ["expire", "has expired"],
      ["delete", "was deleted"],
    ]) {
      const { body: agreement } = await client.send("POST", "/agreements/enduser/", {
        institution_id: bank,
        access_valid_for_days: 1,
      });
      const { link } = await begun(client, { agreement: agreement.id, reference: how });
      const path = `/agreements/enduser/${agreement.id}/`;
      await client.send("PUT", `${path}accept/`, { user_agent: "x", ip_address: "192.0.2.1" });
      if (end === "delete") await client.send("DELETE", path);
      else client.sandbox.advanceTime({ hours: 24 }, { keepTokens: true });
      expect((await page(link, agree)).text).toContain(`The agreement of this link ${how}.`);
    }
    expect(client.sandbox.state().accounts).toEqual([]);
  });

  it("that is on its way cannot be agreed to again, but can still fail", async () => {
    await using client = await plainClient();
    const { id, link } = await begun(client);
    await client.sandbox.authorise(id, { outcome: "linked", takesSeconds: 60 });
    expect((await page(link, agree)).text).toContain("the bank is connecting the accounts");
    await expect(client.sandbox.authorise(id, { outcome: "linked" })).rejects.toThrow("already used");
    await client.sandbox.authorise(id, { outcome: "failed" });
    client.sandbox.advanceTime({ minutes: 2 });
    expect((await client.send("GET", `/requisitions/${id}/`)).body).toMatchObject({
      status: "ER",
      accounts: [],
    });
  });
});

it("the overview offers the page of every consent that waits for the end user, and of no other", async () => {
  await using client = await plainClient({ rateLimits: false });
  const links = new Map<string, string>();
  for (const status of ["CR", "ID", "GC", "UA", "SA", "GA", "LN", "RJ", "ER", "SU", "EX"] as const) {
    const { id, link } = await begun(client, { reference: status });
    client.sandbox.setRequisitionStatus(id, status);
    links.set(status, new URL(link).pathname);
  }
  const { id, link } = await begun(client, { reference: "on its way" });
  links.set("on its way", new URL(link).pathname);
  await client.sandbox.authorise(id, { outcome: "linked", takesSeconds: 60 });
  const { text } = await page(new URL("/", client.sandbox.baseUrl).href);
  const offered = [...links].filter(([, path]) => text.includes(`href="${path}"`)).map(([name]) => name);
  expect(offered).toEqual(["CR", "ID", "GC", "UA", "SA", "GA"]);
});

it("a consent in any waiting status fails when its bank leaves the service", async () => {
  await using client = await plainClient({ rateLimits: false });
  for (const status of ["CR", "ID", "GC", "UA", "SA", "GA"] as const) {
    const { id } = await begun(client, { reference: status });
    client.sandbox.setRequisitionStatus(id, status);
  }
  client.sandbox.withdrawBank(bank);
  expect(new Set(client.sandbox.state().requisitions.map(({ status }) => status))).toEqual(new Set(["ER"]));
});

it("a form that picks accounts which the bank does not have counts as one that picks none", async () => {
  await using client = await plainClient();
  const { id, link } = await begun(client);
  for (const account of ["99", "", "0x0", "one"]) {
    const { status, text } = await page(link, { decision: "agree", account });
    expect([status, text.includes("Select at least one account")]).toEqual([400, true]);
  }
  expect((await client.send("GET", `/requisitions/${id}/`)).body).toMatchObject({ accounts: [] });
});

it.each([
  ["faults", "what=drop&times=1e300", "times must be at most 9007199254740991."],
  ["faults", "what=drop&times=1.5", "times must be a whole number."],
  ["time", "days=3650", "The clock cannot be advanced beyond the year 2199."],
])(
  "a form of the overview that asks for the impossible is refused with 400: %s %s",
  async (form, body, detail) => {
    await using client = await plainClient({ now: "2195-01-01T00:00:00Z" });
    const address = new URL(`/_sandbox/page/${form}`, client.sandbox.baseUrl);
    const response = await fetch(address, { method: "POST", body, redirect: "manual" });
    expect([response.status, await response.json()]).toEqual([
      400,
      { summary: "Invalid control", detail, status_code: 400 },
    ]);
  },
);

it("a reconfirmation link that was used says so, leads back, and changes nothing", async () => {
  await using client = await plainClient({ rateLimits: false });
  const { agreement, accounts } = await client.connect("BARCLAYS_BUKBGB22", {
    reconfirmation: true,
    access_valid_for_days: 180,
  });
  client.sandbox.advanceTime({ days: 80 }, { keepTokens: true });
  const { body } = await client.send("POST", `/agreements/enduser/${agreement}/reconfirm/`, {
    redirect: "http://localhost/again?x=1",
  });
  const form = { account: String(accounts[0]) };
  expect(await page(body.reconfirmation_url, form)).toMatchObject({
    status: 303,
    location: "http://localhost/again?x=1",
  });
  const before = client.sandbox.save();
  for (const sent of [undefined, { account: String(accounts[1]) }]) {
    const { status, location, text } = await page(body.reconfirmation_url, sent);
    expect([status, location]).toEqual([404, null]);
    expect(text).toContain("You have already decided on all accounts.");
    expect(text).toContain(`<a href="http://localhost/again?x=1&amp;error=ConsentLinkReused&amp;details=`);
  }
  expect(() => client.sandbox.reconfirm(agreement, "reconfirmed")).toThrow("You have already decided");
  expect(client.sandbox.save()).toEqual(before);
});

it("a form that is too large is refused", async () => {
  await using client = await plainClient();
  const { link } = await begun(client);
  expect((await page(link, { ...agree, more: "x".repeat(100_001) })).status).toBe(400);
});
