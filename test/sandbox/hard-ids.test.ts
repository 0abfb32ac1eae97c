import { beforeAll, describe, expect, it } from "vitest";
import {
  CALM_BANK,
  changed,
  datesIn,
  type Lives,
  later,
  lived as livedFor,
  rowIn,
  textOf,
} from "./daily-lives.ts";
import { type Row, type WatchedAccount, watchAccount } from "./watched-account.ts";

const lived = (quirks: Parameters<typeof livedFor>[0]) => livedFor(quirks, { days: 40 });

let calm: Lives;
beforeAll(async () => {
  calm = await lived([]);
});

const digits = (count: number) => expect.stringMatching(new RegExp(`^[0-9a-f]{${count}}$`));
/** The values of a member in all rows that are in a list. */
function valuesIn({ of }: Lives, list: "booked" | "pending", name: string): unknown[] {
  return [...of.values()].flatMap((life) =>
    [...life].flatMap(([place, row]) => (place.endsWith(list) && name in row ? [row[name]] : [])),
  );
}

/** Checks that each entry is shown as at a calm bank, with changes. */
function expectChanges(hard: Lives, change: Parameters<typeof changed>[1]): void {
  expect(hard.of.size).toBe(calm.of.size);
  for (const [id, plain] of calm.of) expect(hard.of.get(id), id).toEqual(changed(plain, change));
}

/** The date on which an entry was first booked; without late arrivals, it was shown from that date on. */
const bookedOn = (row: Row) => String(row["bookingDate"]);

describe("ids that change while an entry settles", () => {
  it("reissuedIds gives pending entries two ids, and booked ones others, all of them unique", async () => {
    const hard = await lived(["reissuedIds"]);
    expectChanges(hard, (row, _, list) => ({
      ...row,
      ...(list === "pending" ? { transactionId: digits(20) } : {}),
      entryReference: digits(16),
    }));
    const ids = [...hard.of.values()].flatMap((life) => [
      ...new Set([...life.values()].flatMap((row) => [row["transactionId"], row["entryReference"]])),
    ]);
    expect(new Set(ids).size).toBe(ids.length);
    const both = [...hard.of.values()].filter((life) => rowIn(life, "pending") && rowIn(life, "booked"));
    expect(both.length).toBeGreaterThan(100);
    for (const life of both)
      expect(new Set([...life.values()].map((row) => row["entryReference"])).size).toBe(2);
  });

  it("a booked hold has the reference of the pending entry, and the booking another one", async () => {
    const hard = await lived(["reissuedIds", "bookedHolds"]);
    const pending = await lived(["reissuedIds"]);
    let holds = 0;
    for (const [id, life] of hard.of) {
      const rows = [...life.values()];
      if (!textOf(rows[0]).startsWith("Authorisation")) continue;
      holds += 1;
      expect(rows[0]?.["entryReference"]).toBe(rowIn(pending.of.get(id), "pending")?.["entryReference"]);
      const final = rows.find((row) => !textOf(row).startsWith("Authorisation"));
      if (final !== undefined) expect(final["entryReference"]).not.toBe(rows[0]?.["entryReference"]);
    }
    expect(holds).toBeGreaterThan(30);
  });

  it("zeroReferences sends the reference 0 with pending entries only", async () => {
    expectChanges(await lived(["zeroReferences"]), (row, _, list) =>
      list === "pending" ? { ...row, entryReference: "0" } : row,
    );
  });

  it("zeroReferences replaces the references of pending entries that others would have", async () => {
    const hard = await lived(["zeroReferences", "reissuedIds"]);
    expect(new Set(valuesIn(hard, "pending", "entryReference"))).toEqual(new Set(["0"]));
    expect(valuesIn(hard, "booked", "entryReference")).not.toContain("0");
  });

  it("lateIds sends a booked entry without ids on the day on which it is first shown, and unchanged from then on", async () => {
    const hard = await lived(["lateIds", "entryReference"]);
    let late = 0;
    expectChanges(hard, (row, date, list) => {
      if (list === "pending") return row;
      if (date > bookedOn(row)) return { ...row, entryReference: digits(16) };
      late += 1;
      const { transactionId: _, internalTransactionId: __, ...others } = row;
      return others;
    });
    expect(late).toBeGreaterThan(100);
  });

  it("lateIds counts from the day on which a late entry arrives", async () => {
    const hard = await lived(["lateIds", "lateArrivals"]);
    let arrived = 0;
    for (const life of hard.of.values()) {
      const [first = "", ...others] = datesIn(life, "booked");
      const row = life.get(`${first} booked`);
      if (row === undefined || first === hard.dates[0] || bookedOn(row) === first) continue;
      arrived += 1;
      expect(row).not.toHaveProperty("transactionId");
      for (const date of others) expect(life.get(`${date} booked`)).toHaveProperty("transactionId");
    }
    expect(arrived).toBeGreaterThan(15);
  });

  it("settlingEntries sends a provisional text and provisional ids for three days", async () => {
    const hard = await lived(["settlingEntries"]);
    let provisional = 0;
    expectChanges(hard, (row, date, list) => {
      if (list === "pending" || date >= later(bookedOn(row), 3)) return row;
      provisional += 1;
      return {
        ...row,
        transactionId: digits(20),
        internalTransactionId: digits(32),
        remittanceInformationUnstructured: expect.stringMatching(/^POS [0-9A-F]{6} /),
      };
    });
    expect(provisional).toBeGreaterThan(150);
    const terminals = new Map<string, string>();
    for (const [id, life] of hard.of) {
      const rows = [...life.values()].filter((row) => "bookingDate" in row);
      const names = (row: Row) => String(row["creditorName"] ?? row["debtorName"] ?? "Current Account");
      const early = rows.filter((row) => textOf(row).startsWith("POS "));
      for (const row of early) {
        const [, terminal = "", name = ""] = /^POS (\w{6}) (.*)$/.exec(textOf(row)) ?? [];
        expect(name, id).toBe(names(row).toUpperCase());
        expect(terminals.get(name) ?? terminal).toBe(terminal);
        terminals.set(name, terminal);
      }
      for (const name of ["transactionId", "internalTransactionId", "remittanceInformationUnstructured"])
        expect(new Set(early.map((row) => row[name])).size, id).toBeLessThanOrEqual(1);
    }
  });
});

describe("ids that depend on the place", () => {
  /** The numbers in the ids of a day's entries in a response, by entry. */
  function numbersOn(hard: Lives, date: string): Map<string, Map<string, string>> {
    const days = new Map<string, Map<string, string>>();
    for (const [id, life] of hard.of) {
      const row = life.get(`${date} booked`);
      if (row === undefined) continue;
      const day = days.get(bookedOn(row)) ?? new Map<string, string>();
      days.set(bookedOn(row), day.set(id, String(row["transactionId"])));
    }
    return days;
  }

  it("numberedIds numbers the entries of a day, and one that arrives late takes the first place from the others", async () => {
    const [hard, late] = [await lived(["numberedIds"]), await lived(["lateArrivals"])];
    expect(hard.of.size).toBe(late.of.size);
    for (const [id, life] of late.of) {
      const ids = { transactionId: expect.any(String), internalTransactionId: digits(32) };
      expect(hard.of.get(id), id).toEqual(
        changed(life, (row, _, list) => (list === "booked" ? { ...row, ...ids } : row)),
      );
    }
    let renumbered = 0;
    let before = numbersOn(hard, "");
    for (const date of hard.dates) {
      const days = numbersOn(hard, date);
      for (const [day, ids] of days) {
        const expected = [...ids.keys()].map((_, at) => `${day}-${at + 1}`);
        expect([...ids.values()].toSorted(), date).toEqual(expected.toSorted());
        const known = before.get(day);
        const [fresh, ...others] = [...ids].filter(([id]) => !known?.has(id));
        if (known === undefined || fresh === undefined) {
          if (known !== undefined) expect(ids).toEqual(known);
          continue;
        }
        expect([fresh, ...others].map(([, id]) => id)).toContain(`${day}-1`);
        renumbered += 1;
        for (const [id, number] of known) {
          const moved = Number(number.slice(11)) + 1 + others.length;
          expect(ids.get(id), id).toBe(`${day}-${moved}`);
        }
      }
      before = days;
    }
    expect(renumbered).toBeGreaterThan(15);
  });

  it.each([{ order: [] as const }, { order: ["oldestFirst"] as const }])(
    "idsFromNewest counts all entries from the newest, which is 1 ($order)",
    async ({ order }) => {
      const hard = await lived(["idsFromNewest", ...order]);
      expectChanges(hard, (row, _, list) =>
        list === "booked"
          ? { ...row, transactionId: expect.stringMatching(/^\d+$/), internalTransactionId: digits(32) }
          : row,
      );
      const internal = new Map<string, unknown>();
      for (const { booked } of hard.account.responses) {
        const ids = booked.map((row) => String(row["transactionId"]));
        const counted = ids.map((_, at) => String(at + 1));
        expect(ids).toEqual(order.length > 0 ? counted.toReversed() : counted);
        for (const row of booked) {
          const id = String(row["transactionId"]);
          expect(row["internalTransactionId"]).toBe(internal.get(id) ?? row["internalTransactionId"]);
          internal.set(id, row["internalTransactionId"]);
        }
      }
      expect(new Set(internal.values()).size).toBe(internal.size);
    },
  );
});

describe("ids and texts that change at once", () => {
  /** What each response shows of each entry, by the sandbox's own id, in the order of the responses. */
  function shown(account: WatchedAccount): Map<string, Row>[] {
    const rows = account.responses.map(() => new Map<string, Row>());
    const at = (id: string, number: number) =>
      account.responses.findIndex((one) => one.account === id && one.response === number);
    for (const { id, observed } of account.truth())
      for (const form of observed)
        for (const { response } of form.seen)
          rows[at(form.account, response)]?.set(`${id} ${form.status}`, form.payload);
    return rows;
  }

  it("renewedOnReconnection sends capitals and double blanks at first; each new connection has other account ids and ids, and tidy texts", async () => {
    const agreement = { max_historical_days: 60 };
    const watch = (quirks: "renewedOnReconnection"[]) =>
      watchAccount(CALM_BANK, agreement, { transactionsPerDay: 4, quirks: { [CALM_BANK]: quirks } });
    await using plain = await watch([]);
    await using hard = await watch(["renewedOnReconnection"]);
    for (const account of [plain, hard]) {
      for (let connection = 0; connection < 3; connection += 1) {
        if (connection > 0) await account.reconnect(agreement);
        await account.ask();
        await account.ask();
      }
    }
    expect(new Set(plain.responses.map(({ account }) => account)).size).toBe(1);
    expect(new Set(hard.responses.map(({ account }) => account)).size).toBe(3);
    const [first, again, second, , third] = shown(hard);
    expect(again).toEqual(first);
    const [calmRows = new Map<string, Row>()] = shown(plain);
    expect(calmRows.size).toBeGreaterThan(200);
    const loud = (row: Row) =>
      Object.fromEntries(
        Object.entries(row).map(([name, value]) => [
          name,
          /Name$|Unstructured$/.test(name) ? String(value).toUpperCase().replaceAll(" ", "  ") : value,
        ]),
      );
    for (const [place, row] of calmRows) {
      expect(first?.get(place), place).toEqual(loud(row));
      const ids = place.endsWith("booked")
        ? { transactionId: digits(20), internalTransactionId: digits(32) }
        : {};
      expect(second?.get(place), place).toEqual({ ...row, ...ids });
      expect(third?.get(place), place).toEqual({ ...row, ...ids });
    }
    for (const name of ["transactionId", "internalTransactionId"]) {
      const ids = [first, second, third].flatMap((rows) =>
        [...(rows ?? [])].flatMap(([place, row]) => (place.endsWith("booked") ? [row[name]] : [])),
      );
      expect(new Set(ids).size).toBe(ids.length);
    }
  });

  it("newInternalIds changes all internal ids at once, every 180 days, at a day that depends on the account", async () => {
    const daily = async (seed: number, days: number, quirks: "newInternalIds"[]) => {
      const agreement = { max_historical_days: 5, access_valid_for_days: 180 };
      const options = { seed, quirks: { [CALM_BANK]: quirks } };
      await using account = await watchAccount(CALM_BANK, agreement, options);
      const dates: string[] = [];
      for (let day = 0; day < days; day += 1) {
        if (day % 170 === 169) await account.reconnect(agreement);
        await account.ask();
        dates.push(account.sandbox.now().slice(0, 10));
        await account.wait(1);
      }
      return { dates, rows: shown(account) };
    };
    const changedOn = ({ dates, rows }: Awaited<ReturnType<typeof daily>>) =>
      dates.filter((_, at) => {
        const before = rows[at - 1] ?? new Map<string, Row>();
        const known = [...(rows[at] ?? [])].filter(([id]) => before.has(id) && id.endsWith("booked"));
        const kept = known.filter(
          ([id, row]) => before.get(id)?.["internalTransactionId"] === row["internalTransactionId"],
        );
        // All of them change, or none.
        expect(kept.length % Math.max(known.length, 1)).toBe(0);
        return kept.length < known.length;
      });
    const hard = await daily(1, 400, ["newInternalIds"]);
    const plain = await daily(1, 40, []);
    for (const [at, rows] of plain.rows.entries()) {
      const ids = { internalTransactionId: digits(32) };
      const expected = [...rows].map(([id, row]): [string, Row] => [
        id,
        id.endsWith("booked") ? { ...row, ...ids } : row,
      ]);
      expect(hard.rows[at]).toEqual(new Map(expected));
    }
    const [first = "", ...others] = changedOn(hard);
    expect(first <= later(hard.dates[0] ?? "", 180)).toBe(true);
    expect(others[0]).toBe(later(first, 180));
    expect(changedOn(await daily(2, 190, ["newInternalIds"]))).not.toContain(first);
  });
});
