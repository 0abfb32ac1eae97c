import fc from "fast-check";
import { expect, it } from "vitest";
import { dateOfDay } from "../../packages/sandbox/src/banks/day.ts";
import { accountsAt, banks } from "../../packages/sandbox/src/banks/index.ts";
import { RememberedEntries } from "../../packages/sandbox/src/gocardless/payload/remembered-entries.ts";
import { bookedEntries } from "../../packages/sandbox/src/gocardless/payload/transactions.ts";

const RESPONSE = fc.record({
  bank: fc.constantFrom(...banks),
  index: fc.constantFrom(0, 1),
  seed: fc.nat(20),
  responses: fc.array(
    fc.record({ back: fc.nat(120), length: fc.nat(120), waits: fc.nat(3), cut: fc.option(fc.nat(20)) }),
    { minLength: 2, maxLength: 6 },
  ),
});

it("entries that are remembered from earlier responses are those that each response showed", () => {
  fc.assert(
    fc.property(RESPONSE, ({ bank, index, seed, responses }) => {
      const account = accountsAt(bank, { seed })[index];
      if (account === undefined) throw new Error("no account");
      const remembered = new RememberedEntries(account);
      let today = 20_780;
      for (const [call, { back, length, waits, cut }] of responses.entries()) {
        today += waits;
        const view = { at: new Date(`${dateOfDay(today)}T09:00:00Z`), call, connection: 0 };
        const range = {
          from: dateOfDay(today - back),
          to: dateOfDay(Math.min(today, today - back + length)),
          snapshotOn: cut === null ? undefined : dateOfDay(today - cut),
        };
        const sent = [...bookedEntries(account, view, range)].flat();
        expect([...remembered.booked(view, range)]).toEqual(sent);
      }
    }),
    { numRuns: 300 },
  );
});
