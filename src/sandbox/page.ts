import { html } from "hono/html";

type Html = ReturnType<typeof html>;

/** One page of the sandbox: plain HTML with its style inside, readable without scripts. */
export function page(title: string, content: Html): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
</head>
<body><main>${content}</main></body>
</html>`;
}

/** Everything comes from this one document: no script, no other host. */
export const PAGE_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; frame-ancestors 'none'";

const STYLE = `
:root { color-scheme: light dark; --line: #8885; --accent: #2563eb; }
* { box-sizing: border-box; }
body { margin: 0; font: 1rem/1.5 system-ui, sans-serif; background: Canvas; color: CanvasText; }
main { max-width: 34rem; margin: 3rem auto; padding: 0 1.25rem; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .5rem; }
.note { opacity: .75; margin: 0 0 1.5rem; }
fieldset { border: 1px solid var(--line); border-radius: .75rem; padding: .5rem 1rem; margin: 0 0 1.5rem; }
legend { padding: 0 .4rem; font-weight: 600; }
label { display: flex; gap: .75rem; align-items: center; padding: .6rem 0; cursor: pointer; }
label + label { border-top: 1px solid var(--line); }
label span { flex: 1; } label small { display: block; opacity: .75; font-variant-numeric: tabular-nums; }
input[type=checkbox] { width: 1.2rem; height: 1.2rem; accent-color: var(--accent); }
.actions { display: flex; gap: .75rem; flex-wrap: wrap; }
button { font: inherit; padding: .65rem 1.2rem; border-radius: .6rem; border: 1px solid var(--line); background: Canvas; color: CanvasText; cursor: pointer; }
button.main { background: var(--accent); border-color: var(--accent); color: #fff; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
ul { padding-left: 1.2rem; }
`;
