import { html } from "hono/html";
import type { Html } from "./page.ts";

/** A section with a heading and a table, or the word that there are no rows. */
export function section(id: string, title: string, columns: readonly string[], rows: readonly Html[]): Html {
  return html`<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>
${rows.length === 0 ? html`<p class="note">None.</p>` : table(title, columns, rows)}</section>`;
}

/** A table that scrolls inside a narrow page, also by keyboard. */
export function table(label: string, columns: readonly string[], rows: readonly Html[]): Html {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${label}"><table><thead><tr>${columns.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead><tbody>${rows}</tbody></table></div>`;
}
