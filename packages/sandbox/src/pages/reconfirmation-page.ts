import { html } from "hono/html";
import type { Find, WaitingReconfirmation } from "../world/consent.ts";
import { newApp, type SandboxApp } from "../world/http.ts";
import { PAGE_POLICY, page } from "./page.ts";

/** The page behind a reconfirmation's link: the end user decides for each account whether it can still be read. */
export function reconfirmationPage(find: Find<WaitingReconfirmation>): SandboxApp {
  const pages = newApp();
  const headers = { "content-security-policy": PAGE_POLICY, "cache-control": "no-store" };

  pages.get("/psd2/reconfirm/:id/", (c) => {
    const found = find(c.req.param("id"));
    if (typeof found === "string") return c.html(explanation(found), 404, headers);
    found.opened();
    const isDecided = found.accounts.length === 0;
    return c.html(isDecided ? explanation(NOTHING_LEFT) : form(found), 200, headers);
  });

  pages.post("/psd2/reconfirm/:id/", async (c) => {
    const found = find(c.req.param("id"));
    if (typeof found === "string") return c.html(explanation(found), 404, headers);
    const redirect = found.confirm(new URLSearchParams(await c.req.text()).getAll("account"));
    if (redirect !== null) return c.redirect(redirect, 303);
    return c.html(explanation("Your choice is saved. You can close this page."), 200, headers);
  });

  return pages;
}

const NOTHING_LEFT = "You have already decided on all accounts. You can close this page.";

function explanation(text: string) {
  return page("Sandbox bank", html`<h1>Sandbox bank</h1><p>${text}</p>`);
}

function form({ accounts }: WaitingReconfirmation) {
  const rows = accounts.map(
    ({ id, name, iban }) => html`<label><input type="checkbox" name="account" value="${id}" checked>
<span>${name}<small>${iban ?? ""}</small></span></label>`,
  );
  return page(
    "Reconfirm access",
    html`<h1>Keep sharing these accounts?</h1>
<p class="note">This is a sandbox: the bank, its accounts and the money are not real.</p>
<p>The application can continue to read the accounts that you select. It loses access to the others at once.</p>
<form method="post"><fieldset><legend>Accounts</legend>${rows}</fieldset>
<div class="actions"><button class="main">Reconfirm</button></div></form>`,
  );
}
