import { beforeAll, describe, expect, it } from "vitest";
import {
  amountOf,
  BEGINNING,
  changed,
  datesIn,
  daysBetween,
  isMonthEnd,
  type Lives,
  later,
  lived,
  pairs,
  rowIn,
  textOf,
  truthOf,
} from "./daily-lives.ts";

let calm: Lives;
beforeAll(async () => {
  calm = await lived([]);
});

/** The entries that the calm bank does not have. */
function added(hard: Lives) {
  return hard.truth.flatMap((entry) => {
    const life = hard.of.get(entry.id);
    return life === undefined || calm.of.has(entry.id) ? [] : [{ ...entry, life }];
  });
}

/** Checks that all that the calm bank shows is shown unchanged, also at the ends of months. */
function expectNoneOfTheCalmChanged(hard: Lives): void {
  for (const [id, plain] of calm.of) expect(hard.of.get(id), id).toEqual(plain);
}

const first = BEGINNING.slice(0, 10);
const last = later(first, 79);

describe("entries that come, go and change", () => {
  it("bookedHolds lists some pending payments as booked instead, under an id of their own, until the booking replaces them", async () => {
    const hard = await lived(["bookedHolds"]);
    let [held, payments] = [0, 0];
    for (const { id, plain, life } of pairs(calm, hard)) {
      const pending = rowIn(plain, "pending");
      if (pending !== undefined) payments += 1;
      if (pending === undefined || rowIn(life, "pending") !== undefined) {
        expect(life, id).toEqual(plain);
        continue;
      }
      held += 1;
      const hold = {
        ...pending,
        transactionId: `${id}-H`,
        internalTransactionId: expect.stringMatching(/^[0-9a-f]{32}$/),
        bookingDate: pending["valueDate"],
        remittanceInformationUnstructured: `Authorisation ${String(pending["creditorName"])}`,
      };
      const rows = [...plain].map(([place, row]): [string, unknown] =>
        place.endsWith("pending") ? [place.replace("pending", "booked"), hold] : [place, row],
      );
      expect(life, id).toEqual(new Map(rows));
      const ids = new Set([...(life?.values() ?? [])].map((row) => row["internalTransactionId"]));
      const isBooked = rowIn(plain, "booked") !== undefined;
      expect(ids.size).toBe(isBooked ? 2 : 1);
      expect(truthOf(hard, id)?.bookedOn ?? null).toBe(rowIn(plain, "booked")?.["bookingDate"] ?? null);
    }
    expect(held / payments).toBeGreaterThan(0.28);
    expect(held / payments).toBeLessThan(0.42);
  });

  it("movingDates moves some booking dates on, two days after they were first shown, and nothing else", async () => {
    const hard = await lived(["movingDates"]);
    const moves = { 0: 0, 1: 0, 2: 0 };
    for (const { id, plain, life } of pairs(calm, hard)) {
      const booked = String(rowIn(plain, "booked")?.["bookingDate"] ?? last);
      if (booked < first || booked > later(last, -2)) continue;
      const final = String([...(life?.values() ?? [])].at(-1)?.["bookingDate"]);
      const move = daysBetween(booked, final);
      if (move !== 0 && move !== 1 && move !== 2) throw new Error(`${id} moved by ${move} days.`);
      moves[move] += 1;
      expect(life, id).toEqual(
        changed(plain, (row, date, list) =>
          list === "booked" && date >= later(booked, 2) ? { ...row, bookingDate: final } : row,
        ),
      );
      expect(truthOf(hard, id)?.bookedOn).toBe(final);
    }
    expect(moves[1] + moves[2]).toBeGreaterThan(moves[0] * 0.3);
    expect(Math.min(moves[0], moves[1], moves[2])).toBeGreaterThan(20);
  });

  it("takenBack books something by mistake and takes it back within the month, and changes nothing else", async () => {
    const hard = await lived(["takenBack"]);
    expectNoneOfTheCalmChanged(hard);
    const mistakes = added(hard).filter(
      ({ bookedOn }) => (bookedOn ?? "") > first && (bookedOn ?? "") < "2027-03-04",
    );
    let doubles = 0;
    for (const { id, life, bookedOn, retractedOn, pendingFrom, vanishedOn, amount } of mistakes) {
      const [booked, back] = [bookedOn ?? "", retractedOn ?? ""];
      expect(daysBetween(booked, back), id).toBeGreaterThanOrEqual(2);
      expect(daysBetween(booked, back), id).toBeLessThanOrEqual(5);
      expect(back.slice(0, 7), id).toBe(booked.slice(0, 7));
      expect(datesIn(life, "booked")).toEqual(calm.dates.filter((date) => date >= booked && date < back));
      expect(datesIn(life, "pending")).toEqual([]);
      expect([pendingFrom, vanishedOn, amount]).toEqual([null, null, amountOf(rowIn(life, "booked"))]);
      const { transactionId, internalTransactionId, ...row } = rowIn(life, "booked") ?? {};
      expect(transactionId).toBe(id);
      expect(internalTransactionId).toBeTypeOf("string");
      if (/^Invoice 20417$/.test(textOf(row))) continue;
      doubles += 1;
      const original = [...calm.of].filter(
        ([other]) => other.startsWith(`${id.slice(0, 8)}-`) && !isMonthEnd(other),
      );
      expect(original.map(([, plain]) => rowIn(plain, "booked"))).toContainEqual(
        expect.objectContaining(row),
      );
    }
    expect(doubles).toBeGreaterThan(0);
    expect(mistakes.length).toBeGreaterThan(doubles);
    expect(mistakes.length).toBeLessThan(12);
  });

  it("declinedPayments shows some payments twice while they are pending, and one of each for 21 days", async () => {
    const hard = await lived(["declinedPayments"]);
    expectNoneOfTheCalmChanged(hard);
    const declined = added(hard).filter(({ pendingFrom }) => (pendingFrom ?? "") > first);
    for (const { id, life, bookedOn, vanishedOn, pendingFrom } of declined) {
      const released = later(pendingFrom ?? "", 21);
      expect(bookedOn).toBeNull();
      expect(vanishedOn).toBe(released <= last ? released : null);
      expect(datesIn(life, "pending")).toEqual(
        calm.dates.filter((date) => date >= (pendingFrom ?? "") && date < released),
      );
      expect(datesIn(life, "booked")).toEqual([]);
      const second = [...calm.of].filter(([other]) => other.startsWith(`${id.slice(0, 8)}-`));
      expect(second.map(([, plain]) => rowIn(plain, "pending"))).toContainEqual(rowIn(life, "pending"));
    }
    expect(declined.length).toBeGreaterThan(2);
    expect(declined.length).toBeLessThan(14);
  });

  it("a declined payment of a changed amount looks like the second attempt", async () => {
    const hard = await lived(["fuelHolds", "tips", "changedPending", "declinedPayments"]);
    let found = 0;
    for (const { id, life } of added(hard)) {
      const attempts = [...hard.of].filter(
        ([other, one]) =>
          other !== id && other.startsWith(`${id.slice(0, 8)}-`) && rowIn(one, "pending") !== undefined,
      );
      if (attempts.length === 0) continue;
      found += 1;
      expect(attempts.map(([, one]) => rowIn(one, "pending"))).toContainEqual(rowIn(life, "pending"));
    }
    expect(found).toBeGreaterThan(2);
  });

  it("releasedHolds shows deposits as pending for five to nine days, and books none of them", async () => {
    const hard = await lived(["releasedHolds"]);
    expectNoneOfTheCalmChanged(hard);
    const deposits = added(hard).filter(({ pendingFrom }) => (pendingFrom ?? "") > first);
    for (const { id, life, bookedOn, vanishedOn, pendingFrom } of deposits) {
      const released = vanishedOn ?? later(last, 1);
      expect(bookedOn, id).toBeNull();
      expect(datesIn(life, "booked")).toEqual([]);
      expect(datesIn(life, "pending")).toEqual(
        calm.dates.filter((date) => date >= (pendingFrom ?? "") && date < released),
      );
      if (vanishedOn !== null) expect([5, 6, 7, 8, 9]).toContain(daysBetween(pendingFrom ?? "", vanishedOn));
      expect(Number(amountOf(rowIn(life, "pending"))) % 50).toBe(-0);
      expect(String(rowIn(life, "pending")?.["creditorName"])).toMatch(
        /Grand Hotel Riva|Lake View Inn|City Car Hire/,
      );
    }
    expect(deposits.length).toBeGreaterThan(1);
    expect(deposits.length).toBeLessThan(12);
  });

  it("lingeringPending shows about half of the pending entries once more, on their booking date", async () => {
    const hard = await lived(["lingeringPending"]);
    let [lingering, booked] = [0, 0];
    expect(hard.of.size).toBe(calm.of.size);
    for (const [id, plain] of calm.of) {
      const life = hard.of.get(id);
      const [bookedOn] = datesIn(plain, "booked");
      const pending = rowIn(plain, "pending");
      if (bookedOn === first) continue;
      if (bookedOn === undefined || pending === undefined) {
        expect(life, id).toEqual(plain);
        continue;
      }
      booked += 1;
      const both = new Map([...plain, [`${bookedOn} pending`, pending]]);
      if (life?.size === both.size) lingering += 1;
      expect(life, id).toEqual(life?.size === both.size ? both : plain);
    }
    expect(lingering / booked).toBeGreaterThan(0.35);
    expect(lingering / booked).toBeLessThan(0.65);
  });

  it("pendingToday dates every pending entry today, and changes no booked one", async () => {
    const hard = await lived(["pendingToday"]);
    expect(hard.of.size).toBe(calm.of.size);
    for (const [id, plain] of calm.of) {
      expect(hard.of.get(id), id).toEqual(
        changed(plain, (row, date, list) =>
          list === "pending" ? { ...row, bookingDate: date, valueDate: date } : row,
        ),
      );
    }
  });

  it("an entry that arrives late is in neither list until then, and no longer lingers among the pending ones", async () => {
    const hard = await lived(["lateArrivals", "lingeringPending"]);
    const lateness: number[] = [];
    for (const { id, plain, life } of pairs(calm, hard)) {
      const [due] = datesIn(plain, "booked");
      const [arrived = later(last, 1)] = datesIn(life, "booked");
      if (due === undefined || due <= later(first, 5) || due > later(last, -5)) continue;
      if (arrived === due) continue;
      lateness.push(daysBetween(due, arrived));
      expect(life, id).toEqual(
        changed(plain, (row, date, list) => (list === "booked" && date < arrived ? undefined : row)),
      );
    }
    expect(new Set(lateness)).toEqual(new Set([2, 3, 4, 5]));
  });

  it("vanishingPending releases some pending entries on the day on which they would have been booked", async () => {
    const hard = await lived(["vanishingPending"]);
    let vanished = 0;
    for (const { id, plain, life } of pairs(calm, hard)) {
      const due = datesIn(plain, "booked")[0] ?? null;
      const { vanishedOn = null, bookedOn = null } = truthOf(hard, id) ?? {};
      if (life !== undefined && life.size === plain.size) {
        expect(life, id).toEqual(plain);
        continue;
      }
      if (rowIn(plain, "pending") === undefined) continue;
      vanished += 1;
      expect([vanishedOn, bookedOn], id).toEqual([due, null]);
      expect(life, id).toEqual(changed(plain, (row, _, list) => (list === "pending" ? row : undefined)));
    }
    expect(vanished).toBeGreaterThan(15);
    expect(vanished).toBeLessThan(60);
  });
});
