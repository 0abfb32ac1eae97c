import { html } from "hono/html";
import { CONNECT } from "./overview-banks.ts";
import type { OverviewView, ReturnedConsent } from "./overview-source.ts";
import type { Html } from "./page.ts";

/** How many of its accounts are shown. */
const MOST_ACCOUNTS = 10;

/** Says what became of the consent with which the end user came back, and how a client reads its accounts. */
export function returnSection(
  returned: ReturnedConsent,
  { consents, accounts }: OverviewView,
  isOffered: (bankId: string) => boolean,
): Html {
  const { id, bank, reference, title, text, stage } = returned;
  const page = consents.find((one) => one.id === id)?.page;
  const ids = new Set(returned.accounts.slice(0, MOST_ACCOUNTS));
  const linked = accounts.filter((one) => ids.has(one.id));
  const others = returned.accounts.length - ids.size;
  const again = html`<form method="post" action="${CONNECT}"><button class="small" name="bank" value="${bank}">Try again</button></form>`;
  return html`<section id="returned" class="result ${stage}" role="status" aria-labelledby="returned-title"><h2 id="returned-title">${title}</h2>
${text === "" ? "" : html`<p>${text}</p>`}
${linked.length === 0 ? "" : html`<ul>${linked.map((one) => html`<li>${one.name}${one.iban === null ? "" : html`<small>${one.iban}</small>`}<small><code>${one.id}</code></small></li>`)}${others > 0 ? html`<li>and ${others} more</li>` : ""}</ul>`}
<p>Requisition <code>${id}</code><br>Reference <code>${reference}</code></p>
${page === undefined ? "" : html`<p><a href="${page}">Open the consent page</a></p>`}
${stage === "over" && isOffered(bank) ? again : ""}
${stage === "connected" ? html`<p>A client reads it like this:</p><pre>${returned.requests.map((one) => html`<code>${one}\n</code>`)}</pre>` : ""}
</section>`;
}
