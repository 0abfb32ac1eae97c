import fc from "fast-check";
import { expect, it } from "vitest";
import { openArchive } from "../../../packages/archive/src/index.ts";
import { archiveLocation } from "../location.ts";
import { histories, keptRows, observationsOf, rowsOf } from "./histories.ts";
import { account, all, response, transaction } from "./observed.ts";

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
