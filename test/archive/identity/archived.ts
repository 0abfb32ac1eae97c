import {
  type Entry,
  type KnownTransaction,
  type Reading,
  type Response,
  type Row,
  type Ruling,
  readResponse,
} from "../../../packages/archive/src/identity/index.ts";
import type { BankTransaction, Coverage } from "../../../packages/core/src/bank/index.ts";
import { AccountTransactions } from "../../../packages/core/src/providers/gocardless/models/transaction.ts";
import { neutralTransactions } from "../../../packages/core/src/providers/gocardless/neutral/transaction.ts";

/** Where a row stood: the response counted from 0, the list, and the place in it. */
export interface Place {
  readonly response: number;
  readonly status: Row["status"];
  readonly position: number;
}

/** What a bank answered. */
export interface Answer {
  readonly at: number;
  readonly coverage: Coverage;
  readonly handle?: string | null;
  readonly rows: readonly Row[];
}

/** How a row was recognised, and how that changed. */
export interface Link {
  readonly rule: string;
  readonly cost: number;
  readonly certain: boolean;
}

/** What a user decided about two rows. */
export interface Decided {
  readonly isSame: boolean;
  readonly one: Place;
  readonly other: Place;
}

interface Kept {
  place: Place;
  transaction: string;
}

const DAY = 86_400_000;
/** How many days before a response what is not pending is still handed in. */
const REACH = 45;

/** Keeps what readings say, as a database would: the least that works. */
export class Archived {
  readonly transactions = new Map<string, KnownTransaction>();
  readonly rows: Kept[] = [];
  /** For each transaction that was announced and is booked, how that was found. */
  readonly links = new Map<string, Link>();
  readonly readings: Reading[] = [];
  memory: string | null = null;
  #previous: Response | null = null;
  #created = 0;
  readonly #decided: readonly Decided[];

  constructor(decided: readonly Decided[] = []) {
    this.#decided = decided;
  }

  read({ at, coverage, handle = null, rows }: Answer): Reading {
    const run = this.readings.length + 1;
    const rulings = this.#decided.flatMap(({ isSame, one, other }): Ruling[] => {
      const [first, second] = [this.#rowAt(one, run, rows), this.#rowAt(other, run, rows)];
      return first === undefined || second === undefined ? [] : [{ isSame, one: first, other: second }];
    });
    const response = { run, observedAt: at, handle, coverage, rows, rulings };
    const known = { memory: this.memory, transactions: this.#knownFor(response), previous: this.#previous };
    const reading = readResponse(response, known, () => this.#newId());
    this.#keep(response, reading);
    this.#previous = response;
    this.readings.push(reading);
    return reading;
  }

  /** A row as a ruling names it; undefined as long as it has not been read. */
  #rowAt(
    { response, status, position }: Place,
    run: number,
    rows: readonly Row[],
  ): Ruling["one"] | undefined {
    const isIt = (one: { status: Row["status"]; position: number }) =>
      one.status === status && one.position === position;
    if (response === run - 1) {
      const at = rows.findIndex(isIt);
      return at === -1 ? undefined : at;
    }
    return this.rows.find(({ place }) => place.response === response && isIt(place))?.transaction;
  }

  #newId(): string {
    this.#created += 1;
    return `t${this.#created}`;
  }

  #keep({ rows, run }: Response, { recognitions, moves, changed, memory }: Reading): void {
    for (const [at, { transaction, rule, cost, certain }] of recognitions.entries()) {
      const { status, position } = rows[at] as Row;
      const before = this.transactions.get(transaction);
      if (status === "booked" && before !== undefined && before.list !== "booked")
        this.links.set(transaction, { rule, cost, certain });
      this.rows.push({ place: { response: run - 1, status, position }, transaction });
    }
    for (const one of changed) this.transactions.set(one.id, one);
    for (const { from, into, rows: which, rule, cost, certain } of moves) {
      for (const row of this.rows) {
        if (row.transaction !== from || (which === "pending" && row.place.status === "booked")) continue;
        row.transaction = into;
      }
      this.links.set(into, { rule, cost, certain });
      this.links.delete(from);
      if (which === "all") this.transactions.delete(from);
    }
    this.memory = memory;
  }

  #knownFor({ rows, coverage, rulings = [] }: Response): KnownTransaction[] {
    const named = new Set(rulings.flatMap(({ one, other }) => [one, other]));
    const dates = rows.flatMap(({ entry }) => datesIn(entry));
    const first = [...dates, ...(coverage.from === null ? [] : [coverage.from])].sort()[0] ?? "0000-00-00";
    const limit =
      first === "0000-00-00" ? first : new Date(Date.parse(first) - REACH * DAY).toISOString().slice(0, 10);
    return [...this.transactions.values()]
      .map((one) => ({ ...one, date: datesIn(one.entry)[0] ?? null }))
      .filter(
        ({ id, status, date }) => status === "pending" || date === null || date >= limit || named.has(id),
      );
  }
}

function datesIn({ bookingDate, valueDate }: Entry): string[] {
  return [bookingDate, valueDate].filter((date) => date !== null);
}

/** The rows of a response in GoCardless's spelling, as the client's schema and mapping read them. */
export function rowsOf(sent: { booked?: readonly unknown[]; pending?: readonly unknown[] }): Row[] {
  return itemsOf(sent).map(rowOf);
}

/** The same as neutral transactions. */
export function itemsOf(sent: {
  booked?: readonly unknown[];
  pending?: readonly unknown[];
}): readonly BankTransaction[] {
  const { booked = [], pending = [] } = sent;
  const parsed = AccountTransactions.parse({ transactions: { booked, pending } });
  return neutralTransactions(parsed, { names: [], numbers: [] }).items;
}

/** A neutral transaction as a row. */
function rowOf({ status, position, ...entry }: BankTransaction): Row {
  return { status, position, entry, content: JSON.stringify(entry.raw) };
}
