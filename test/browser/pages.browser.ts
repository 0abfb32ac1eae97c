import { execFile } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { promisify } from "node:util";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { plainClient } from "../sandbox/plain-client.ts";
import { startChromium } from "../support/chromium.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await startChromium();
});
afterAll(async () => {
  await browser.close();
});

/** Opens a page, and collects everything that goes wrong on it. */
async function opened(address: string, size = { width: 1000, height: 800 }) {
  const page = await browser.newPage({ viewport: size });
  const problems: string[] = [];
  page.on("console", (message) => problems.push(message.text()));
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("requestfailed", (request) => problems.push(`${request.url()} failed`));
  await page.goto(address);
  return { page, problems, [Symbol.asyncDispose]: () => page.close() };
}

/** A script for the page that returns the texts that name the focused control. */
const NAME_OF_FOCUS = `{
  const { activeElement: element } = document;
  [element.getAttribute("aria-label"), ...[...(element.labels ?? [])].map((one) => one.textContent), element.textContent].join(" ");
}`;

/** Presses Tab until the control with this name has the focus, like a user without a mouse. */
async function tabTo(page: Page, name: string) {
  for (let presses = 0; presses < 60; presses += 1) {
    await page.keyboard.press("Tab");
    const label = String(await page.evaluate(NAME_OF_FOCUS));
    if (label.includes(name)) return;
  }
  throw new Error(`Tab never reached ${name}.`);
}

/** The application that the bank redirects the user to. */
async function application() {
  const came: URL[] = [];
  const server = createServer((request, response) => {
    if (request.url !== "/favicon.ico") came.push(new URL(request.url ?? "/", "http://127.0.0.1"));
    response.setHeader("content-type", "text/html");
    response.end('<link rel="icon" href="data:,"><title>back</title>back');
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    came,
    redirect: `http://127.0.0.1:${port}/back`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function linkFor(client: Awaited<ReturnType<typeof plainClient>>, redirect: string) {
  const made = await client.send("POST", "/requisitions/", {
    institution_id: "MONZO_MONZGB2L",
    redirect,
    reference: "mine",
  });
  return { id: String(made.body.id), link: String(made.body.link) };
}

describe("the consent page", () => {
  it("the user can leave out an account and agree, with the keyboard only", async () => {
    await using client = await plainClient();
    await using back = await application();
    const { id, link } = await linkFor(client, back.redirect);
    await using view = await opened(link);
    await tabTo(view.page, "Savings Account");
    await view.page.keyboard.press("Space");
    await tabTo(view.page, "Agree and connect");
    await view.page.keyboard.press("Enter");
    await view.page.waitForURL(/\/back/);
    expect(back.came.map(({ search }) => search)).toEqual(["?ref=mine"]);
    const { accounts, status } = (await client.send("GET", `/requisitions/${id}/`)).body;
    expect([status, accounts.length]).toEqual(["LN", 1]);
    expect(view.problems).toEqual([]);
  });

  it("the user can cancel with the keyboard only", async () => {
    await using client = await plainClient();
    await using back = await application();
    const { link } = await linkFor(client, back.redirect);
    await using view = await opened(link);
    await tabTo(view.page, "Cancel");
    await view.page.keyboard.press("Enter");
    await view.page.waitForURL(/\/back/);
    expect(Object.fromEntries(back.came[0]?.searchParams ?? [])).toEqual({
      ref: "mine",
      error: "UserCancelledSession",
      details: "User cancelled the session.",
    });
    expect(view.problems).toEqual([]);
  });

  it("the consent page asks for at least one account", async () => {
    await using client = await plainClient();
    await using back = await application();
    const { link } = await linkFor(client, back.redirect);
    await using view = await opened(link);
    for (const name of ["Current Account", "Savings Account"]) {
      await tabTo(view.page, name);
      await view.page.keyboard.press("Space");
    }
    await tabTo(view.page, "Agree and connect");
    await view.page.keyboard.press("Enter");
    expect(await view.page.getByRole("alert").textContent()).toContain("Select at least one account");
    expect(back.came).toEqual([]);
  });
});

const root = (client: Awaited<ReturnType<typeof plainClient>>) => new URL("/", client.sandbox.baseUrl).href;

describe("the overview page", () => {
  it("the overview shows requisitions, accounts, the latest requests, the clock and institutions", async () => {
    await using client = await plainClient();
    const { accounts } = await client.connect("MONZO_MONZGB2L");
    await using view = await opened(root(client));
    const text = (await view.page.textContent("main")) ?? "";
    for (const wanted of [
      "2026-11-23 09:00:00 UTC",
      "LN linked",
      String(accounts[0]),
      "/requisitions/",
      "Monzo",
    ]) {
      expect(text).toContain(wanted);
    }
    await tabTo(view.page, "Institutions");
    await view.page.keyboard.press("Enter");
    expect(await view.page.getByRole("cell", { name: "N26_NTSBDEB1" }).isVisible()).toBe(true);
    expect(view.problems).toEqual([]);
  });

  it("the overview advances the clock by a preset or any number of days, with the keyboard only", async () => {
    await using client = await plainClient();
    await using view = await opened(root(client));
    await tabTo(view.page, "+1 day");
    await view.page.keyboard.press("Enter");
    await view.page.waitForURL(/#clock/);
    expect(client.sandbox.now()).toBe("2026-11-24T09:00:00.000Z");
    await tabTo(view.page, "Days");
    await view.page.keyboard.press("Control+A");
    await view.page.keyboard.type("10");
    await view.page.keyboard.press("Enter");
    await view.page.getByText("2026-12-04 09:00:00 UTC").waitFor();
    expect(client.sandbox.now()).toBe("2026-12-04T09:00:00.000Z");
    expect(view.problems).toEqual([]);
  });

  it("the overview injects a fault for one operation and clears it, with the keyboard only", async () => {
    await using client = await plainClient({ rateLimits: false });
    const { accounts } = await client.connect("MONZO_MONZGB2L");
    const balances = async () => (await client.send("GET", `/accounts/${accounts[0]}/balances/`)).status;
    await using view = await opened(root(client));
    await tabTo(view.page, "Operation");
    await view.page.keyboard.type("balances");
    await tabTo(view.page, "Number of requests");
    await view.page.keyboard.press("Control+A");
    await view.page.keyboard.type("3");
    await tabTo(view.page, "Inject fault");
    await view.page.keyboard.press("Enter");
    await view.page.waitForURL(/#faults/);
    expect((await client.send("GET", `/accounts/${accounts[0]}/details/`)).status).toBe(200);
    expect([await balances(), await balances()]).toEqual([503, 503]);
    await tabTo(view.page, "Clear all faults");
    await view.page.keyboard.press("Enter");
    await view.page.locator("#faults").getByText("None.").waitFor();
    expect(await balances()).toBe(200);
    expect(view.problems).toEqual([]);
  });

  it("the overview fits a phone screen, and every control has a name", async () => {
    await using client = await plainClient();
    await client.connect("MONZO_MONZGB2L");
    await using view = await opened(root(client), { width: 360, height: 700 });
    const widths = await view.page.evaluate("[document.documentElement.scrollWidth, innerWidth]");
    expect(widths).toEqual([360, 360]);
    const controls = await view.page
      .getByRole("button")
      .or(view.page.getByRole("combobox"))
      .or(view.page.getByRole("spinbutton"))
      .all();
    expect(controls.length).toBeGreaterThanOrEqual(9);
    const names = await view.page.locator("main").ariaSnapshot();
    expect(names).not.toMatch(/- (button|combobox|spinbutton|link)(:|$)/m);
  });

  it("a page of another origin cannot use the overview's controls", async () => {
    await using client = await plainClient();
    const response = await fetch(new URL("/_sandbox/page/time", client.sandbox.baseUrl), {
      method: "POST",
      headers: { origin: "http://other.example" },
      body: new URLSearchParams({ days: "1" }),
    });
    expect([response.status, client.sandbox.now()]).toEqual([403, "2026-11-23T09:00:00.000Z"]);
  });
});

describe("the overview's button Connect", () => {
  it("connects the chosen bank and shows its accounts and how to read them, with the keyboard only", async () => {
    await using client = await plainClient({ rateLimits: false });
    await using view = await opened(root(client));
    await tabTo(view.page, "Bank");
    await view.page.keyboard.type("Monz");
    await tabTo(view.page, "Connect");
    await view.page.keyboard.press("Enter");
    await view.page.waitForURL(/\/psd2\/start\//);
    expect(await view.page.textContent("h1")).toBe("Connect your accounts at Monzo");
    await tabTo(view.page, "Agree and connect");
    await view.page.keyboard.press("Enter");
    await view.page.waitForURL(/\/\?ref=/);
    const { requisitions, accounts } = client.sandbox.state();
    expect(requisitions.map(({ institution_id, status }) => [institution_id, status])).toEqual([
      ["MONZO_MONZGB2L", "LN"],
    ]);
    expect(await view.page.title()).toBe("Monzo is connected with 2 accounts – bankdata sandbox");
    const said = view.page.getByRole("status", { name: "Monzo is connected with 2 accounts" });
    const shown = (await said.textContent()) ?? "";
    expect(accounts.map(({ id, iban }) => shown.includes(id) && shown.includes(iban ?? "?"))).toEqual([
      true,
      true,
    ]);
    for (const { id } of accounts)
      expect(await view.page.locator("#accounts").getByRole("cell", { name: id }).isVisible()).toBe(true);
    const commands = (await said.locator("pre").textContent()) ?? "";
    const { stdout } = await promisify(execFile)("sh", ["-c", commands], { maxBuffer: 100_000_000 });
    const read = (await client.send("GET", `/accounts/${accounts[0]?.id}/transactions/`)).text;
    expect(stdout.endsWith(read)).toBe(true);
    expect(stdout.startsWith(`{"id":"${requisitions[0]?.id}"`)).toBe(true);
    expect(view.problems).toEqual([]);
  });

  it("in a bank's row leads to its consent page, and back after cancelling, with the keyboard only", async () => {
    await using client = await plainClient();
    await using view = await opened(root(client), { width: 360, height: 700 });
    await tabTo(view.page, "Institutions (");
    await view.page.keyboard.press("Enter");
    await tabTo(view.page, "Connect N26 Bank");
    await view.page.keyboard.press("Enter");
    await view.page.waitForURL(/\/psd2\/start\/.*\/N26_NTSBDEB1$/);
    await tabTo(view.page, "Cancel");
    await view.page.keyboard.press("Enter");
    await view.page.waitForURL(/\/\?ref=.*&error=UserCancelledSession/);
    const said = view.page.getByRole("status", { name: "You cancelled connecting N26 Bank" });
    expect(await said.isVisible()).toBe(true);
    expect(await view.page.evaluate("document.documentElement.scrollWidth")).toBe(360);
    await tabTo(view.page, "Try again");
    await view.page.keyboard.press("Enter");
    await view.page.waitForURL(/\/psd2\/start\/.*\/N26_NTSBDEB1$/);
    expect(client.sandbox.state().requisitions.map(({ status }) => status)).toEqual(["RJ", "GC"]);
    expect(view.problems).toEqual([]);
  });

  it("shows the connected accounts on a phone screen without scrolling sideways", async () => {
    await using client = await plainClient();
    await using view = await opened(root(client), { width: 360, height: 700 });
    await view.page.getByRole("button", { name: "Connect", exact: true }).click();
    await view.page.getByRole("button", { name: "Agree and connect" }).click();
    await view.page.getByText("Sandbox Finance is connected with 2 accounts").waitFor();
    expect(await view.page.evaluate("document.documentElement.scrollWidth")).toBe(360);
    expect(view.problems).toEqual([]);
  });
});
