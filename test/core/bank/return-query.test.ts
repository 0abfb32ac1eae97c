import fc from "fast-check";
import { expect, it } from "vitest";
import { returnQuery } from "../../../packages/core/src/bank/index.ts";

const pairs = (address: Parameters<typeof returnQuery>[0]) => [...returnQuery(address)];

it("returnQuery reads the query of a URL, of its text, of a path, and of a query on its own", () => {
  const read = [
    ["ref", "a b"],
    ["error", "X&Y"],
  ];
  for (const address of [
    new URL("http://localhost:8000/back?ref=a+b&error=X%26Y#top"),
    new URLSearchParams("ref=a+b&error=X%26Y"),
    "http://localhost:8000/back?ref=a+b&error=X%26Y#top",
    "127.0.0.1:8000/?ref=a%20b&error=X%26Y",
    "/back?ref=a+b&error=X%26Y",
    "?ref=a+b&error=X%26Y",
    "ref=a+b&error=X%26Y",
    "  ref=a+b&error=X%26Y\n",
    "ref=a+b&error=X%26Y#top",
  ])
    expect(pairs(address), String(address)).toEqual(read);
});

it("returnQuery accepts a query with a question mark inside, as browsers do not encode it", () => {
  expect(pairs("ref=r&details=Why?")).toEqual([
    ["ref", "r"],
    ["details", "Why?"],
  ]);
  expect(pairs("ref=a/b?c")).toEqual([["ref", "a/b?c"]]);
});

it("returnQuery is empty for an address without a query", () => {
  for (const address of [
    "",
    "http://localhost:8000/",
    "http://localhost:8000/?",
    "http://localhost/#a=b?c=d",
  ])
    expect(returnQuery(address).get("ref"), address).toBeNull();
});

it("returnQuery reads the same from a URL, from its text and from its query", () => {
  fc.assert(
    fc.property(fc.webQueryParameters(), fc.string(), (query, text) => {
      const url = new URL(`http://localhost:8000/back?${query}`);
      url.searchParams.append("details", text);
      const expected = [...url.searchParams];
      expect(pairs(url)).toEqual(expected);
      expect(pairs(url.href)).toEqual(expected);
      expect(pairs(url.search)).toEqual(expected);
    }),
  );
});
