// Histories for the judge that no bank would have in a test's time: what responses showed is drawn, entry by entry.
import fc from "fast-check";
import { expect } from "vitest";
import {
  type JudgedRow,
  type JudgeOptions,
  judge,
  type Observation,
  type TrueTransaction,
} from "../../packages/sandbox/src/index.ts";

/** How one response shows an entry; null if it does not. */
type Look = Observation["status"] | null;

/** A true entry, by what a reader sees of it. */
export interface Life {
  id: string;
  /** Entries of one kind have the same form while they are pending. */
  kind: string;
  /** Entries of one kind without ids also have the same form when they are booked. */
  ownId: boolean;
  /** How each response showed it, in order. */
  looks: readonly Look[];
  /** The responses that showed its row twice, as those do whose pages overlap. */
  twice?: readonly number[] | undefined;
}

/** A row that a response showed, and what a program may make of it. */
export type Row = JudgedRow & { entry: string; kind: string; form: string };

export interface History {
  truth: TrueTransaction[];
  rows: Row[];
}

/** The bank that shows the lives. */
export interface Bank {
  /** The response from which the account has another id. */
  reconnectedAt?: number | undefined;
  /** Whether each response has other ids than the one before. */
  changingIds?: boolean | undefined;
}

/** What the truth says after all responses, and the rows with the entry's id as their transaction. */
export function historyOf(
  lives: readonly Life[],
  { reconnectedAt = 99, changingIds = false }: Bank = {},
): History {
  const truth: TrueTransaction[] = lives.map(({ id }) => ({
    id,
    bookedOn: null,
    valueOn: "2026-11-23",
    amount: "-3.00",
    currency: "EUR",
    counterparty: "Coffee",
    counterpartyIban: null,
    description: "Coffee",
    pendingFrom: null,
    vanishedOn: null,
    retractedOn: null,
    observed: [],
    indistinguishableFrom: [],
  }));
  const rows: Row[] = [];
  const shownAs = new Map<string, Set<string>>();
  const formOf = new Map<Observation, string>();
  const forms = new Map<string, number>();
  const responses = Math.max(...lives.map(({ looks }) => looks.length));
  for (let at = 0; at < responses; at += 1) {
    const account = at < reconnectedAt ? "first" : "second";
    const response = at < reconnectedAt ? at : at - reconnectedAt;
    const next = { booked: 0, pending: 0 };
    for (const [index, { id, kind, ownId, looks, twice = [] }] of lives.entries()) {
      const status = looks[at] ?? null;
      if (status === null) continue;
      const text = status === "booked" && ownId ? `${kind} ${id}` : kind;
      const form = `${status} ${text}`;
      const payload = { ...(changingIds && { id: `${at} ${id}` }), text };
      const observed = truth[index]?.observed ?? [];
      let latest = observed.at(-1);
      if (
        latest?.account !== account ||
        latest.status !== status ||
        JSON.stringify(latest.payload) !== JSON.stringify(payload)
      ) {
        const number = forms.get(form) ?? forms.size;
        forms.set(form, number);
        latest = {
          ...{ on: "2026-11-23", account, status, payload, form: number },
          ...{ seen: [], indistinguishableFrom: [], mayContinue: [] },
        };
        observed.push(latest);
        formOf.set(latest, form);
        shownAs.set(form, (shownAs.get(form) ?? new Set()).add(id));
      }
      for (let time = twice.includes(at) ? 2 : 1; time > 0; time -= 1) {
        const position = next[status]++;
        latest.seen.push({ response, position });
        rows.push({ account, response, status, position, transaction: id, entry: id, kind, form });
      }
    }
  }
  for (const { id, observed } of truth)
    for (const one of observed)
      one.indistinguishableFrom = [...(shownAs.get(formOf.get(one) ?? "") ?? [])].filter(
        (other) => other !== id,
      );
  return { truth, rows };
}

const LOOKS: fc.Arbitrary<Look[]> = fc
  .record({
    from: fc.nat(3),
    pending: fc.nat(3),
    booked: fc.nat(3),
    missing: fc.array(fc.nat(6), { maxLength: 2 }),
  })
  .map(({ from, pending, booked, missing }) =>
    [
      ...Array<Look>(from).fill(null),
      ...Array<Look>(pending).fill("pending"),
      ...Array<Look>(pending + booked === 0 ? 1 : booked).fill("booked"),
    ].map((look, at) => (missing.includes(at) ? null : look)),
  )
  .filter((looks) => looks.some((look) => look !== null));

/** Some kinds of payments with one to three equal ones each, which are booked on the same day or on different ones. */
export const LIVES: fc.Arbitrary<Life[]> = fc
  .array(
    fc.record({
      ownId: fc.boolean(),
      twins: fc.array(
        fc.record({
          looks: LOOKS,
          twice: fc.oneof({ weight: 4, arbitrary: fc.constant([]) }, fc.array(fc.nat(6), { maxLength: 2 })),
        }),
        { minLength: 1, maxLength: 3 },
      ),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map((kinds) =>
    kinds.flatMap(({ ownId, twins }, kind) =>
      twins.map((twin, at): Life => ({ ...twin, id: `${kind}-${at}`, kind: `kind ${kind}`, ownId })),
    ),
  );

export const BANK: fc.Arbitrary<Bank> = fc.record({
  reconnectedAt: fc.constantFrom(undefined, 1, 2, 4),
  changingIds: fc.boolean(),
});

/** The rows with the transactions of another world, in which those of equal form beside each other are exchanged. */
export function exchanged(rows: readonly Row[], order: (length: number) => number[]): Row[] {
  const groups = Map.groupBy(rows, ({ account, response, form }) => `${account} ${response} ${form}`);
  return [...groups.values()].flatMap((group) =>
    order(group.length).map((from, to) => {
      const [row, other] = [group[to], group[from]];
      if (row === undefined || other === undefined) throw new Error("no permutation");
      return { ...row, transaction: other.transaction };
    }),
  );
}

const COFFEE = { kind: "coffee", ownId: false } as const;

/** The rows, each with the transaction that a program gave it; a row for which it gave none is left out. */
export function decided(
  rows: readonly Row[],
  decide: (row: Row, index: number) => string | undefined,
): JudgedRow[] {
  return rows.flatMap((row, index) => {
    const transaction = decide(row, index);
    return transaction === undefined ? [] : [{ ...row, transaction }];
  });
}

/** Judges transactions that are listed in the order of the rows, response by response and entry by entry. */
export function judged(lives: readonly Life[], transactions: string, options?: JudgeOptions) {
  const { truth, rows } = historyOf(lives);
  const names = transactions.split(" ");
  expect(names).toHaveLength(rows.length);
  return judge(
    decided(rows, (_row, index) => (names[index] === "-" ? undefined : names[index])),
    truth,
    options,
  );
}

export const place = (status: "booked" | "pending", response: number, position: number) => ({
  account: "first",
  response,
  status,
  position,
});

export const coffee = (id: string, ...looks: Life["looks"]): Life => ({ ...COFFEE, id, looks });
export const shop = (id: string, ...looks: Life["looks"]): Life => ({ kind: id, ownId: true, id, looks });
