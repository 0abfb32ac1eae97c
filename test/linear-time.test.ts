import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { writeOutDecimal } from "../packages/core/src/base/decimal.ts";
import { maskIbans } from "../packages/core/src/base/masking.ts";
import { keyOf } from "../packages/core/src/cache/request.ts";
import { forbidsKeeping, timeToLive } from "../packages/core/src/cache/time-to-live.ts";
import { pathFromOutside } from "../packages/core/src/pipeline/path.ts";
import { readRetryAfter } from "../packages/core/src/pipeline/retry-after.ts";
import { clientSettingsFrom } from "../packages/core/src/providers/gocardless/client-options.ts";
import { errorFromResponse } from "../packages/core/src/providers/gocardless/errors.ts";
import { readRateLimits } from "../packages/core/src/providers/gocardless/limits.ts";
import { operations } from "../packages/core/src/providers/gocardless/operations.ts";
import { parseExactly } from "../packages/core/src/schema/json.ts";
import { closeTruncatedJson } from "../packages/core/src/schema/truncated-json.ts";
import { targetAt } from "./support/requests.ts";

/** The shortest of three runs, in milliseconds, so that a busy machine is not mistaken for slow code. */
function timeOf(work: () => void): number {
  const times = [0, 1, 2].map(() => {
    const start = performance.now();
    work();
    return performance.now() - start;
  });
  return Math.min(...times);
}

/** Times below this, in milliseconds, say nothing about growth: quadratic work on 64,000 pieces takes at least a second. */
const TOO_SHORT_TO_TELL = 200;

/** The highest accepted ratio for four times the text; quadratic time has a ratio of 16. */
const LINEAR = 8;

/** Runs work on a text of 16,000 pieces, of four times as many, and of four times as many again. */
function expectLinear(work: (pieces: number) => void): void {
  const [short, middle, long] = [16_000, 64_000, 256_000] as const;
  const limit = (before: number) => Math.max(TOO_SHORT_TO_TELL, before * LINEAR);
  const first = timeOf(() => work(short));
  const second = timeOf(() => work(middle));
  expect(second).toBeLessThan(limit(first));
  const third = timeOf(() => work(long));
  expect(third).toBeLessThan(limit(second));
  expect(third).toBeLessThan(1000);
}

const PIECES = [" ", "0", "1", "a", "Z", "/", "-", ".", "_", "<", ">", "\n", ":", '"', "\\", ",", "(", "%"];

describe("regular expressions in the sources", () => {
  /** Texts on which an expression may backtrack: a beginning that it matches, one piece many times, and an end. */
  function hostileTo(pattern: string): { begin: string; piece: string; end: string }[] {
    const literals = (pattern.match(/[ \w"<=$&/-]+/g) ?? []).slice(0, 8);
    const begins = ["", ...literals, literals.join(""), `${literals[0] ?? ""}1`, `${literals[0] ?? ""}a`];
    const pieces = [...PIECES, ...literals.map((literal) => `${literal} `), ...literals, "1 ", "a1"];
    const ends = ["", "\n", "!"];
    return [...new Set(begins)].flatMap((begin) =>
      pieces.flatMap((piece) => ends.map((end) => ({ begin, piece, end }))),
    );
  }

  const source = resolve(import.meta.dirname, "../packages");
  const files = readdirSync(source, { recursive: true, encoding: "utf8" }).filter((name) =>
    /^[^/]+\/src\/.*\.ts$/.test(name),
  );
  const expressions = files.flatMap((file) => {
    const found: { where: string; expression: RegExp }[] = [];
    const tree = ts.createSourceFile(file, readFileSync(join(source, file), "utf8"), ts.ScriptTarget.Latest);
    const visit = (node: ts.Node): void => {
      if (ts.isRegularExpressionLiteral(node)) {
        const at = node.text.lastIndexOf("/");
        const expression = new RegExp(node.text.slice(1, at), node.text.slice(at + 1));
        found.push({ where: `${file}: ${node.text}`, expression });
      }
      ts.forEachChild(node, visit);
    };
    visit(tree);
    return found;
  });

  it("the search finds the regular expressions", () => expect(expressions.length).toBeGreaterThan(60));

  it.each(expressions)("the time of $where is proportional to the text's length", ({ expression }) => {
    for (const { begin, piece, end } of hostileTo(expression.source)) {
      const text = `${begin}${piece.repeat(32_000 / piece.length)}${end}`;
      const work = () => text.replace(expression, "");
      const start = performance.now();
      work();
      // Quadratic work on 32,000 characters takes at least half a second; a slow run is measured again.
      const slow = performance.now() - start > 200 && timeOf(work) > 200;
      expect({ begin, piece, slow }).toEqual({ begin, piece, slow: false });
    }
  });
});

describe("reading untrusted text", () => {
  const NOW = Date.parse("2026-11-23T09:00:00Z");
  const path = "/accounts/7e944232-bda9-40bc-b784-660c7ab5fe78/transactions/";
  const errorOf = (status: number, text: string) =>
    errorFromResponse({
      status,
      request: targetAt("GET", path),
      text,
      rateLimits: { general: null, account: null },
      now: NOW,
      redact: maskIbans,
    });
  const credentials = { secretId: "id-1", secretKey: "key-1" };
  const keys = { tenant: "", ignoredParameters: new Set<string>() };

  it.each<[string, (many: string) => unknown]>([
    ["a page's title", (many) => errorOf(502, `<html><title>${many}`)],
    ["a page's title that has no end", (many) => errorOf(502, `<title ${many}>x</title>`)],
    ["the summary of an error response", (many) => errorOf(401, JSON.stringify({ summary: many }))],
    [
      "the summary of an expired agreement",
      (many) => errorOf(401, JSON.stringify({ summary: `End User Agreement ${many}` })),
    ],
    ["the detail of a limit", (many) => errorOf(429, JSON.stringify({ detail: many }))],
    ["the detail of a conflict", (many) => errorOf(409, JSON.stringify({ detail: `account is ${many}` }))],
    ["a field of an error response", (many) => errorOf(400, JSON.stringify({ [many]: [many] }))],
    ["a body that was cut off", (many) => closeTruncatedJson(`{"detail":"${many}`)],
    ["the digits of a number", (many) => writeOutDecimal(`1.${many}1`)],
    ["a path of the cache", (many) => keyOf({ method: "GET", path: `/${many}x`, query: [] }, keys)],
    ["a cached requisition", (many) => operations.getRequisition.isPending?.(`"status"${many}`)],
    ["an IBAN", (many) => maskIbans(`DE89${many}`)],
  ])("the time for %s is proportional to its length", (_, read) => {
    for (const piece of [
      ...PIECES,
      "account is ",
      '"status" ',
      "<title ",
      "</title",
      "try again in 1",
      "1/",
    ]) {
      expectLinear((pieces) => void read(piece.repeat(pieces / piece.length)));
    }
  });

  const timing = { expireAfter: undefined, urlsExpireAfter: [], cacheControl: true };

  it.each<[string, (pieces: number) => string]>([
    ["zeros after the decimal point", (pieces) => `{"balances":[],"x":1.${"0".repeat(pieces)}1}`],
    ["zeros before the decimal point", (pieces) => `{"x":1${"0".repeat(pieces)}.5}`],
    ["digits of an amount", (pieces) => `{"amount":1.${"0".repeat(pieces)}1}`],
    ["digits of an integer", (pieces) => `[${"9".repeat(pieces)}]`],
    ["digits of an exponent", (pieces) => `[1e-${"9".repeat(pieces)}]`],
    ["numbers", (pieces) => `[${"1.10,".repeat(pieces / 5)}1]`],
    ["fields", (pieces) => `{${Array.from({ length: pieces / 10 }, (_, at) => `"${at}":1`).join()}}`],
    ["quotes and backslashes", (pieces) => `["${'\\\\\\"'.repeat(pieces / 4)}"]`],
  ])("the time for a body with many %s is proportional to its length", (_, textOf) => {
    expectLinear((pieces) => {
      const text = textOf(pieces);
      parseExactly(text);
    });
  });

  it.each<[string, (many: string) => unknown]>([
    ["Retry-After", (many) => readRetryAfter(new Headers({ "retry-after": `${many}x` }), NOW)],
    ["X-RateLimit-Reset", (many) => readRateLimits(new Headers({ "x-ratelimit-reset": `${many}x` }), NOW)],
    [
      "Cache-Control",
      (many) => {
        const headers = new Headers({ "cache-control": `max-age ${many}x` });
        forbidsKeeping(headers);
        timeToLive({ path: "/accounts/x/" }, headers, timing, NOW);
      },
    ],
    ["Expires", (many) => timeToLive({ path: "/a/" }, new Headers({ expires: many }), timing, NOW)],
    ["a base URL", (many) => clientSettingsFrom({ ...credentials, baseUrl: `https://example.org/${many}x` })],
    [
      "the address of a next page",
      (many) => resultOrError(() => pathFromOutside("GET", `/a${many}b`, "https://x.org")),
    ],
  ])("the time for %s is proportional to its length", (_, read) => {
    for (const piece of ["1", "0", "a", "/", "-", ".", ":", ",", "(", "mon ", "%41", "max-age="]) {
      expectLinear((pieces) => void read(piece.repeat(pieces / piece.length)));
    }
  });
});

/** The result or the error of work: only its time matters here. */
function resultOrError(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}
