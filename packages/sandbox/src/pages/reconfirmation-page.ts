import { html } from "hono/html";
import type { Find, WaitingReconfirmation } from "../world/consent.ts";
import { newApp, type SandboxApp } from "../world/http.ts";
import { explanation, formOf, isUnusable, PAGE_POLICY, page } from "./page.ts";

/** The page behind a reconfirmation's link: the end user decides for each account whether it can still be read. */
export function reconfirmationPage(find: Find<WaitingReconfirmation>): SandboxApp {
  const pages = newApp();
  const headers = { "content-security-policy": PAGE_POLICY, "cache-control": "no-store" };

  pages.get("/psd2/reconfirm/:id/", (c) => {
    const found = find(c.req.param("id"));
    if (isUnusable(found)) return c.html(explanation(found.reason, found.back), 404, headers);
    found.opened();
    return c.html(form(found), 200, headers);
  });

  pages.post("/psd2/reconfirm/:id/", async (c) => {
    const picked = (await formOf(c)).getAll("account");
    // After the last wait, as another request may use the link meanwhile.
    const found = find(c.req.param("id"));
    if (isUnusable(found)) return c.html(explanation(found.reason, found.back), 404, headers);
    const redirect = found.confirm(picked);
    if (redirect !== null) return c.redirect(redirect, 303);
    return c.html(explanation("Your choice is saved. You can close this page."), 200, headers);
  });

  return pages;
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
