import fc from "fast-check";
import { expect, it } from "vitest";
import {
  areEqualListings,
  decodeListing,
  encodeDifference,
  encodeListing,
  type Listing,
  type ListName,
  needsBase,
} from "../../../packages/archive/src/archive/listing.ts";

const names: ListName[] = ["booked", "pending", "scheduled", "void", "unknown"];
const keys = fc.array(fc.integer({ min: 0, max: 2 ** 40 }), { minLength: 1, maxLength: 60 });
const listings: fc.Arbitrary<Listing> = fc
  .dictionary(fc.constantFrom(...names), keys)
  .map((lists) => new Map(names.flatMap((name) => (lists[name] === undefined ? [] : [[name, lists[name]]]))));

it("reads what was written", () => {
  fc.assert(
    fc.property(listings, (listing) => {
      const read = decodeListing(encodeListing(listing));
      expect([...read]).toEqual([...listing]);
      expect(areEqualListings(read, listing)).toBe(true);
    }),
  );
});

it("reads what was written as what differs from another listing", () => {
  const edits = fc.array(fc.tuple(fc.nat(60), fc.nat(3), fc.array(fc.nat(2 ** 40), { maxLength: 3 })), {
    maxLength: 4,
  });
  fc.assert(
    fc.property(listings, listings, edits, (one, other, changes) => {
      const edited = new Map(
        [...one].map(([name, list]) => {
          const next = [...list, 1];
          for (const [at, removed, added] of changes) next.splice(at, removed, ...added);
          return [name, next.length === 0 ? [1] : next] as const;
        }),
      );
      for (const listing of [edited, other]) {
        const data = encodeDifference(listing, one);
        expect(needsBase(data)).toBe(true);
        expect([...decodeListing(data, one)]).toEqual([...listing]);
      }
    }),
  );
});

it("writes a listing to which a row was added as a few bytes", () => {
  const base: Listing = new Map([
    ["booked", Array.from({ length: 1000 }, (_, at) => 70_000 + ((at * 37) % 1000))],
  ]);
  const next: Listing = new Map([["booked", [80_000, ...(base.get("booked") ?? [])]]]);
  expect(encodeDifference(next, base).length).toBeLessThan(16);
});
