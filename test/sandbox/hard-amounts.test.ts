import Big from "big.js";
import { beforeAll, describe, expect, it } from "vitest";
import {
  amountOf,
  changed,
  type Lives,
  lived,
  pairs,
  rowIn,
  textOf,
  truthOf,
  withAmount,
} from "./daily-lives.ts";
import type { Row } from "./watched-account.ts";

let calm: Lives;
beforeAll(async () => {
  calm = await lived([]);
});

/** By how much one amount exceeds another one, in percent of the other one. */
const excess = (amount: string, other: string) => Number(new Big(amount).div(other).minus(1).times(100));

describe("texts and prices", () => {
  it("undatedTexts leaves the dates out of texts, and changes nothing else", async () => {
    const hard = await lived(["undatedTexts"]);
    const undated = (row: Row) => ({
      ...row,
      remittanceInformationUnstructured: textOf(row).replace(/ \d{4}-\d{2}(?:-\d{2})?/, ""),
    });
    expect(hard.of.size).toBe(calm.of.size);
    for (const [id, plain] of calm.of) expect(hard.of.get(id)).toEqual(changed(plain, undated));
    const texts = [...hard.of.values()].map((life) => textOf(rowIn(life, "booked")));
    for (const text of ["Salary", "Rent flat 12", "Electricity, contract 4711", "Card payment Fresh & Near"])
      expect(texts).toContain(text);
  });

  it("everydayPrices changes the amounts of coffee, groceries and shops to a few that repeat, and nothing else", async () => {
    const hard = await lived(["everydayPrices"]);
    const prices: [RegExp, number[]][] = [
      [/Café|Bean|Mug/, [2.8, 3.2, 3.5, 4.8]],
      [/Fresh|Corner|Basket|Daily/, [5, 9.99, 12.5, 19.99, 25, 40]],
      [/Paper|Hardware|Books|O'Dell|Optics/, [9.99, 14.99, 19.99, 29.99, 49.99]],
    ];
    let same = 0;
    for (const { id, plain, life } of pairs(calm, hard)) {
      const amount = amountOf(rowIn(life, "booked") ?? rowIn(life, "pending"));
      expect(life, id).toEqual(changed(plain, (row) => withAmount(row, amount)));
      const text = textOf([...plain.values()][0]);
      const usual = prices.find(([pattern]) => text.startsWith("Card") && pattern.test(text))?.[1];
      if (usual === undefined) same += amount === amountOf([...plain.values()][0]) ? 1 : 0;
      else expect(usual).toContain(-Number(amount));
    }
    expect(same).toBeGreaterThan(20);
    const equal = new Set([...hard.of.values()].map((life) => amountOf([...life.values()][0])));
    expect(hard.of.size).toBeGreaterThan(400);
    expect(equal.size).toBeLessThan(90);
  });
});

describe("amounts that are not final while they are pending", () => {
  it("tips books payments in restaurants 7 to 19 % above what was pending, under the same text", async () => {
    const hard = await lived(["tips"]);
    let [restaurants, shops] = [0, 0];
    for (const { id, plain, life } of pairs(calm, hard)) {
      const row = [...plain.values()][0] ?? {};
      if (/Paper|Hardware|Books|O'Dell|Optics/.test(textOf(row))) shops += 1;
      const name = String((life && [...life.values()][0])?.["creditorName"]);
      if (!/Trattoria|Wok|Bistro/.test(name)) {
        expect(life, id).toEqual(plain);
        continue;
      }
      restaurants += 1;
      const tipped = rowIn(life, "booked");
      if (tipped !== undefined) {
        expect(excess(amountOf(tipped), amountOf(row))).toBeGreaterThan(6.9);
        expect(excess(amountOf(tipped), amountOf(row))).toBeLessThan(19.1);
        expect(truthOf(hard, id)?.amount).toBe(amountOf(tipped));
      }
      const remittanceInformationUnstructured = `Card payment ${name} ${id.replace(/^(\d{4})(\d\d)(\d\d).*/, "$1-$2-$3")}`;
      const there = { creditorName: name, remittanceInformationUnstructured };
      expect(life, id).toEqual(
        changed(plain, (one, _, list) =>
          list === "pending" ? { ...one, ...there } : { ...withAmount(one, amountOf(tipped)), ...there },
        ),
      );
    }
    expect(restaurants / shops).toBeGreaterThan(0.5);
    expect(restaurants / shops).toBeLessThan(0.7);
  });

  it("fuelHolds reserves a round sum at petrol stations, and books what was filled in", async () => {
    const hard = await lived(["fuelHolds"]);
    const reserved: Record<string, number> = {};
    for (const { id, plain, life } of pairs(calm, hard)) {
      const name = String((life && [...life.values()][0])?.["creditorName"]);
      if (!/Fuel|Petrol|Motorway/.test(name)) {
        expect(life, id).toEqual(plain);
        continue;
      }
      expect(textOf([...plain.values()][0])).toMatch(/Fresh|Corner|Basket|Daily/);
      const [pending, booked] = [rowIn(life, "pending"), rowIn(life, "booked")];
      if (pending !== undefined) reserved[amountOf(pending)] = (reserved[amountOf(pending)] ?? 0) + 1;
      if (booked !== undefined) {
        expect(-Number(amountOf(booked))).toBeGreaterThanOrEqual(31);
        expect(-Number(amountOf(booked))).toBeLessThanOrEqual(98);
      }
      expect(life, id).toEqual(
        changed(plain, (one, _, list) => ({
          ...withAmount(one, amountOf(list === "pending" ? pending : booked)),
          creditorName: name,
          remittanceInformationUnstructured:
            list === "pending"
              ? `Reserved ${name}`
              : textOf(one).replace(/^Card payment .* /, `Card payment ${name} `),
        })),
      );
    }
    expect(Object.keys(reserved).toSorted()).toEqual(["-1.00", "-100.00", "-120.00"]);
    expect(Object.values(reserved).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(8);
  });

  it("nobody eats or fills the tank at one place twice a day, as nothing would tell which amount became which", async () => {
    const hard = await lived(["tips", "fuelHolds"]);
    const visits = [...hard.of].flatMap(([id, life]) => {
      const name = String([...life.values()][0]?.["creditorName"]);
      return /Trattoria|Wok|Bistro|Fuel|Petrol|Motorway/.test(name) ? [`${id.slice(0, 8)} ${name}`] : [];
    });
    expect(visits.length).toBeGreaterThan(30);
    expect(new Set(visits.map((visit) => visit.slice(0, 8))).size).toBeLessThan(visits.length - 3);
    expect(new Set(visits).size).toBe(visits.length);
  });

  it("foreignSettlements shows purchases abroad up to 4 % off and without the rate until they are booked", async () => {
    const hard = await lived(["foreignSettlements"]);
    const off: number[] = [];
    for (const { id, plain, life } of pairs(calm, hard)) {
      const pending = rowIn(life, "pending");
      const before = rowIn(plain, "pending");
      if (pending === undefined || before === undefined || before["currencyExchange"] === undefined) {
        expect(life, id).toEqual(plain);
        continue;
      }
      off.push(excess(amountOf(pending), amountOf(before)));
      const { currencyExchange: _, ...others } = withAmount(before, amountOf(pending));
      expect(life, id).toEqual(changed(plain, (row, _date, list) => (list === "pending" ? others : row)));
    }
    expect(off.length).toBeGreaterThan(8);
    for (const percent of off) expect(Math.abs(percent)).toBeLessThan(4.1);
    for (const percent of off) expect(Math.abs(percent)).toBeGreaterThan(0.2);
    expect(Math.min(...off)).toBeLessThan(0);
    expect(Math.max(...off)).toBeGreaterThan(0);
  });

  it("foreignSettlements changes nothing about purchases in the currency of the account", async () => {
    const bank = "NATWEST_NWBKGB2L";
    const [plain, hard] = [await lived([], { bank }), await lived(["foreignSettlements"], { bank })];
    const at = (lives: Lives, place: string) =>
      new Map([...lives.of].filter(([, life]) => textOf([...life.values()][0]).includes(place)));
    expect(at(hard, "Thames Theatre").size).toBeGreaterThan(4);
    expect(at(hard, "Thames Theatre")).toEqual(at(plain, "Thames Theatre"));
    expect(at(hard, "Harbour Hotel")).not.toEqual(at(plain, "Harbour Hotel"));
  });
});
