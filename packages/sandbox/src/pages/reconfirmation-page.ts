import type { HttpBindings } from "@hono/node-server";
import { Hono } from "hono";
import { html } from "hono/html";
import { isOpen, reconfirm } from "../world/reconfirmation.ts";
import type { ReconfirmationRecord, SandboxState } from "../world/state.ts";
import { PAGE_POLICY, page } from "./page.ts";

/** The page behind a reconfirmation's link: the person says for each account whether it may still be read. */
export function reconfirmationPage(state: SandboxState): Hono<{ Bindings: HttpBindings }> {
  const pages = new Hono<{ Bindings: HttpBindings }>();
  const headers = { "content-security-policy": PAGE_POLICY, "cache-control": "no-store" };

  pages.get("/psd2/reconfirm/:id/", (c) => {
    const found = usable(state, c.req.param("id"));
    if (typeof found === "string") return c.html(explanation(found), 404, headers);
    found.last_accessed = state.clock.iso();
    return c.html(form(state, found), 200, headers);
  });

  pages.post("/psd2/reconfirm/:id/", async (c) => {
    const id = c.req.param("id");
    const found = usable(state, id);
    if (typeof found === "string") return c.html(explanation(found), 404, headers);
    const picked = new URLSearchParams(await c.req.text()).getAll("account");
    const left = Object.keys(found.accounts).filter((account) => !picked.includes(account));
    const redirect = reconfirm(state, id, "reconfirmed", picked);
    reconfirm(state, id, "rejected", left);
    if (redirect !== null) return c.redirect(redirect, 303);
    return c.html(explanation("That is settled. You can close this page."), 200, headers);
  });

  return pages;
}

/** The reconfirmation whose link may be used now, or why there is none. */
function usable(state: SandboxState, id: string): ReconfirmationRecord | string {
  const found = state.reconfirmations.get(id.toLowerCase());
  if (found === undefined) return "This link is unknown. It may have been deleted; ask for a new one.";
  if (isOpen(state, found)) return found;
  return `This link can be used from ${found.url_valid_from.slice(0, 10)} to ${found.url_valid_to.slice(0, 10)}.`;
}

function explanation(text: string) {
  return page("Sandbox bank", html`<h1>Sandbox bank</h1><p>${text}</p>`);
}

function form(state: SandboxState, { accounts }: ReconfirmationRecord) {
  const rows = Object.entries(accounts)
    .filter(([, told]) => told.reconfirmed === "" && told.rejected === "")
    .map(([id]) => {
      const bank = state.accounts.get(id)?.bank;
      return html`<label><input type="checkbox" name="account" value="${id}" checked>
<span>${bank?.name ?? id}<small>${bank?.iban ?? ""}</small></span></label>`;
    });
  return page(
    "Reconfirm access",
    html`<h1>May these accounts still be read?</h1>
<p class="note">This is the sandbox: no real bank, no real money. Accounts that you leave out can no longer be read.</p>
<form method="post"><fieldset><legend>Accounts</legend>${rows}</fieldset>
<div class="actions"><button class="main">Reconfirm</button></div></form>`,
  );
}
