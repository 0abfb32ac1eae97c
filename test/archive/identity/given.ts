import type { Row } from "../../../packages/archive/src/identity/index.ts";
import type { BankTransaction, TransactionStatus } from "../../../packages/core/src/bank/index.ts";
import { type Answer, Archived, type Decided, type Place } from "./archived.ts";

/** What a test says of a row; the rest is empty. */
export interface Said {
  list?: TransactionStatus;
  amount?: string;
  currency?: string;
  booked?: string | null;
  value?: string | null;
  who?: string | null;
  text?: string;
  id?: string | null;
  internalId?: string | null;
  reference?: string | null;
  endToEndId?: string | null;
  foreign?: string | null;
}

const NOTHING = {
  transactionDate: null,
  bookingDateTime: null,
  valueDateTime: null,
  counterpartyAccount: null,
  creditor: null,
  debtor: null,
  ultimateCreditor: null,
  ultimateDebtor: null,
  mandateId: null,
  creditorId: null,
  checkId: null,
  bankTransactionCode: null,
  proprietaryCode: null,
  purposeCode: null,
  merchantCategoryCode: null,
  balanceAfter: null,
} as const satisfies Partial<BankTransaction>;

/** The rows of a response. */
export function rows(...said: readonly Said[]): Row[] {
  const places = new Map<TransactionStatus, number>();
  return said.map((one) => {
    const status = one.list ?? "booked";
    const position = places.get(status) ?? 0;
    places.set(status, position + 1);
    const text = one.text ?? "Card payment";
    const entry = {
      ...NOTHING,
      amount: one.amount ?? "-10.00",
      currency: one.currency ?? "EUR",
      bookingDate: one.booked ?? null,
      valueDate: one.value ?? null,
      counterparty: one.who === undefined ? "Corner Shop" : one.who,
      text,
      texts: { unstructured: text, structured: null, additional: null, note: null },
      ids: {
        internalTransactionId: one.internalId ?? null,
        transactionId: one.id ?? null,
        entryReference: one.reference ?? null,
      },
      endToEndId: one.endToEndId ?? null,
      exchange:
        one.foreign === undefined || one.foreign === null
          ? null
          : {
              instructedAmount: { amount: one.foreign, currency: "USD" },
              rate: null,
              unitCurrency: null,
              sourceCurrency: null,
              targetCurrency: null,
              quotationDate: null,
            },
      raw: null,
    };
    return { status, position, entry, content: JSON.stringify(entry) };
  });
}

export const pending = (said: Said): Said => ({ list: "pending", ...said });

/** Which transactions the rows of each response are, numbered in order of appearance, and what became of each. */
export interface Story {
  rows: number[][];
  statuses: string[];
  archived: Archived;
}

type Told = Partial<Omit<Answer, "at" | "rows">> & { from?: string | null };

/** The day of a response, its rows, and what else is known of it. */
export type Responded = readonly [day: string, said: readonly Said[], told?: Told];

/** Reads responses, each with its day and its rows. A response covers all since the start of 2026 unless it says otherwise. */
export function story(...responses: readonly Responded[]): Story {
  return decidedStory([], ...responses);
}

/** A row, by the response and its place among all rows of that, both counted from 0. */
type Which = readonly [response: number, row: number];

/** Whether two rows are one transaction. */
export type Verdict = readonly [one: Which, is: "same" | "different", other: Which];

/** The same with decisions of the user. */
export function decidedStory(verdicts: readonly Verdict[], ...responses: readonly Responded[]): Story {
  const placeOf = ([response, at]: Which): Place => {
    const row = rows(...(responses[response]?.[1] ?? []))[at];
    if (row === undefined) throw new RangeError(`There is no row ${at} in response ${response}.`);
    return { response, status: row.status, position: row.position };
  };
  const decided = verdicts.map(
    ([one, is, other]): Decided => ({ isSame: is === "same", one: placeOf(one), other: placeOf(other) }),
  );
  const archived = new Archived(decided);
  for (const [day, said, told = {}] of responses) {
    const coverage = told.coverage ?? {
      from: told.from === undefined ? "2026-01-01" : told.from,
      to: null,
      pending: true,
    };
    archived.read({
      at: Date.parse(`${day}T08:00:00Z`),
      coverage,
      handle: told.handle ?? null,
      rows: rows(...said),
    });
  }
  const numbers = new Map<string, number>();
  const numberOf = (id: string) => {
    const number = numbers.get(id) ?? numbers.size + 1;
    numbers.set(id, number);
    return number;
  };
  const told: number[][] = responses.map(() => []);
  for (const { place, transaction } of archived.rows) told[place.response]?.push(numberOf(transaction));
  const statuses = [...numbers.keys()].map((id) => archived.transactions.get(id)?.status ?? "gone");
  return { rows: told, statuses, archived };
}
