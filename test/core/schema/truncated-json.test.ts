import fc from "fast-check";
import { expect, it } from "vitest";
import { closeTruncatedJson } from "../../../packages/core/src/schema/truncated-json.ts";

/** Whether `whole` has everything in `part`, at the same place; a string may have lost its end. */
function isBeginningOf(part: unknown, whole: unknown): boolean {
  if (typeof part === "string") return typeof whole === "string" && whole.startsWith(part);
  if (typeof part !== "object" || part === null) return Object.is(part, whole);
  if (typeof whole !== "object" || whole === null || Array.isArray(part) !== Array.isArray(whole))
    return false;
  const fields = new Map(Object.entries(whole));
  return Object.entries(part).every(([name, value]) => isBeginningOf(value, fields.get(name)));
}

it("a truncated object becomes JSON with only what precedes the cut, wherever that is", () => {
  const anyObject = fc.dictionary(
    fc.string({ unit: "binary" }),
    fc.jsonValue({ maxDepth: 4, noUnicodeString: false, stringUnit: "binary" }),
    { maxKeys: 6 },
  );
  fc.assert(
    fc.property(anyObject, fc.nat(), fc.boolean(), (object, place, spaced) => {
      const text = JSON.stringify(object, null, spaced ? 2 : 0);
      const part: unknown = JSON.parse(closeTruncatedJson(text.slice(0, 1 + (place % text.length))));
      expect(isBeginningOf(part, JSON.parse(text))).toBe(true);
    }),
    { numRuns: 2000 },
  );
});

it.each([
  ['{"summary":"A","detail":"B","fi', { summary: "A", detail: "B" }],
  ['{"summary":"A","detail":', { summary: "A" }],
  ['{"summary":"A","status_code":42', { summary: "A" }],
  ['{"a":{"summary":"x","detail":["one","two', { a: { summary: "x", detail: ["one", ""] } }],
  [`{"detail":"${"word ".repeat(20)}`, { detail: "word ".repeat(11).trim() }],
  [
    `{"detail":"a quote \\" and ${"x".repeat(60)} ${"y".repeat(50)}`,
    { detail: `a quote " and ${"x".repeat(60)}` },
  ],
  ["{", {}],
])("%s", (text, expected) => expect(JSON.parse(closeTruncatedJson(text))).toEqual(expected));

it("no part of an IBAN or of a token is left at the end of truncated JSON", () => {
  for (const secret of [
    "DE89 3704 0044 0532 0130 00",
    "eyJhbGciOiJIUzI1NiJ9.eyJ0b2tlbl90eXBlIjoiYWNjZXNzIn0",
  ]) {
    const text = `{"detail":"It is about ${secret} and more`;
    for (let end = text.indexOf(secret) + 1; end < text.indexOf(secret) + secret.length; end += 1) {
      expect(closeTruncatedJson(text.slice(0, end))).not.toContain(secret.slice(0, 4));
    }
  }
});
