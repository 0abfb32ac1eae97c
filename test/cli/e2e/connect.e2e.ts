import { once } from "node:events";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startChromium } from "../../support/chromium.ts";
import { onText } from "../../support/text.ts";
import { connectionTo, RAW_REQUESTS, responseTo } from "../raw-requests.ts";
import { errorIn, jsonLines, person } from "./command.ts";

const BANK = "DKB_BYLADEM1";

/** A bank that offers 395 days of history, but future entries only with at most 90. */
const SNAPSHOT_BANK = "COMMERZBANK_COBADEFF";

let browser: Browser;
beforeAll(async () => {
  browser = await startChromium();
});
afterAll(async () => {
  await browser.close();
});

type Person = Awaited<ReturnType<typeof person>>;

/** Starts `bankdata connect …`. Returns the link that it shows, and a promise of its end. */
async function connecting(me: Person, ...args: string[]) {
  const child = me.start(["connect", "--no-browser", "--json", ...args]);
  const text = { out: "", err: "" };
  onText(child.stdout, (part) => (text.out += part));
  const link = new Promise<string>((resolve) => {
    onText(child.stderr, (part) => {
      text.err += part;
      const found = /^\{"link":"(http[^"]+)"\}$/m.exec(text.err)?.[1];
      if (found !== undefined) resolve(found);
    });
  });
  const end = once(child, "close").then(([code]) => ({ code: Number(code), ...text }));
  return { child, link: await link, end };
}

/** Opens a page, and collects what goes wrong on it. */
async function pageAt(link: string) {
  const page = await browser.newPage();
  const problems: string[] = [];
  page.on("console", (message) => problems.push(message.text()));
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("requestfailed", (request) => problems.push(request.url()));
  await page.goto(link);
  return { page, problems };
}

const accountIds = ({ accounts }: { accounts: { accountId: string }[] }) =>
  accounts.map(({ accountId }) => accountId);

const press = async (page: Page, name: string) => {
  await page.getByRole("button", { name }).focus();
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/return\//);
};

describe("connecting a bank with a browser", () => {
  it("connect sends the browser to the bank and back, and shows the accounts", async () => {
    await using me = await person();
    const { link, end } = await connecting(me, BANK, "--days", "365");
    const { page, problems } = await pageAt(link);
    await press(page, "Agree and connect");
    expect(await page.getByRole("heading").textContent()).toBe("Bank connected");
    expect(await page.textContent("body")).toContain("You can close this page");
    const { code, out } = await end;
    expect([code, problems]).toEqual([0, []]);
    const connected = JSON.parse(out);
    expect(connected).toMatchObject({
      ...{ stateAsSent: "LN", stage: null, state: "active", bankId: BANK, bankName: "DKB", daysLeft: 180 },
      consent: { historyDays: 365 },
      raw: { requisition: { institution_id: BANK } },
    });
    expect(accountIds(connected)).toEqual(connected.accountIds);
    expect(connected.accounts[0]).toMatchObject({ currency: "EUR", bankId: BANK, state: "ready" });
    expect(me.sandbox.state().agreements[0]).toMatchObject({
      max_historical_days: 365,
      access_valid_for_days: 180,
    });
    await page.close();
  });

  it("connect reports on the page and in the terminal that the person cancelled, and leaves no connection", async () => {
    await using me = await person();
    const { link, end } = await connecting(me, BANK);
    const { page, problems } = await pageAt(link);
    await press(page, "Cancel");
    expect(await page.textContent("body")).toContain("You cancelled before you agreed.");
    const { code, out, err } = await end;
    expect([code, out, problems]).toEqual([1, "", []]);
    expect(errorIn(err)).toEqual({
      name: "ConsentRefusedError",
      message: "You cancelled before you agreed. Nothing was connected.",
      next: "bankdata connect",
    });
    expect(me.sandbox.state()).toMatchObject({ requisitions: [], agreements: [] });
    await page.close();
  });

  it("connect --renew makes the new link first, maps the new ids to the old, and then removes the old connection", async () => {
    await using me = await person();
    const old = await me.connect(BANK);
    const ibanOf = (id: unknown) => me.sandbox.state().accounts.find((one) => one.id === id)?.iban;
    const iban = ibanOf(old.accounts[0]);
    expect(iban).toMatch(/^DE\d+$/);
    expect((await me.run(["details", String(old.accounts[0]), "--json"])).code).toBe(0);
    me.sandbox.advanceTime({ days: 100 });
    const { link, end } = await connecting(me, "--renew", String(old.reference));
    expect(me.sandbox.state().requisitions.map(({ id }) => id)).toContain(old.id);
    const { page } = await pageAt(link);
    await press(page, "Agree and connect");
    const { code, out } = await end;
    expect(code).toBe(0);
    const { accountIds: ids, succession } = JSON.parse(out);
    expect(ids).toHaveLength(old.accounts.length);
    expect(ids).not.toContain(old.accounts[0]);
    expect(succession).toEqual({
      same: [],
      renamed: old.accounts.map((from, at) => ({ from, to: ids[at] })),
      gone: [],
      added: [],
    });
    expect(me.sandbox.state().requisitions.map(({ id }) => id)).not.toContain(old.id);
    expect(ibanOf(ids[0])).toBe(iban);
    await page.close();
  });

  it("connect, connections and disconnect print the neutral form with --json, raw last", async () => {
    await using me = await person();
    const connection = [
      ...[
        "connectionId",
        "connectionReference",
        "bankId",
        "bankName",
        "state",
        "stage",
        "stateAsSent",
        "createdAt",
        "consent",
        "daysLeft",
      ],
      ...["accountIds", "lostAccountIds", "renewWith"],
    ];
    const old = await me.connect(BANK);
    await me.put("bankdata.yaml", "accounts:\n  - iban: DE00\n    alias: none of these\n");
    const { link, end } = await connecting(me, "--renew", String(old.reference));
    const { page } = await pageAt(link);
    await press(page, "Agree and connect");
    await page.close();
    const connected = JSON.parse((await end).out);
    expect(Object.keys(connected)).toEqual([...connection, "accounts", "succession", "raw"]);
    expect(Object.keys(connected.consent)).toEqual(["grantedAt", "validUntil", "historyDays"]);
    expect(connected.accounts).toEqual(JSON.parse((await me.run(["accounts", "--json"])).out));
    expect(connected.accounts[0]).toMatchObject({ accountAlias: null, connectionId: connected.connectionId });
    const [listed] = JSON.parse((await me.run(["connections", "--json"])).out);
    expect(Object.keys(listed)).toEqual([...connection, "raw"]);
    const { accounts, succession, ...same } = connected;
    expect(listed).toEqual(same);
    const { connectionId, connectionReference } = listed;
    const disconnected = JSON.parse(
      (await me.run(["disconnect", connectionReference, "--yes", "--json"])).out,
    );
    expect(disconnected).toEqual({
      ...{ connectionId, connectionReference, bankId: BANK, bankName: "DKB", ended: true },
    });
  });

  it("connect notes that a bank offers more history only as a snapshot", async () => {
    await using me = await person();
    const notes = async (...args: string[]) => {
      const { child, end } = await connecting(me, SNAPSHOT_BANK, ...args);
      child.kill("SIGINT");
      return jsonLines((await end).err)[0];
    };
    const offersMore = {
      note: "Commerzbank offers up to 395 days of history, but more than 90 only as a snapshot in a second consent (--days 395).",
    };
    expect(await notes()).toEqual(offersMore);
    expect(await notes("--days", "90")).toEqual(offersMore);
    expect(await notes("--days", "180")).toEqual({
      note: "Commerzbank offers more than 90 days only as a snapshot: connect it a second time, without --days, for future entries.",
    });
  });

  it("connect finds the connection by polling if the browser never comes back", async () => {
    await using me = await person();
    const { end } = await connecting(me, BANK);
    const [requisition] = me.sandbox.state().requisitions;
    await me.sandbox.authorise(String(requisition?.id), { outcome: "linked" });
    expect((await end).code).toBe(0);
  });

  it("connect keeps waiting while the service does not respond", async () => {
    await using me = await person();
    const { end } = await connecting(me, BANK);
    const [requisition] = me.sandbox.state().requisitions;
    me.sandbox.inject({ operation: "requisition", drop: "connection", times: 4 });
    await me.sandbox.authorise(String(requisition?.id), { outcome: "linked" });
    const { code } = await end;
    expect(code).toBe(0);
    expect(me.sandbox.requests.filter(({ status }) => status === 0)).toHaveLength(4);
  });

  it("connect takes less if the bank allows less than it says", async () => {
    await using me = await person();
    for (const [bank, history, access] of [
      ["BBVA_BBVAESMM", 90, 180],
      ["RAIFFEISEN_RZBAATWW", 360, 90],
    ] as const) {
      const { end } = await connecting(me, bank);
      const requisition = me.sandbox.state().requisitions.at(-1);
      await me.sandbox.authorise(String(requisition?.id), { outcome: "linked" });
      expect((await end).code).toBe(0);
      const agreement = me.sandbox.state().agreements.find(({ id }) => id === requisition?.agreement);
      expect(agreement).toMatchObject({ max_historical_days: history, access_valid_for_days: access });
    }
  });

  it("connect survives whatever is sent to its port, and still connects the bank", async () => {
    await using me = await person();
    const { end } = await connecting(me, BANK);
    const [requisition] = me.sandbox.state().requisitions;
    const redirect = new URL(String(requisition?.redirect));
    const port = Number(redirect.port);
    for (const [, bytes] of RAW_REQUESTS) await responseTo(port, bytes);
    for (let round = 0; round < 10; round += 1) {
      const sockets = await Promise.all(Array.from({ length: 100 }, () => connectionTo(port)));
      for (const socket of sockets) socket.resetAndDestroy();
    }
    const page = await browser.newPage();
    await page.setContent(
      `<img src="http://127.0.0.1:${port}//"><img src="http://127.0.0.1:${port}/%5C%5B">`,
    );
    await page.close();
    const silent = await connectionTo(port);
    await me.sandbox.authorise(String(requisition?.id), { outcome: "linked" });
    const { code, out, err } = await end;
    silent.destroy();
    expect([code, JSON.parse(out).stateAsSent]).toEqual([0, "LN"]);
    expect(err).not.toMatch(/^ +at |Error/m);
  });

  it("connect leaves no connection after an unexpected error or if its terminal is closed", async () => {
    const thrower = "data:text/javascript,process.on('SIGUSR2',()=>{throw new Error('unforeseen')})";
    for (const [signal, said] of [
      ["SIGUSR2", "unforeseen."],
      ["SIGHUP", "Stopped before the bank was connected."],
      ["SIGTERM", "Stopped before the bank was connected."],
    ] as const) {
      await using me = await person();
      me.env["NODE_OPTIONS"] = `--import="${thrower}"`;
      const { child, end } = await connecting(me, BANK);
      child.kill(signal);
      const { code, err } = await end;
      expect([code, errorIn(err)]).toMatchObject([1, { message: said, next: null }]);
      expect(me.sandbox.state()).toMatchObject({ requisitions: [], agreements: [] });
    }
  });

  it("connect leaves no connection if it is stopped while the link is prepared", async () => {
    await using me = await person();
    me.sandbox.inject({ operation: "createAgreement", bytesPerSecond: 200 });
    const child = me.start(["connect", BANK, "--no-browser"]);
    const text = { err: "" };
    onText(child.stderr, (part) => (text.err += part));
    await expect.poll(() => me.sandbox.state().agreements.length, { interval: 20, timeout: 20_000 }).toBe(1);
    child.kill("SIGINT");
    expect(await once(child, "close")).toEqual([1, null]);
    expect(text.err).toContain("Stopped before the bank was connected.");
    expect(me.sandbox.state()).toMatchObject({ requisitions: [], agreements: [] });
  });

  it("connect ignores a return with a wrong secret or a foreign reference", async () => {
    await using me = await person();
    const { child, end } = await connecting(me, BANK);
    const [requisition] = me.sandbox.state().requisitions;
    const redirect = new URL(String(requisition?.redirect));
    const reference = String(requisition?.reference);
    const visit = async (path: string, query: string) =>
      (await fetch(new URL(`${path}?${query}`, redirect.origin))).status;
    expect(await visit("/return/wrong", `ref=${reference}&error=UnknownError`)).toBe(404);
    expect(await visit(redirect.pathname, "ref=another&error=UnknownError")).toBe(404);
    expect(await visit("/", "")).toBe(404);
    expect(redirect.hostname).toBe("127.0.0.1");
    expect(redirect.pathname.length).toBeGreaterThan(40);
    expect(await visit(redirect.pathname, `ref=${reference}&error=%3Cb%3E&details=%1b[31m`)).toBe(200);
    const { code, err } = await end;
    expect([code, err.includes("\u001b[31m"), err.includes("<b>")]).toEqual([1, false, true]);
    expect(child.exitCode).toBe(1);
  });
});
