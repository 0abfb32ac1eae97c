import fc from "fast-check";
import { expect, it } from "vitest";
import { dateOfDay } from "../../packages/sandbox/src/banks/day.ts";
import { ALL_QUIRKS, accountsAt, banks, type Quirk } from "../../packages/sandbox/src/banks/index.ts";
import { RememberedEntries } from "../../packages/sandbox/src/gocardless/payload/remembered-entries.ts";
import { bookedEntries } from "../../packages/sandbox/src/gocardless/payload/transactions.ts";

/** Quirks in place of the bank's own, or undefined for these. Few at a time, so that they do not hide each other. */
const QUIRKS = fc.oneof(
  fc.constant(undefined),
  fc.subarray<Quirk>([...ALL_QUIRKS], { minLength: 1, maxLength: 3 }),
  fc.subarray<Quirk>([...ALL_QUIRKS]),
);

const RESPONSE = fc.record({
  bank: fc.constantFrom(...banks),
  index: fc.constantFrom(0, 1),
  quirks: QUIRKS,
  seed: fc.nat(20),
  responses: fc.array(
    fc.record({
      back: fc.nat(120),
      length: fc.nat(120),
      waits: fc.oneof(fc.nat(3), fc.constantFrom(60, 180)),
      cut: fc.option(fc.nat(20)),
      connection: fc.nat(2),
    }),
    { minLength: 2, maxLength: 6 },
  ),
});

it("entries that are remembered from earlier responses are those that each response sends, whatever quirks and connections", () => {
  fc.assert(
    fc.property(RESPONSE, ({ bank, index, quirks, seed, responses }) => {
      const account = accountsAt({ ...bank, ...(quirks && { quirks }) }, { seed })[index];
      if (account === undefined) throw new Error("no account");
      const remembered = new RememberedEntries(account);
      let today = 20_780;
      for (const [call, { back, length, waits, cut, connection }] of responses.entries()) {
        today += waits;
        const view = { at: new Date(`${dateOfDay(today)}T09:00:00Z`), call, connection };
        const range = {
          from: dateOfDay(today - back),
          to: dateOfDay(Math.min(today, today - back + length)),
          snapshotOn: cut === null ? undefined : dateOfDay(today - cut),
        };
        const sent = [...bookedEntries(account, view, range)].flat();
        expect([...remembered.booked(view, range)]).toEqual(sent);
      }
    }),
    { numRuns: 700 },
  );
});

it("an entry that a quirk changes from one day to the next is not remembered as it was", () => {
  const calm = banks.find(({ id }) => id === "BAWAG_BAWAATWW");
  if (calm === undefined) throw new Error("no bank");
  for (const quirk of ALL_QUIRKS) {
    const [account] = accountsAt({ ...calm, quirks: [quirk] }, { seed: 1, transactionsPerDay: 5 });
    if (account === undefined) throw new Error("no account");
    const remembered = new RememberedEntries(account);
    for (let call = 0; call < 10; call += 1) {
      const view = { at: new Date(`${dateOfDay(20_780 + call)}T09:00:00Z`), call, connection: 0 };
      const range = { from: dateOfDay(20_770) };
      expect([...remembered.booked(view, range)], quirk).toEqual(
        [...bookedEntries(account, view, range)].flat(),
      );
    }
  }
});
