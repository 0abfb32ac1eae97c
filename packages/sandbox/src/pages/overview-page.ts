import { html } from "hono/html";
import type { OriginOfPages } from "../world/access.ts";
import { ControlError } from "../world/control-error.ts";
import { newApp, type SandboxApp } from "../world/http.ts";
import { bankSection, CONNECT, connectSection } from "./overview-banks.ts";
import { returnSection } from "./overview-return.ts";
import type { OverviewSource, OverviewView, ReturnedConsent } from "./overview-source.ts";
import { formOf, PAGE_POLICY, page } from "./page.ts";
import { section } from "./table.ts";

/** How many of the latest requests are shown. */
const LAST_REQUESTS = 50;

/** How many of the latest requisitions are shown, and how many accounts. */
const LAST_RECORDS = 200;

/** The page at `/`: the state and the latest requests, with buttons that connect banks, advance the clock and inject faults. */
export function overviewPage(source: OverviewSource, pagesOf: OriginOfPages): SandboxApp {
  const pages = newApp();
  const headers = {
    "content-security-policy": `${PAGE_POLICY}; form-action 'self'`,
    "cache-control": "no-store",
  };

  pages.get("/", (c) => {
    const { searchParams, origin } = new URL(c.req.url);
    return c.html(
      overview(source, origin, { returned: source.returned(searchParams, origin) }),
      200,
      headers,
    );
  });

  pages.post(CONNECT, async (c) => {
    const bank = (await formOf(c)).get("bank") ?? "";
    const { origin } = new URL(c.req.url);
    try {
      return c.redirect(source.connect(bank, origin, pagesOf(c)), 303);
    } catch (error) {
      if (!(error instanceof ControlError)) throw error;
      return c.html(overview(source, origin, { problem: error.message }), 400, headers);
    }
  });

  pages.post("/_sandbox/page/time", async (c) => {
    const days = Number((await formOf(c)).get("days"));
    if (!(days > 0 && days <= 3650))
      throw new ControlError("The clock can be advanced by more than 0 and at most 3650 days.");
    source.advanceTime({ days });
    return c.redirect("/#clock", 303);
  });

  pages.post("/_sandbox/page/faults", async (c) => {
    injectFrom(source, await formOf(c));
    return c.redirect("/#faults", 303);
  });

  pages.post("/_sandbox/page/faults/clear", (c) => {
    source.clearFaults();
    return c.redirect("/#faults", 303);
  });

  return pages;
}

function injectFrom({ offered, operations, inject }: OverviewSource, form: URLSearchParams): void {
  const what = form.get("what") ?? "";
  const operation = form.get("operation") ?? "";
  const times = Number(form.get("times") ?? 1);
  const isOffered = Object.hasOwn(offered, what) && (operation === "" || operations.includes(operation));
  if (!isOffered || !(times >= 1))
    throw new ControlError(
      "The form needs an offered fault, an offered operation and a number of requests from 1.",
    );
  inject(what, times, operation === "" ? undefined : operation);
}

/** What a request for the overview is about, besides the state. */
interface Occasion {
  /** The consent with which the end user came back. */
  returned?: ReturnedConsent | undefined;
  /** Sentences that say why a form was refused. */
  problem?: string;
}

function overview(source: OverviewSource, origin: string, { returned, problem }: Occasion) {
  const view = source.view();
  return page(
    returned === undefined ? "bankdata sandbox" : `${returned.title} – bankdata sandbox`,
    html`<h1>bankdata sandbox</h1>
<p class="note">A stand-in for the ${source.service}. Base URL: <code>${origin}${source.basePath}</code></p>
${problem === undefined ? "" : html`<p role="alert" class="alert">${problem}</p>`}
${returned === undefined ? "" : returnSection(returned, view, source.isOffered)}
${connectSection(source, returned?.bank)}
<section aria-labelledby="token-title"><h2 id="token-title">Access token</h2>
<p class="note">A client begins with an access token:</p>
<pre>${source.firstRequest(origin)}</pre></section>
${clockSection(view.now)}
${consentSection(view.consents, returned)}
${accountSection(view.accounts, returned)}
${requestSection(view.requests)}
${faultSection(source, view.faults)}
${bankSection(source)}`,
    "wide",
  );
}

function clockSection(now: string) {
  const button = (days: string, label: string) =>
    html`<form method="post" action="/_sandbox/page/time"><button name="days" value="${days}">${label}</button></form>`;
  return html`<section id="clock" aria-labelledby="clock-title"><h2 id="clock-title">Clock</h2>
<p><time datetime="${now}">${now.replace("T", " ").slice(0, 19)} UTC</time></p>
<div class="actions">${button(String(1 / 24), "+1 hour")}${button("1", "+1 day")}${button("30", "+30 days")}
<form method="post" action="/_sandbox/page/time"><label class="inline">Days <input name="days" type="number" min="1" max="3650" value="90" required></label>
<button>Advance</button></form></div></section>`;
}

function consentSection(consents: OverviewView["consents"], returned: ReturnedConsent | undefined) {
  const rows = latest(consents).map(
    (
      one,
    ) => html`<tr${one.id === returned?.id ? html` class="new"` : ""}><td>${one.bank}</td><td>${one.status} <small>${one.statusWord}</small>${one.page === undefined ? "" : html`<br><a href="${one.page}">Open the consent page</a>`}</td>
<td>${one.accounts}</td><td><code>${one.id}</code></td><td class="long">${one.reference}</td></tr>`,
  );
  const columns = ["Bank", "Status", "Accounts", "ID", "Reference"];
  return section("requisitions", titleOf("Requisitions", consents), columns, rows);
}

function accountSection(accounts: OverviewView["accounts"], returned: ReturnedConsent | undefined) {
  const rows = latest(accounts).map(
    (one) =>
      html`<tr${returned?.accounts.includes(one.id) ? html` class="new"` : ""}><td>${one.name}</td><td>${one.iban ?? ""}</td><td>${one.bank}</td><td>${one.status}</td><td><code>${one.id}</code></td></tr>`,
  );
  const columns = ["Name", "IBAN", "Bank", "Status", "ID"];
  return section("accounts", titleOf("Accounts", accounts), columns, rows);
}

/** The latest records, newest first. */
function latest<T>(records: readonly T[]): T[] {
  return records.slice(-LAST_RECORDS).reverse();
}

function titleOf(title: string, records: readonly unknown[]): string {
  return records.length > LAST_RECORDS ? `${title} (latest ${LAST_RECORDS} of ${records.length})` : title;
}

function requestSection(requests: OverviewView["requests"]) {
  const rows = requests
    .slice(-LAST_REQUESTS)
    .reverse()
    .map(
      (one) =>
        html`<tr><td>${one.at.slice(11, 19)}</td><td>${one.method}</td><td><code>${one.path}</code></td><td>${one.status === 0 ? "cut" : one.status}</td></tr>`,
    );
  return section("requests", "Latest requests", ["Time", "Method", "Path", "Status"], rows);
}

function faultSection({ offered, operations }: OverviewSource, faults: OverviewView["faults"]) {
  const rows = faults.map(
    (one) =>
      html`<tr><td>${String(one["operation"] ?? one["path"] ?? "all requests")}</td><td><code>${JSON.stringify(one)}</code></td></tr>`,
  );
  return html`${section("faults", "Injected faults", ["Affects", "Fault"], rows)}
<form method="post" action="/_sandbox/page/faults" class="fields">
<label>Fault <select name="what">${Object.entries(offered).map(([name, label]) => html`<option value="${name}">${label}</option>`)}</select></label>
<label>Operation <select name="operation"><option value="">all</option>${operations.map((name) => html`<option>${name}</option>`)}</select></label>
<label>Number of requests <input name="times" type="number" min="1" max="1000" value="1" required></label>
<button class="main">Inject fault</button></form>
<form method="post" action="/_sandbox/page/faults/clear"><button>Clear all faults</button></form>`;
}
