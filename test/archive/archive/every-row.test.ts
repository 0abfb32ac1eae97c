import type { BankTransaction } from "bankdata-core/bank";
import fc from "fast-check";
import { expect, it } from "vitest";
import {
  type Archive,
  openArchive,
  type TransactionsObservation,
} from "../../../packages/archive/src/index.ts";
import { archiveLocation } from "../location.ts";
import { account, all, response, transaction } from "./observed.ts";

/** Few amounts, days, names and ids, so that much looks alike. */
const rows: fc.Arbitrary<BankTransaction> = fc
  .record({
    status: fc.constantFrom("booked" as const, "booked" as const, "pending" as const),
    amount: fc.constantFrom("-3.20", "-3.20", "-4.00", "3.20"),
    bookingDate: fc.constantFrom("2026-02-18", "2026-02-19", "2026-02-20", null),
    counterparty: fc.constantFrom("Café Zoë", "Kiosk", null),
    text: fc.constantFrom("Karte", "Karte 4711", ""),
    transactionId: fc.constantFrom(null, "1", "2", "NOTPROVIDED"),
  })
  .map(({ transactionId, ...given }) => {
    const ids = { internalTransactionId: null, transactionId, entryReference: null };
    return transaction({ ...given, ids, raw: { ...given, transactionId } });
  });

const histories = fc.array(fc.array(rows, { maxLength: 6 }), { minLength: 1, maxLength: 6 });

function observationsOf(history: readonly BankTransaction[][]): TransactionsObservation[] {
  return history.map((shown, at) => response(new Date(Date.UTC(2026, 1, 20 + at * 3)).toISOString(), shown));
}

/** Each row of each response, as a text. */
function rowsOf(observations: readonly TransactionsObservation[]): string[] {
  return observations
    .flatMap(({ observedAt, items }) =>
      items.map(({ status, position, raw }) => JSON.stringify([observedAt, status, position, raw])),
    )
    .sort();
}

/** Each row that is a transaction. */
async function keptRows(archive: Archive): Promise<string[]> {
  const kept: string[] = [];
  for (const { id } of await all(archive.transactions())) {
    for (const { observedAt, status, position, raw } of await all(archive.observations(id)))
      kept.push(JSON.stringify([observedAt, status, position, raw]));
  }
  return kept.sort();
}

it("every row of every response is one transaction, and only one, whatever the bank sends", async () => {
  await fc.assert(
    fc.asyncProperty(histories, async (history) => {
      await using archive = await openArchive({ location: ":memory:" });
      const observations = observationsOf(history);
      for (const one of observations) await archive.record(account("a"), one);
      expect(await keptRows(archive)).toEqual(rowsOf(observations));
    }),
    { numRuns: 60 },
  );
});

it("the same is true after two histories were read again as one, and every id still leads somewhere", async () => {
  await fc.assert(
    fc.asyncProperty(histories, fc.array(fc.boolean()), async (history, choices) => {
      await using archive = await openArchive({ location: ":memory:" });
      const observations = observationsOf(history);
      for (const [at, one] of observations.entries()) {
        await archive.record(account(choices[at] ? "a" : "b", { identities: [] }), one);
      }
      const before = await all(archive.transactions());
      if ((await archive.accounts()).length === 2) await archive.sameAccount("a", "b");
      expect(await keptRows(archive)).toEqual(rowsOf(observations));
      for (const { id } of before) expect((await all(archive.observations(id))).length).toBeGreaterThan(0);
    }),
    { numRuns: 40 },
  );
});

it("a transaction that turned out to be another one is found by its old id", async () => {
  const location = archiveLocation();
  await using archive = await openArchive({ location });
  const card = { amount: "-3.20", counterparty: "Café Zoë", text: "Kaffee" };
  const days = [18, 19, 20, 21].map((day) => `2026-02-${day}`);
  const seen = new Map<string, string>();
  for (const [at, day] of days.entries()) {
    const booked = transaction({ ...card, bookingDate: day, valueDate: day });
    const pending = transaction({ ...card, status: "pending", bookingDate: day, valueDate: day });
    const name = `b${at}`;
    await archive.record(account(name, { identities: [] }), response(`${day}T08:00:00Z`, [pending]));
    await archive.record(account(`${name}+`, { identities: [] }), response(`${day}T20:00:00Z`, [booked]));
    const [old] = await all(archive.transactions({ account: `${name}+` }));
    await archive.sameAccount(name, `${name}+`);
    const [kept, ...others] = await all(archive.transactions({ account: name }));
    expect(others).toEqual([]);
    expect(kept).toMatchObject({ status: "booked", amount: "-3.20" });
    seen.set(old?.id ?? "", kept?.id ?? "");
  }
  for (const [old, kept] of seen) {
    expect(old).not.toBe(kept);
    expect(await all(archive.observations(old))).toEqual(await all(archive.observations(kept)));
  }
});
