import type { Fault, Sandbox } from "../../packages/sandbox/src/index.ts";

/** How often a call fails in each way; together one in ten. */
const KINDS: readonly Fault[] = [
  {
    probability: 0.04,
    status: 503,
    body: { summary: "Institution service unavailable", detail: "Try later.", status_code: 503 },
  },
  { probability: 0.02, status: 500, body: "<html>Internal Server Error</html>", contentType: "text/html" },
  { probability: 0.02, drop: "connection" },
  { probability: 0.02, drop: "body" },
];

/** Makes one call in ten fail. */
export function injectFaults(sandbox: Sandbox, seed: number): void {
  sandbox.setFaults(KINDS.map((fault, at) => ({ ...fault, seed: seed * KINDS.length + at })));
}
