import fc from "fast-check";
import { expect, it } from "vitest";
import { banks } from "../../packages/sandbox/src/banks/index.ts";
import { sandboxQuirks, type TrueTransaction } from "../../packages/sandbox/src/index.ts";
import { lived } from "./daily-lives.ts";
import { expectEveryRowOnce } from "./every-row-once.ts";
import { oneBankOfEachKind, play, SCENARIO } from "./scenarios.ts";
import type { Row } from "./watched-account.ts";

const CASE = fc.record({
  bank: fc.constantFrom(
    ...oneBankOfEachKind,
    ...banks.filter(({ accounts }) => accounts !== "currentAndSavings"),
  ),
  quirks: fc.oneof(fc.subarray([...sandboxQuirks]), fc.subarray([...sandboxQuirks], { maxLength: 8 })),
  scenario: SCENARIO,
  start: fc.constantFrom("2026-11-23", "2028-02-27", "2026-02-26", "2026-12-30"),
});

const DATE = /^\d{4}-\d{2}-\d{2}(?:T00:00:00\.000Z)?$/;
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{3}Z|\+00:00)$/;

/** Checks that the dates of a row are well-formed, and none is after the time of the response. */
function expectDates(row: Row, on: string, isAhead: boolean): void {
  for (const name of ["bookingDate", "valueDate"]) {
    const date = row[name];
    if (date === undefined) continue;
    expect(date).toMatch(DATE);
    if (!isAhead) expect(String(date).slice(0, 10) <= on, `${name} ${String(date)} on ${on}`).toBe(true);
  }
  for (const name of ["bookingDateTime", "valueDateTime"]) {
    const time = row[name];
    if (time === undefined) continue;
    expect(time).toMatch(TIME);
    if (!isAhead) expect(Date.parse(String(time)), name).toBeLessThanOrEqual(Date.parse(`${on}T09:00:00Z`));
  }
}

const AMOUNT = /^-?\d+\.\d{2}$/;

function expectAmount({ transactionAmount: sent }: Row, isNumber: boolean, currency: string): void {
  expect(sent).toEqual({ amount: isNumber ? expect.any(Number) : expect.stringMatching(AMOUNT), currency });
}

/** Checks that the dates of the truth agree with each other and with the clock. */
function expectTruth(truth: readonly TrueTransaction[], today: string): void {
  for (const { id, bookedOn, valueOn, vanishedOn, retractedOn, pendingFrom } of truth) {
    for (const date of [bookedOn, vanishedOn, retractedOn, pendingFrom])
      if (date !== null) expect(date <= today, id).toBe(true);
    expect(valueOn).toMatch(DATE);
    expect(bookedOn === null || vanishedOn === null, id).toBe(true);
    if (retractedOn !== null) expect(bookedOn !== null && retractedOn > bookedOn, id).toBe(true);
  }
}

it("whatever quirks a bank combines, each row is well-formed and belongs to one true entry", async () => {
  await fc.assert(
    fc.asyncProperty(CASE, async ({ bank, quirks, scenario, start }) => {
      const options = { now: `${start}T09:00:00Z`, quirks: { [bank.id]: quirks } };
      await using account = await play(bank, scenario, options);
      const truth = account.truth();
      expectEveryRowOnce(account, truth);
      expectTruth(truth, account.sandbox.now().slice(0, 10));
      for (const { booked, pending, on } of account.responses) {
        for (const row of [...booked, ...pending]) {
          expectDates(row, on, quirks.includes("valuesAhead"));
          expectAmount(row, quirks.includes("numericAmounts"), truth[0]?.currency ?? "");
        }
      }
    }),
    { numRuns: 60 },
  );
});

it("a booking that is taken back before it moves keeps the date that was shown last", async () => {
  const { truth, of } = await lived(["movingDates", "takenBack"], { seed: 12 });
  const retracted = truth.filter(({ id, retractedOn }) => retractedOn !== null && of.has(id));
  for (const { id, bookedOn } of retracted)
    expect([...(of.get(id)?.values() ?? [])].at(-1)?.["bookingDate"], id).toBe(bookedOn);
  // One of them is taken back on the day on which it would have moved.
  expect(retracted.length).toBeGreaterThan(2);
});

it("no time is later than the clock, even of a purchase that is booked at once", async () => {
  const { account } = await lived(["onePending", "dateTimesBeside"], { days: 20 });
  const rows = account.responses.flatMap(({ booked, on }) => booked.map((row) => ({ row, on })));
  const atOnce = rows.filter(({ row, on }) => row["valueDate"] === on && String(row["creditorName"]) !== "");
  expect(atOnce.length).toBeGreaterThan(20);
  for (const { row, on } of rows) expectDates(row, on, false);
});
