import type { HttpBindings } from "@hono/node-server";
import { Hono } from "hono";
import { html } from "hono/html";
import { accountsBehind, authorise, link, returnAddress } from "../world/consent.ts";
import type { RequisitionRecord, SandboxState } from "../world/state.ts";
import { PAGE_POLICY, page } from "./page.ts";

/** The page behind a requisition's link: the person picks accounts and agrees, or cancels, and is sent back. */
export function consentPage(state: SandboxState): Hono<{ Bindings: HttpBindings }> {
  const pages = new Hono<{ Bindings: HttpBindings }>();
  pages.use("/psd2/*", async (c, next) => {
    await next();
    c.header("content-security-policy", PAGE_POLICY);
    c.header("cache-control", "no-store");
  });

  pages.get("/psd2/start/:id/:institution/", (c) => c.redirect(c.req.path.replace(/\/$/, "")));

  pages.get("/psd2/start/:id/:institution", (c) => {
    const requisition = waiting(state, c.req.param("id"));
    if (typeof requisition === "string") return c.html(explanation(requisition), 404);
    // The first page is the service's own; where the application has asked to skip it, the bank's comes at once.
    requisition.status = requisition.redirect_immediate ? "UA" : "GC";
    return c.html(consentForm(state, requisition));
  });

  pages.post("/psd2/start/:id/:institution", async (c) => {
    const requisition = waiting(state, c.req.param("id"));
    if (typeof requisition === "string") return c.html(explanation(requisition), 404);
    const form = new URLSearchParams(await c.req.text());
    if (form.get("decision") !== "agree") {
      return sentBack(authorise(state, requisition, { outcome: "cancelled" }), "Nothing was connected.");
    }
    const picked = form.getAll("account").map(Number);
    if (picked.length === 0)
      return c.html(consentForm(state, requisition, "Pick at least one account."), 400);
    link(state, requisition, picked);
    return sentBack(returnAddress(requisition, undefined), "The accounts are connected.");
  });

  const sentBack = (address: string | null, text: string) => {
    if (address !== null) return new Response(null, { status: 303, headers: { location: address } });
    return new Response(String(explanation(`${text} You can close this page.`)), {
      headers: { "content-type": "text/html; charset=utf-8" },
    });
  };
  return pages;
}

/** The requisition that still waits for its person, or why there is none. */
function waiting(state: SandboxState, id: string): RequisitionRecord | string {
  const requisition = state.requisitions.get(id);
  if (requisition === undefined) return "This link is unknown. It may have been deleted; ask for a new one.";
  if (requisition.status === "LN") return "This link was used already. Ask for a new one to connect again.";
  return requisition;
}

function explanation(text: string) {
  return page("Sandbox bank", html`<h1>Sandbox bank</h1><p>${text}</p>`);
}

function consentForm(state: SandboxState, requisition: RequisitionRecord, problem?: string) {
  const institution = state.institutions.get(requisition.institution_id);
  const agreement = state.agreements.get(requisition.agreement);
  const bank = institution?.name ?? requisition.institution_id;
  const accounts = accountsBehind(state, requisition);
  return page(
    `Connect ${bank}`,
    html`<h1>Connect your accounts at ${bank}</h1>
<p class="note">This is the sandbox: no real bank, no real money. It plays the pages on which you would log in and agree.</p>
${problem === undefined ? "" : html`<p role="alert"><strong>${problem}</strong></p>`}
<form method="post">
<fieldset><legend>Accounts</legend>
${accounts.map(
  (account) => html`<label><input type="checkbox" name="account" value="${account.index}" checked>
<span>${account.name}<small>${account.iban ?? account.maskedPan ?? ""} · ${account.currency}</small></span></label>`,
)}
</fieldset>
<p>The application may then read, for ${agreement?.access_valid_for_days ?? 90} days:</p>
<ul>${(agreement?.access_scope ?? []).map(
      (scope) =>
        html`<li>${scope}${scope === "transactions" ? `, of the last ${agreement?.max_historical_days ?? 90} days` : ""}</li>`,
    )}</ul>
<div class="actions">
<button class="main" name="decision" value="agree">Agree and connect</button>
<button name="decision" value="cancel">Cancel</button>
</div>
</form>`,
  );
}
