/** The banks on the overview: the form that connects one, and the table of all of them. */
import { html } from "hono/html";
import type { SandboxBank } from "../banks/index.ts";
import type { OverviewSource } from "./overview-source.ts";
import type { Html } from "./page.ts";
import { table } from "./table.ts";

/** The path to which the forms that connect a bank are sent, with its id as `bank`. */
export const CONNECT = "/_sandbox/page/connect";

/** The choice of a bank to connect, with the given one chosen if it can be. */
export function connectSection({ banks, isOffered }: OverviewSource, chosen: string | undefined): Html {
  const groups = groupsOf([...banks].filter(({ id }) => isOffered(id)));
  const option = ({ id, name }: SandboxBank) =>
    html`<option value="${id}"${id === chosen ? " selected" : ""}>${name}</option>`;
  return html`<section id="connect" aria-labelledby="connect-title"><h2 id="connect-title">Connect a bank</h2>
<p class="note">You give the consent on the next page, as an end user does, and come back here. It covers all the history and the longest access that the bank grants.</p>
<form method="post" action="${CONNECT}" class="fields"><label>Bank <select name="bank">
${groups.map(([label, members]) => html`<optgroup label="${label}">${members.map(option)}</optgroup>`)}
</select></label>
<button class="main">Connect</button></form></section>`;
}

const COUNTRY_NAMES = new Intl.DisplayNames("en", { type: "region" });
const UNLISTED = "Not listed in any country";
const SEVERAL = "Several countries";

/** The banks by country, each bank once and in the order of names; first those for tests and those of several countries. */
function groupsOf(banks: readonly SandboxBank[]): [label: string, banks: SandboxBank[]][] {
  const groups = new Map<string, SandboxBank[]>();
  for (const bank of banks.toSorted((a, b) => a.name.localeCompare(b.name, "en"))) {
    const label = labelOf(bank);
    groups.set(label, [...(groups.get(label) ?? []), bank]);
  }
  const rank = (label: string) => [UNLISTED, SEVERAL].indexOf(label) + 1 || 3;
  return [...groups].sort(([a], [b]) => rank(a) - rank(b) || a.localeCompare(b, "en"));
}

function labelOf({ listed, countries }: SandboxBank): string {
  const [country = "", ...others] = countries;
  if (!listed) return UNLISTED;
  return others.length > 0 ? SEVERAL : (COUNTRY_NAMES.of(country) ?? country);
}

/** All banks with what they advertise and how they behave, each with a button that connects it. */
export function bankSection({ banks, isOffered }: OverviewSource): Html {
  const rows = [...banks].map(
    (one) =>
      html`<tr><td>${one.name}</td><td>${isOffered(one.id) ? html`<button class="small" name="bank" value="${one.id}" aria-label="Connect ${one.name}">Connect</button>` : html`<small>has left the service</small>`}</td><td><code>${one.id}</code></td><td>${one.historyDays}</td><td>${one.accessDays}</td><td class="long">${behaviour(one)}</td><td>${one.listed ? one.countries.join(" ") : html`<small>unlisted</small>`}</td></tr>`,
  );
  const columns = [
    ...["Name", "Connect", "ID", "Days of history", "Days of access", "Profile and habits", "Countries"],
  ];
  return html`<details id="institutions"><summary>Institutions (${rows.length})</summary>
<form method="post" action="${CONNECT}">${table("Institutions", columns, rows)}</form></details>`;
}

/** The profile and the habits of a bank, or the quirks that it has in their place. */
function behaviour({ profile, habits, quirks }: SandboxBank) {
  const usual = [profile, ...habits].join(", ");
  if (quirks !== undefined)
    return html`${quirks.length === 0 ? "no quirks" : quirks.join(", ")} <small>instead of ${usual}</small>`;
  return html`${profile}${habits.length === 0 ? "" : html` <small>${habits.join(", ")}</small>`}`;
}
