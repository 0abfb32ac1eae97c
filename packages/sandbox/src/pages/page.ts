/**
 * The web pages: the overview for the tester at `/`, and those on which the end user gives or reconfirms a consent. They
 * work without scripts, and depend on no service: a service passes them what they show and do.
 */
import { html } from "hono/html";
import type { UnusableLink } from "../world/consent.ts";
import { ControlError } from "../world/control-error.ts";
import { bytesOf, type SandboxContext } from "../world/http.ts";

/** A piece of a page. */
export type Html = ReturnType<typeof html>;

/** A page of the sandbox: plain HTML with its styles inside, and without scripts. */
export function page(title: string, content: Html, width: "narrow" | "wide" = "narrow"): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
</head>
<body><main class="${width}">${content}</main></body>
</html>`;
}

/** A page that only says something, and may lead back to the application. */
export function explanation(text: string, back: string | null = null): Html {
  const way = back === null ? "" : html`<p><a href="${back}">Return to the application</a></p>`;
  return page("Sandbox bank", html`<h1>Sandbox bank</h1><p>${text}</p>${way}`);
}

/** Whether a link cannot be used. */
export function isUnusable(found: object): found is UnusableLink {
  return "reason" in found;
}

/** In bytes; no form of these pages needs more. */
const LARGEST_FORM = 100_000;

/** The fields of a form that was sent. @throws ControlError if it is too large */
export async function formOf(c: SandboxContext): Promise<URLSearchParams> {
  const bytes = await bytesOf(c, LARGEST_FORM);
  if (bytes === undefined) throw new ControlError(`A form may hold at most ${LARGEST_FORM} bytes.`);
  return new URLSearchParams(bytes.toString("utf8"));
}

/** The content security policy of all pages: no scripts, and nothing from other addresses. */
export const PAGE_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; frame-ancestors 'none'";

const STYLE = `
:root { color-scheme: light dark; --line: #8885; --accent: #2563eb; --alert: #dc2626; --good: #16a34a; }
* { box-sizing: border-box; }
body { margin: 0; font: 1rem/1.5 system-ui, sans-serif; background: Canvas; color: CanvasText; }
main { max-width: 34rem; margin: 3rem auto; padding: 0 1.25rem; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .5rem; }
.note { opacity: .75; margin: 0 0 1.5rem; }
.alert { border-left: 4px solid var(--alert); padding: .4rem 0 .4rem .8rem; margin: 0 0 1.5rem; font-weight: 600; }
fieldset { border: 1px solid var(--line); border-radius: .75rem; padding: .5rem 1rem; margin: 0 0 1.5rem; }
legend { padding: 0 .4rem; font-weight: 600; }
label { display: flex; gap: .75rem; align-items: center; padding: .6rem 0; cursor: pointer; }
label + label { border-top: 1px solid var(--line); }
label span { flex: 1; } label small { display: block; opacity: .75; font-variant-numeric: tabular-nums; }
input[type=checkbox] { width: 1.2rem; height: 1.2rem; accent-color: var(--accent); }
.actions { display: flex; gap: .75rem; flex-wrap: wrap; margin-top: 1.5rem; }
button { font: inherit; min-height: 2.75rem; padding: .5rem 1.2rem; border-radius: .6rem; border: 1px solid var(--line); background: Canvas; color: CanvasText; cursor: pointer; }
button.main { background: var(--accent); border-color: var(--accent); color: #fff; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
ul { padding-left: 1.2rem; }
main.wide { max-width: 64rem; margin: 2rem auto; }
section, details { margin: 2rem 0; }
h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
summary { cursor: pointer; font-weight: 600; font-size: 1.15rem; }
details .scroll { margin-top: .5rem; }
code, pre, time { font-family: ui-monospace, monospace; font-size: .875rem; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; margin: 0; padding: .75rem 1rem; border: 1px solid var(--line); border-radius: .6rem; }
button.small { min-height: 2rem; padding: .15rem .7rem; font-size: .9rem; }
.result { border: 1px solid var(--line); border-left: 4px solid var(--accent); border-radius: .6rem; padding: 1rem; margin: 0 0 1.5rem; }
.result.connected { border-left-color: var(--good); }
.result.over { border-left-color: var(--alert); }
.result h2 { margin: 0 0 .5rem; }
.result p { margin: .5rem 0; overflow-wrap: anywhere; }
.result ul { margin: .5rem 0; }
.result li small { display: block; }
.result p code { display: inline-block; max-width: 100%; overflow-wrap: anywhere; }
pre code { display: block; padding-left: 2ch; text-indent: -2ch; }
tr.new td:first-child { box-shadow: inset 4px 0 var(--accent); }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: .6rem; max-height: 26rem; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .4rem .8rem; white-space: nowrap; }
td.long { white-space: normal; overflow-wrap: anywhere; min-width: 12rem; }
thead th { position: sticky; top: 0; background: Canvas; border-bottom: 1px solid var(--line); }
tbody tr + tr td { border-top: 1px solid var(--line); }
.fields { display: flex; flex-wrap: wrap; gap: .75rem 1.25rem; align-items: end; margin: 1rem 0 .75rem; }
.fields label, label.inline { display: inline-flex; flex-wrap: wrap; gap: .5rem; padding: 0; border: 0; cursor: default; align-items: center; }
.fields label { flex-flow: column nowrap; align-items: start; gap: .25rem; max-width: 100%; }
select, input[type=number] { font: inherit; height: 2.75rem; padding: .5rem .7rem; border-radius: .6rem; border: 1px solid var(--line); background: Canvas; color: CanvasText; max-width: 100%; }
`;
