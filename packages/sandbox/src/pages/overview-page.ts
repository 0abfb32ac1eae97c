import { html } from "hono/html";
import type { SandboxBank } from "../banks/index.ts";
import type { TimeSpan } from "../world/clock.ts";
import { ControlError } from "../world/control-error.ts";
import { newApp, type SandboxApp } from "../world/http.ts";
import { formOf, PAGE_POLICY, page } from "./page.ts";

/** How many of the latest requests are shown. */
const LAST_REQUESTS = 50;

/** What the page shows and does for a service. */
export interface OverviewSource {
  /** The name of the service that the sandbox stands in for. */
  service: string;
  /** The path of its base URL. */
  basePath: string;
  /** A first request, as a shell command. */
  firstRequest: (origin: string) => string;
  /** The state that the page lists. */
  view: () => OverviewView;
  banks: Iterable<SandboxBank>;
  /** The faults that the page offers: the label of each, by name. */
  offered: Readonly<Record<string, string>>;
  /** The operations to which a fault can be limited. */
  operations: readonly string[];
  /** Injects one of the offered faults, for one operation or, if it is undefined, for all. */
  inject: (what: string, times: number, operation: string | undefined) => void;
  clearFaults: () => void;
  advanceTime: (span: TimeSpan) => void;
}

/** The state that the page lists. */
interface OverviewView {
  now: string;
  consents: readonly {
    bank: string;
    status: string;
    statusWord: string;
    reference: string;
    accounts: number;
    /** The path of its consent page; undefined once the end user has decided. */
    page: string | undefined;
  }[];
  accounts: readonly { id: string; name: string; iban: string | null; bank: string; status: string }[];
  requests: readonly { at: string; method: string; path: string; status: number }[];
  faults: readonly Readonly<Record<string, unknown>>[];
}

/** The page at `/`: the state and the latest requests, with buttons that advance the clock and inject faults. */
export function overviewPage(source: OverviewSource): SandboxApp {
  const pages = newApp();
  const headers = {
    "content-security-policy": `${PAGE_POLICY}; form-action 'self'`,
    "cache-control": "no-store",
  };

  pages.get("/", (c) => c.html(overview(source, new URL(c.req.url).origin), 200, headers));

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

function overview(source: OverviewSource, origin: string) {
  const { now, consents, accounts, requests, faults } = source.view();
  return page(
    "bankdata sandbox",
    html`<h1>bankdata sandbox</h1>
<p class="note">A stand-in for the ${source.service}. Base URL: <code>${origin}${source.basePath}</code></p>
<p>To get an access token, run:</p>
<pre>${source.firstRequest(origin)}</pre>
${clockSection(now)}
${consentSection(consents)}
${accountSection(accounts)}
${requestSection(requests)}
${faultSection(source, faults)}
${bankSection(source.banks)}`,
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

function consentSection(consents: OverviewView["consents"]) {
  const rows = consents.map(
    (one) => html`<tr><td>${one.bank}</td><td>${one.status} <small>${one.statusWord}</small></td>
<td class="long">${one.reference}</td><td>${one.accounts}</td>
<td>${one.page === undefined ? "" : html`<a href="${one.page}">Open the consent page</a>`}</td></tr>`,
  );
  return section("requisitions", "Requisitions", ["Bank", "Status", "Reference", "Accounts", "Link"], rows);
}

function accountSection(accounts: OverviewView["accounts"]) {
  const shown = accounts.slice(0, 200);
  const rows = shown.map(
    (one) =>
      html`<tr><td>${one.name}</td><td>${one.iban ?? ""}</td><td>${one.bank}</td><td>${one.status}</td><td><code>${one.id}</code></td></tr>`,
  );
  const title =
    accounts.length > shown.length ? `Accounts (first ${shown.length} of ${accounts.length})` : "Accounts";
  return section("accounts", title, ["Name", "IBAN", "Bank", "Status", "ID"], rows);
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

function bankSection(banks: Iterable<SandboxBank>) {
  const rows = [...banks].map(
    (one) =>
      html`<tr><td>${one.name}</td><td><code>${one.id}</code></td><td>${one.historyDays}</td><td>${one.accessDays}</td><td class="long">${behaviour(one)}</td><td>${one.countries.join(" ")}</td></tr>`,
  );
  const columns = ["Name", "ID", "Days of history", "Days of access", "Profile and habits", "Countries"];
  return html`<details id="institutions"><summary>Institutions (${rows.length})</summary>${table("Institutions", columns, rows)}</details>`;
}

/** The profile and the habits of a bank, or the quirks that it has in their place. */
function behaviour({ profile, habits, quirks }: SandboxBank) {
  const usual = [profile, ...habits].join(", ");
  if (quirks !== undefined)
    return html`${quirks.length === 0 ? "no quirks" : quirks.join(", ")} <small>instead of ${usual}</small>`;
  return html`${profile}${habits.length === 0 ? "" : html` <small>${habits.join(", ")}</small>`}`;
}

type Html = ReturnType<typeof html>;

function section(id: string, title: string, columns: readonly string[], rows: readonly Html[]) {
  return html`<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>
${rows.length === 0 ? html`<p class="note">None.</p>` : table(title, columns, rows)}</section>`;
}

/** A table that scrolls inside a narrow page, also by keyboard. */
function table(label: string, columns: readonly string[], rows: readonly Html[]) {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${label}"><table><thead><tr>${columns.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead><tbody>${rows}</tbody></table></div>`;
}
