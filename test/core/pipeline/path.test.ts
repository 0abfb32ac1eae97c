import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InvalidRequestError } from "../../../packages/core/src/base/errors.ts";
import { pathFromOutside, pathOf } from "../../../packages/core/src/pipeline/path.ts";
import { operations } from "../../../packages/core/src/providers/gocardless/operations.ts";

const base = "https://service.example/api/v2";

describe("pathOf", () => {
  it("pathOf puts ids into their segments", () => {
    expect(pathOf(operations.getAccountBalances, { id: "7e944232-bda9-40bc-b784-660c7ab5fe78" })).toBe(
      "/accounts/7e944232-bda9-40bc-b784-660c7ab5fe78/balances/",
    );
    expect(pathOf(operations.getInstitution, { id: "N26_NTSBDEB1" })).toBe("/institutions/N26_NTSBDEB1/");
  });

  it.each([
    "",
    " ",
    ".",
    "..",
    "../token",
    "a/b",
    "a b",
    "a?b",
    "a#b",
    "%2e%2e",
    "a\\b",
    "é",
    "日本",
    "a\n",
    "\u0000",
  ])("pathOf rejects %j before anything is sent", (id) => {
    const rejected = rejection(() => pathOf(operations.getAccount, { id: id }));
    expect(rejected.sent).toBe(false);
    expect(rejected.status).toBe(400);
    expect(Object.keys(rejected.fields)).toEqual(["id"]);
    expect(rejected.message).toMatch(
      /^GET \/accounts\/\{id\}\/ was not sent: ".*" is not a valid account id\.$/,
    );
  });

  it("pathOf does not repeat an IBAN that was passed as an id", () => {
    const rejected = rejection(() => pathOf(operations.getAccount, { id: "DE89 3704 0044 0532 0130 00" }));
    expect(rejected.message).not.toContain("0044");
    expect(rejected.message).toContain("DE89…3000");
  });

  it("pathOf keeps any id within its segment", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.stringMatching(/^[\w.~:+@%/-]{1,8}$/)), (id) => {
        let built: string;
        try {
          built = pathOf(operations.getAccountBalances, { id: id });
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidRequestError);
          return;
        }
        const resolved = new URL(base + built);
        expect(resolved.pathname.split("/")).toHaveLength(7);
        expect(resolved.pathname).toMatch(/^\/api\/v2\/accounts\/[^/]+\/balances\/$/);
        expect(resolved.search + resolved.hash).toBe("");
      }),
      { numRuns: 2000 },
    );
  });
});

describe("pathFromOutside", () => {
  it("pathFromOutside accepts a path with or without its slashes, its base URL and its query", () => {
    for (const given of [
      "/requisitions/?limit=5&offset=10",
      "requisitions/?limit=5&offset=10",
      "/requisitions?limit=5&offset=10",
      "requisitions?limit=5&offset=10",
      `${base}/requisitions?limit=5&offset=10`,
      `${base}/requisitions/?limit=5&offset=10`,
    ]) {
      expect(pathFromOutside("GET", given, base)).toEqual({
        path: "/requisitions/",
        query: [
          ["limit", "5"],
          ["offset", "10"],
        ],
      });
    }
  });

  it.each([
    ["", "/"],
    ["/", "/"],
    ["accounts", "/accounts/"],
    ["/accounts/a%7eb", "/accounts/a~b/"],
    ["/institutions/A.BANK", "/institutions/A.BANK/"],
    ["/swagger.json", "/swagger.json"],
  ])("pathFromOutside puts a slash at the end of %j, unless that is a file", (given, path) => {
    expect(pathFromOutside("GET", given, base)).toEqual({ path, query: [] });
  });

  it.each([
    "https://elsewhere.example/api/v2/accounts/",
    "//elsewhere.example/",
    "/accounts/../token/new/",
    "/accounts/%2e%2e/token/new/",
    "/accounts/..%2ftoken/",
    "/accounts/a%5cb/",
    "/accounts/a\\b/",
    "/accounts//balances/",
    "/accounts/#x",
    "/accounts/a b/",
    "/accounts/%zz/",
    "/accounts/\u0007/",
  ])("pathFromOutside rejects %j", (given) => {
    expect(rejection(() => pathFromOutside("GET", given, base)).fields["path"]).toHaveLength(1);
  });
});

function rejection(act: () => unknown): InvalidRequestError {
  try {
    act();
  } catch (error) {
    if (error instanceof InvalidRequestError) return error;
    throw error;
  }
  throw new Error("nothing was rejected");
}
