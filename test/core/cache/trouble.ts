import { openCache } from "../../../packages/core/src/cache/index.ts";

// A process that a test starts under a limit or as another user: stores responses, and reads the last one back.
const [cacheName = "", count = "1", size = "2"] = process.argv.slice(2);
const warnings: string[] = [];
const logger = { debug() {}, info() {}, warn: (line: string) => void warnings.push(line), error() {} };
const cache = openCache({ cacheName }, { tenant: "s", now: Date.now, logger });
const body = (at: number) =>
  JSON.stringify({ at, filler: Array.from({ length: Number(size) }, Math.random) });
let last = "";
for (let at = 0; at < Number(count); at += 1) {
  last = body(at);
  const request = { method: "GET", path: `/accounts/a${at}/`, query: [] };
  await cache.store(request, { status: 200, headers: new Headers(), body: last });
}
const path = `/accounts/a${Math.max(0, Number(count) - 1)}/`;
const found = await cache.find({ method: "GET", path, query: [] });
const first = await cache.find({ method: "GET", path: "/accounts/a0/", query: [] });
await cache.close();
console.log(
  JSON.stringify({
    found: count === "0" ? found !== undefined : found?.body === last,
    firstIsRight: first === undefined || first.body.startsWith('{"at":0'),
    warnings,
  }),
);
