import { isRecord } from "bankdata-core/base";
import type { IdKind } from "./evidence.ts";

/** Where an id is compared: among booked rows, among those not booked yet, or from one of these to a booked one. */
export type IdPlace = "booked" | "announced" | "booking";

/** How often an id of one kind stayed with its transaction, and how often it did not. */
export interface IdRecord {
  kept: number;
  changed: number;
  /** How many rows shared it with another transaction of the same response. */
  shared: number;
}

/** How often the amount of a kind of payment was booked as it was announced. */
export interface AmountRecord {
  same: number;
  changed: number;
}

/** The logarithms of booked by announced amounts, where they differ. */
export interface GrowthRecord {
  of: number;
  sum: number;
  squares: number;
}

/** What was learnt about a bank from the responses so far. */
export interface Memory {
  /** The day of the latest response that said anything new, counted from 1970. */
  day: number;
  handle: string | null;
  readonly ids: Map<string, IdRecord>;
  /** Of `of` payments beyond doubt, how many bear the day of the purchase in which date once they are booked. */
  readonly purchaseDay: { value: number; booking: number; of: number };
  /** Of `of` payments beyond doubt, how many keep their name when they are booked. */
  readonly names: { same: number; of: number };
  /** How many pending entries were still shown beside their booked form, and how many were gone. */
  readonly beside: { lingered: number; direct: number };
  /** How many pending entries kept their date overnight, and how many were dated anew. */
  readonly pendingDate: { kept: number; moved: number };
  /** How many pending amounts had lost their sign, and how many had theirs. */
  readonly pendingSign: { kept: number; lost: number };
  readonly amounts: Map<string, AmountRecord>;
  readonly growths: Map<string, GrowthRecord>;
}

/** The most that is remembered of each kind, the latest used; together less than 64 kB of JSON. */
const MOST = { ids: 12, amounts: 320, growths: 120 } as const;
/** Longer names and texts are cut before they are remembered. */
const LONGEST_KEY = 48;

export function memoryFrom(json: string | null): Memory {
  const read = json === null ? {} : recordIn(parsed(json));
  return {
    day: numberIn(read["day"], Number.NEGATIVE_INFINITY),
    handle: typeof read["handle"] === "string" ? read["handle"] : null,
    ids: mapIn(read["ids"], ([kept, changed, shared]) => ({ kept, changed, shared })),
    purchaseDay: numbersIn(read["purchaseDay"], { value: 0, booking: 0, of: 0 }),
    names: numbersIn(read["names"], { same: 0, of: 0 }),
    beside: numbersIn(read["beside"], { lingered: 0, direct: 0 }),
    pendingDate: numbersIn(read["pendingDate"], { kept: 0, moved: 0 }),
    pendingSign: numbersIn(read["pendingSign"], { kept: 0, lost: 0 }),
    amounts: mapIn(read["amounts"], ([same, changed]) => ({ same, changed })),
    growths: mapIn(read["growths"], ([of, sum, squares]) => ({ of, sum, squares })),
  };
}

export function jsonOf(memory: Memory): string {
  const { ids, amounts, growths, day, ...rest } = memory;
  return JSON.stringify({
    ...rest,
    day: Number.isFinite(day) ? day : null,
    ids: latest(ids, MOST.ids),
    amounts: latest(amounts, MOST.amounts),
    growths: latest(growths, MOST.growths),
  });
}

/** The record of an id; a new one if there is none. */
export function idRecord(memory: Memory, place: IdPlace, kind: IdKind): IdRecord {
  return found(memory.ids, `${place} ${kind}`, () => ({ kept: 0, changed: 0, shared: 0 }));
}

/** The record of a kind of payment, which becomes the latest used. */
export function amountRecord(memory: Memory, key: string): AmountRecord {
  return found(memory.amounts, key.slice(0, LONGEST_KEY), () => ({ same: 0, changed: 0 }));
}

/** Without remembering that it was asked. */
export function knownAmounts(memory: Memory, key: string): AmountRecord | undefined {
  return memory.amounts.get(key.slice(0, LONGEST_KEY));
}

export function growthRecord(memory: Memory, key: string): GrowthRecord {
  return found(memory.growths, key.slice(0, LONGEST_KEY), () => ({ of: 0, sum: 0, squares: 0 }));
}

export function knownGrowth(memory: Memory, key: string): GrowthRecord | undefined {
  return memory.growths.get(key.slice(0, LONGEST_KEY));
}

function found<T>(map: Map<string, T>, key: string, begin: () => T): T {
  const record = map.get(key) ?? begin();
  map.delete(key);
  map.set(key, record);
  return record;
}

function latest<T extends object>(map: ReadonlyMap<string, T>, most: number): [string, ...number[]][] {
  return [...map]
    .slice(-most)
    .map(([key, record]) => [key, ...Object.values(record).map((one: number) => Number(one.toPrecision(8)))]);
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    // What is not remembered is learnt again.
    return {};
  }
}

function recordIn(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : {};
}

function numberIn(value: unknown, otherwise: number): number {
  return typeof value === "number" && Number.isFinite(value) ? value : otherwise;
}

function numbersIn<T extends Record<string, number>>(value: unknown, otherwise: T): T {
  const read = recordIn(value);
  const entries = Object.entries(otherwise).map(([name, number]) => [name, numberIn(read[name], number)]);
  return { ...otherwise, ...Object.fromEntries(entries) };
}

function mapIn<T>(value: unknown, read: (numbers: [number, number, number]) => T): Map<string, T> {
  const map = new Map<string, T>();
  if (!Array.isArray(value)) return map;
  for (const row of value) {
    if (!Array.isArray(row) || typeof row[0] !== "string") continue;
    map.set(row[0], read([numberIn(row[1], 0), numberIn(row[2], 0), numberIn(row[3], 0)]));
  }
  return map;
}
