import type { Observation, TrueTransaction } from "../banks/index.ts";
import type { RowPlace, TransactionList } from "./verdict.ts";

/** How many rows of two lists belong together. */
export type Overlap = Record<TransactionList, number>;

/** A true entry, and how many of its rows the responses showed in each list that is judged. */
export interface Entry {
  id: string;
  /** Its index in the truth. */
  at: number;
  rows: Overlap;
}

/**
 * Rows that no reader can tell apart: those of one form in one list of one response, if they belong to several entries.
 * The rows of an entry in a list that resemble no other row beside them are one group over all responses.
 */
export interface Group {
  status: TransactionList;
  /** How many of its rows belong to each entry. */
  labels: Map<Entry, number>;
  rows: ShownRow[];
}

/** A row that a response showed. */
export interface ShownRow extends RowPlace {
  /** The entry that the sandbox showed. If its group has several, another may belong to it as well. */
  entry: Entry;
  group: Group;
  /** Its index among all rows. */
  at: number;
}

/** Everything that the responses showed. */
export interface Shown {
  entries: Entry[];
  /** In the order of the truth. */
  rows: ShownRow[];
  /** In the order of their first rows. */
  groups: ReadonlySet<Group>;
  find(place: RowPlace): ShownRow | undefined;
}

/** @throws RangeError if the truth is not that of one bank account */
export function shownRows(truth: readonly TrueTransaction[], lists: ReadonlySet<TransactionList>): Shown {
  const rows: ShownRow[] = [];
  const places = new Places();
  const groups = new Groups(truth);
  const entries = truth.map(({ id }, at): Entry => ({ id, at, rows: { booked: 0, pending: 0 } }));
  if (new Set(entries.map(({ id }) => id)).size < entries.length)
    throw new RangeError("The truth lists an entry twice. Judge one bank account at a time.");
  for (const [at, entry] of entries.entries()) {
    for (const observation of truth[at]?.observed ?? []) {
      const { account, status, seen } = observation;
      for (const { response, position } of seen) {
        const group = groups.of(observation, response, entry);
        const row: ShownRow = { account, response, status, position, entry, group, at: rows.length };
        group.rows.push(row);
        group.labels.set(entry, (group.labels.get(entry) ?? 0) + 1);
        if (lists.has(status)) entry.rows[status] += 1;
        rows.push(row);
        if (!places.add(row))
          throw new RangeError(
            `The truth has two entries for ${nameOf(row)}. Pass it as sandbox.truth() returned it.`,
          );
      }
    }
  }
  return {
    entries,
    rows,
    groups: new Set(rows.map(({ group }) => group)),
    find: (place) => places.find(place),
  };
}

/** How errors name a row. */
export function nameOf({ account, response, status, position }: RowPlace): string {
  return `the ${status} row ${position} of response ${response} of account ${account}`;
}

/** The rows by account and list, response and position. */
class Places {
  readonly #lists = new Map<string, ShownRow[][]>();

  /** Returns false if there is a row at this place already. */
  add(row: ShownRow): boolean {
    const key = `${row.status} ${row.account}`;
    const responses = this.#lists.get(key) ?? [];
    this.#lists.set(key, responses);
    responses[row.response] ??= [];
    const list = responses[row.response] ?? [];
    if (list[row.position] !== undefined) return false;
    list[row.position] = row;
    return true;
  }

  find({ account, status, response, position }: RowPlace): ShownRow | undefined {
    return this.#lists.get(`${status} ${account}`)?.[response]?.[position];
  }
}

/** Makes the groups. */
class Groups {
  /** The ids of the entries in each form and response. */
  readonly #beside = new Map<string, Set<string>>();
  readonly #shared = new Map<string, Group>();
  readonly #own = new Map<Entry, Partial<Record<TransactionList, Group>>>();

  constructor(truth: readonly TrueTransaction[]) {
    for (const { id, observed } of truth) {
      for (const observation of observed) {
        for (const { response } of isShared(observation) ? observation.seen : []) {
          const key = keyOf(observation, response);
          this.#beside.set(key, (this.#beside.get(key) ?? new Set()).add(id));
        }
      }
    }
  }

  of(observation: Observation, response: number, entry: Entry): Group {
    const { status } = observation;
    const key = isShared(observation) ? keyOf(observation, response) : "";
    if ((this.#beside.get(key)?.size ?? 1) > 1) {
      const group = this.#shared.get(key) ?? emptyGroup(status);
      this.#shared.set(key, group);
      return group;
    }
    const own = this.#own.get(entry) ?? {};
    this.#own.set(entry, own);
    own[status] ??= emptyGroup(status);
    return own[status];
  }
}

/** Whether any response showed another entry in the same form. */
function isShared({ indistinguishableFrom }: Observation): boolean {
  return indistinguishableFrom.length > 0;
}

function keyOf({ account, form }: Observation, response: number): string {
  return `${account} ${response} ${form}`;
}

function emptyGroup(status: TransactionList): Group {
  return { status, labels: new Map(), rows: [] };
}
