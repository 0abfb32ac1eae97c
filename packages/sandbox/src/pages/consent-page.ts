import { html } from "hono/html";
import type { Find, WaitingConsent } from "../world/consent.ts";
import { newApp, type SandboxApp } from "../world/http.ts";
import { explanation, formOf, isUnusable, PAGE_POLICY, page } from "./page.ts";

/**
 * The page behind a consent's link: the end user picks accounts and agrees, or cancels, and is redirected to the
 * application.
 */
export function consentPage(find: Find<WaitingConsent>): SandboxApp {
  const pages = newApp();
  pages.use("/psd2/*", async (c, next) => {
    await next();
    c.header("content-security-policy", PAGE_POLICY);
    c.header("cache-control", "no-store");
  });

  // The path of the URL is as the browser sent it; hono's is decoded, and might not be fit for a header.
  pages.get("/psd2/start/:id/:institution/", (c) =>
    c.redirect(new URL(c.req.url).pathname.replace(/\/$/, "")),
  );

  pages.get("/psd2/start/:id/:institution", (c) => {
    const consent = find(c.req.param("id"));
    if (isUnusable(consent)) return c.html(explanation(consent.reason, consent.back), 404);
    consent.opened();
    return c.html(consentForm(consent));
  });

  pages.post("/psd2/start/:id/:institution", async (c) => {
    const form = await formOf(c);
    // After the last wait, as another request may use the link meanwhile.
    const consent = find(c.req.param("id"));
    if (isUnusable(consent)) return c.html(explanation(consent.reason, consent.back), 404);
    if (form.get("decision") !== "agree")
      return sentBack(consent.cancel(), "You cancelled. No account was connected.");
    const sent = form.getAll("account");
    const picked = consent.accounts.map(({ index }) => index).filter((index) => sent.includes(String(index)));
    // Some people have no account at the bank that an application may read; others only forget to tick one.
    if (picked.length === 0 && form.get("empty") !== "yes")
      return c.html(
        consentForm(consent, "Select at least one account, or agree again to connect none."),
        400,
      );
    return sentBack(
      consent.agree(picked),
      picked.length === 0 ? "No account was connected." : "Your accounts are connected.",
    );
  });

  const sentBack = (address: string | null, text: string) => {
    if (address !== null) return new Response(null, { status: 303, headers: { location: address } });
    return new Response(String(explanation(`${text} You can close this page.`)), {
      headers: { "content-type": "text/html; charset=utf-8" },
    });
  };
  return pages;
}

const days = (count: number) => (count === 1 ? "one day" : `${count} days`);

function consentForm(consent: WaitingConsent, problem?: string) {
  const { bank, accounts, scopes, accessDays, historyDays } = consent;
  return page(
    `Connect ${bank}`,
    html`<h1>Connect your accounts at ${bank}</h1>
<p class="note">This is a sandbox: the bank, its accounts and the money are not real. A real bank would ask you to log in here.</p>
${problem === undefined ? "" : html`<p role="alert" class="alert">${problem}</p>`}
<form method="post">
${problem === undefined ? "" : html`<input type="hidden" name="empty" value="yes">`}
<fieldset><legend>Accounts</legend>
${accounts.map(
  (
    account,
  ) => html`<label><input type="checkbox" name="account" value="${account.index}"${problem === undefined ? " checked" : ""}>
<span>${account.name}<small>${account.iban ?? account.maskedPan ?? ""} · ${account.currency}</small></span></label>`,
)}
</fieldset>
<p>For ${days(accessDays)}, the application can read:</p>
<ul>${scopes.map(
      (scope) =>
        html`<li>${scope}${scope === "transactions" ? `, up to ${days(historyDays)} back` : ""}</li>`,
    )}</ul>
<div class="actions">
<button class="main" name="decision" value="agree">Agree and connect</button>
<button name="decision" value="cancel">Cancel</button>
</div>
</form>`,
  );
}
