import { html } from "hono/html";
import type { SandboxBank } from "../banks/index.ts";
import type { TimeSpan } from "../world/clock.ts";
import { ControlError } from "../world/control-error.ts";
import { newApp, type SandboxApp } from "../world/http.ts";
import { PAGE_POLICY, page } from "./page.ts";

/** How many of the last requests are shown. */
const LAST_REQUESTS = 50;

/** What a service lets the page show and do. */
export interface OverviewSource {
  /** The name of the service that the sandbox stands in for, and the path of its base URL. */
  service: string;
  basePath: string;
  /** A first request, as a command. */
  firstRequest: (origin: string) => string;
  /** Everything that the page lists. */
  view: () => OverviewView;
  banks: Iterable<SandboxBank>;
  /** What the page offers to let go wrong, by a name and what it does; and with which operations. */
  offered: Readonly<Record<string, string>>;
  operations: readonly string[];
  /** Lets one of these go wrong; the operation is one of those above, or undefined for any. */
  inject: (what: string, times: number, operation: string | undefined) => void;
  clearFaults: () => void;
  advanceTime: (span: TimeSpan) => void;
}

/** What the page lists. */
interface OverviewView {
  now: string;
  consents: readonly {
    bank: string;
    status: string;
    statusWord: string;
    reference: string;
    accounts: number;
    /** Undefined once the person has decided. */
    page: string | undefined;
  }[];
  accounts: readonly { id: string; name: string; iban: string | null; bank: string; status: string }[];
  requests: readonly { at: string; method: string; path: string; status: number }[];
  faults: readonly Readonly<Record<string, unknown>>[];
}

/** The page at `/`: what the sandbox holds and was asked, with buttons that move its time and let things go wrong. */
export function overviewPage(source: OverviewSource): SandboxApp {
  const pages = newApp();
  const headers = {
    "content-security-policy": `${PAGE_POLICY}; form-action 'self'`,
    "cache-control": "no-store",
  };

  pages.get("/", (c) => c.html(overview(source, new URL(c.req.url).origin), 200, headers));

  pages.post("/_sandbox/page/time", async (c) => {
    const days = Number(new URLSearchParams(await c.req.text()).get("days"));
    if (!(days > 0 && days <= 3650)) throw new ControlError("Time moves on by up to 3650 days.");
    source.advanceTime({ days });
    return c.redirect("/#clock", 303);
  });

  pages.post("/_sandbox/page/faults", async (c) => {
    injectFrom(source, new URLSearchParams(await c.req.text()));
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
  if (!isOffered || !(times >= 1)) throw new ControlError("The form was not filled in as it is offered.");
  inject(what, times, operation === "" ? undefined : operation);
}

function overview(source: OverviewSource, origin: string) {
  const { now, consents, accounts, requests, faults } = source.view();
  return page(
    "bankdata sandbox",
    html`<h1>bankdata sandbox</h1>
<p class="note">A stand-in for the ${source.service}. Base URL: <code>${origin}${source.basePath}</code></p>
<pre tabindex="0" aria-label="A first request">${source.firstRequest(origin)}</pre>
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
<button>Move on</button></form></div></section>`;
}

function consentSection(consents: OverviewView["consents"]) {
  const rows = consents.map(
    (one) => html`<tr><td>${one.bank}</td><td>${one.status} <small>${one.statusWord}</small></td>
<td>${one.reference}</td><td>${one.accounts}</td>
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
    accounts.length > shown.length ? `Accounts, the first ${shown.length} of ${accounts.length}` : "Accounts";
  return section("accounts", title, ["Name", "IBAN", "Bank", "Status", "Id"], rows);
}

function requestSection(requests: OverviewView["requests"]) {
  const rows = requests
    .slice(-LAST_REQUESTS)
    .reverse()
    .map(
      (one) =>
        html`<tr><td>${one.at.slice(11, 19)}</td><td>${one.method}</td><td><code>${one.path}</code></td><td>${one.status === 0 ? "cut" : one.status}</td></tr>`,
    );
  return section("requests", "Last requests", ["At", "Method", "Path", "Status"], rows);
}

function faultSection({ offered, operations }: OverviewSource, faults: OverviewView["faults"]) {
  const rows = faults.map(
    (one) =>
      html`<tr><td>${String(one["operation"] ?? one["path"] ?? "any")}</td><td><code>${JSON.stringify(one)}</code></td></tr>`,
  );
  return html`${section("faults", "Faults that wait", ["Meets", "Does"], rows)}
<form method="post" action="/_sandbox/page/faults" class="fields">
<label>What goes wrong <select name="what">${Object.entries(offered).map(([name, label]) => html`<option value="${name}">${label}</option>`)}</select></label>
<label>With which operation <select name="operation"><option value="">any</option>${operations.map((name) => html`<option>${name}</option>`)}</select></label>
<label>How often <input name="times" type="number" min="1" max="1000" value="1" required></label>
<button class="main">Let it go wrong</button></form>
<form method="post" action="/_sandbox/page/faults/clear"><button>Clear all faults</button></form>`;
}

function bankSection(banks: Iterable<SandboxBank>) {
  const rows = [...banks].map(
    (one) =>
      html`<tr><td>${one.name}</td><td><code>${one.id}</code></td><td>${one.countries.join(" ")}</td><td>${one.historyDays}</td><td>${one.accessDays}</td><td>${one.profile}</td></tr>`,
  );
  const columns = ["Name", "Id", "Countries", "Days of history", "Days of access", "Profile"];
  return html`<details id="institutions"><summary>Institutions (${rows.length})</summary>${table("Institutions", columns, rows)}</details>`;
}

type Html = ReturnType<typeof html>;

function section(id: string, title: string, columns: readonly string[], rows: readonly Html[]) {
  return html`<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>
${rows.length === 0 ? html`<p class="note">None.</p>` : table(title, columns, rows)}</section>`;
}

/** A table that scrolls by itself if the page is narrow, by keyboard too. */
function table(label: string, columns: readonly string[], rows: readonly Html[]) {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${label}"><table><thead><tr>${columns.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead><tbody>${rows}</tbody></table></div>`;
}
