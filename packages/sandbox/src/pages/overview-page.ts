import type { HttpBindings } from "@hono/node-server";
import { Hono } from "hono";
import { html } from "hono/html";
import type { SandboxControls } from "../world/controls.ts";
import type { Fault } from "../world/faults.ts";
import { isNamedError } from "../world/named-errors.ts";
import { isOperation, OPERATION_NAMES } from "../world/operations.ts";
import { flat } from "../world/refusal.ts";
import type { SandboxState } from "../world/state.ts";
import { PAGE_POLICY, page } from "./page.ts";

/** So many of the last requests are shown. */
const LAST_REQUESTS = 50;

/** Faults that the page offers, by a name and what they do. */
const OFFERED: Readonly<Record<string, { label: string; fault: Fault }>> = {
  ServiceError: { label: "the bank is away (503)", fault: { error: "ServiceError" } },
  UnknownRequestError: { label: "the bank fails (500)", fault: { error: "UnknownRequestError" } },
  RateLimitError: { label: "the bank's limit is spent (429)", fault: { error: "RateLimitError" } },
  AccessExpiredError: { label: "access was revoked (401)", fault: { error: "AccessExpiredError" } },
  Html: { label: "a proxy's page (502)", fault: { error: "Html" } },
  drop: { label: "the connection is cut", fault: { drop: "connection" } },
  half: { label: "half a body", fault: { drop: "body" } },
  slow: { label: "two seconds late", fault: { delayMs: 2000 } },
};

/** What each status of a requisition means, by its letters. */
const STATUS_WORDS: Readonly<Record<string, string>> = {
  CR: "created",
  ID: "checking identity",
  GC: "giving consent",
  UA: "undergoing authentication",
  SA: "selecting accounts",
  GA: "granting access",
  LN: "linked",
  RJ: "rejected",
  ER: "error",
  SU: "suspended",
  EX: "expired",
};

/** The page at `/`: what the sandbox holds and was asked, with buttons that move its time and let things go wrong. */
export function overviewPage(
  state: SandboxState,
  controls: SandboxControls,
  credentials: { secretId: string; secretKey: string },
): Hono<{ Bindings: HttpBindings }> {
  const pages = new Hono<{ Bindings: HttpBindings }>();
  const headers = {
    "content-security-policy": `${PAGE_POLICY}; form-action 'self'`,
    "cache-control": "no-store",
  };

  pages.get("/", (c) =>
    c.html(overview(state, controls, credentials, new URL(c.req.url).origin), 200, headers),
  );

  pages.post("/_sandbox/page/time", async (c) => {
    const days = Number(new URLSearchParams(await c.req.text()).get("days"));
    if (!(days > 0 && days <= 3650)) throw flat(400, "Invalid control", "Time moves on by up to 3650 days.");
    controls.advanceTime({ days });
    return c.redirect("/#clock", 303);
  });

  pages.post("/_sandbox/page/faults", async (c) => {
    const form = new URLSearchParams(await c.req.text());
    controls.inject(faultFrom(form));
    return c.redirect("/#faults", 303);
  });

  pages.post("/_sandbox/page/faults/clear", (c) => {
    controls.clearFaults();
    return c.redirect("/#faults", 303);
  });

  return pages;
}

function faultFrom(form: URLSearchParams): Fault {
  const offered = OFFERED[form.get("what") ?? ""];
  const operation = form.get("operation") ?? "";
  const times = Number(form.get("times") ?? 1);
  if (offered === undefined || !(times >= 1) || (operation !== "" && !isOperation(operation))) {
    throw flat(400, "Invalid control", "The form was not filled in as it is offered.");
  }
  const { error } = offered.fault;
  if (error !== undefined && !isNamedError(error)) throw flat(400, "Invalid control", error);
  return { ...offered.fault, times, ...(isOperation(operation) ? { operation } : {}) };
}

function overview(
  state: SandboxState,
  controls: SandboxControls,
  credentials: { secretId: string; secretKey: string },
  origin: string,
) {
  const { now, requisitions, accounts, faults } = controls.state();
  const curl = `curl -s ${origin}/api/v2/token/new/ -d secret_id=${credentials.secretId} -d secret_key=${credentials.secretKey}`;
  return page(
    "bankdata sandbox",
    html`<h1>bankdata sandbox</h1>
<p class="note">A stand-in for the GoCardless Bank Account Data API. Base URL: <code>${origin}/api/v2</code></p>
<pre tabindex="0" aria-label="A first request">${curl}</pre>
${clockSection(now)}
${requisitionSection(requisitions)}
${accountSection(accounts)}
${requestSection(controls)}
${faultSection(faults)}
${institutionSection(state)}`,
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

type View = ReturnType<SandboxControls["state"]>;

function requisitionSection(requisitions: View["requisitions"]) {
  const rows = requisitions.map(
    (
      one,
    ) => html`<tr><td>${one.institution_id}</td><td>${one.status} <small>${STATUS_WORDS[one.status] ?? ""}</small></td>
<td>${one.reference}</td><td>${one.accounts.length}</td>
<td>${["CR", "GC", "UA"].includes(one.status) ? html`<a href="${new URL(one.link).pathname}">Open the consent page</a>` : ""}</td></tr>`,
  );
  return section("requisitions", "Requisitions", ["Bank", "Status", "Reference", "Accounts", "Link"], rows);
}

function accountSection(accounts: View["accounts"]) {
  const shown = accounts.slice(0, 200);
  const rows = shown.map(
    (one) =>
      html`<tr><td>${one.name}</td><td>${one.iban ?? ""}</td><td>${one.institution_id}</td><td>${one.status}</td><td><code>${one.id}</code></td></tr>`,
  );
  const title =
    accounts.length > shown.length ? `Accounts, the first ${shown.length} of ${accounts.length}` : "Accounts";
  return section("accounts", title, ["Name", "IBAN", "Bank", "Status", "Id"], rows);
}

function requestSection(controls: SandboxControls) {
  const rows = controls.requests
    .slice(-LAST_REQUESTS)
    .reverse()
    .map(
      (one) =>
        html`<tr><td>${one.at.slice(11, 19)}</td><td>${one.method}</td><td><code>${one.path}</code></td><td>${one.status === 0 ? "cut" : one.status}</td></tr>`,
    );
  return section("requests", "Last requests", ["At", "Method", "Path", "Status"], rows);
}

function faultSection(faults: View["faults"]) {
  const rows = faults.map(
    (one) =>
      html`<tr><td>${String(one["operation"] ?? one["path"] ?? "any")}</td><td><code>${JSON.stringify(one)}</code></td></tr>`,
  );
  return html`${section("faults", "Faults that wait", ["Meets", "Does"], rows)}
<form method="post" action="/_sandbox/page/faults" class="fields">
<label>What goes wrong <select name="what">${Object.entries(OFFERED).map(([name, { label }]) => html`<option value="${name}">${label}</option>`)}</select></label>
<label>With which operation <select name="operation"><option value="">any</option>${OPERATION_NAMES.map((name) => html`<option>${name}</option>`)}</select></label>
<label>How often <input name="times" type="number" min="1" max="1000" value="1" required></label>
<button class="main">Let it go wrong</button></form>
<form method="post" action="/_sandbox/page/faults/clear"><button>Clear all faults</button></form>`;
}

function institutionSection(state: SandboxState) {
  const rows = [...state.institutions.values()].map(
    (one) =>
      html`<tr><td>${one.name}</td><td><code>${one.id}</code></td><td>${one.countries.join(" ")}</td><td>${one.transaction_total_days}</td><td>${one.max_access_valid_for_days}</td><td>${one.traits.profile}</td></tr>`,
  );
  const columns = ["Name", "Id", "Countries", "Days of history", "Days of access", "Character"];
  return html`<details id="institutions"><summary>Institutions (${rows.length})</summary>${table("Institutions", columns, rows)}</details>`;
}

type Html = ReturnType<typeof html>;

function section(id: string, title: string, columns: readonly string[], rows: readonly Html[]) {
  return html`<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>
${rows.length === 0 ? html`<p class="note">None.</p>` : table(title, columns, rows)}</section>`;
}

/** A table that scrolls by itself where the page is narrow, by keyboard too. */
function table(label: string, columns: readonly string[], rows: readonly Html[]) {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${label}"><table><thead><tr>${columns.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead><tbody>${rows}</tbody></table></div>`;
}
