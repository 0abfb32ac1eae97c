// Three naive programs: rules by which some importer decides which rows are the same transaction.
import { createHash } from "node:crypto";
import type { JudgedRow } from "../../packages/sandbox/src/index.ts";
import type { Row, Shown } from "./watched-account.ts";

/** Decides about every row, reading the responses in order. */
export type Rule = (responses: readonly Shown[]) => JudgedRow[];

/** A row of a response, and where it was. */
interface Placed {
  row: Row;
  place: Omit<JudgedRow, "transaction">;
}

/** The rows of a response, the booked ones first. */
function placed({ account, response, ...lists }: Shown): Placed[] {
  return (["booked", "pending"] as const).flatMap((status) =>
    lists[status].map((row, position) => ({ row, place: { account, response, status, position } })),
  );
}

const IDS = ["transactionId", "internalTransactionId", "entryReference"];

/** The first id that a row has. */
function idOf(row: Row, names: readonly string[]): string | undefined {
  return names
    .map((name) => row[name])
    .map((id) => (typeof id === "string" ? id.trim() : ""))
    .find((id) => id !== "");
}

/** The id, if a row has one, is the transaction. A row without an id is a new transaction each time. */
export const idOnly: Rule = (responses) =>
  responses
    .flatMap(placed)
    .map(({ row, place }, at) => ({ ...place, transaction: idOf(row, IDS) ?? `row ${at}` }));

const CONTENT = [
  "transactionAmount",
  "bookingDate",
  "bookingDateTime",
  "valueDate",
  "valueDateTime",
  "creditorName",
  "debtorName",
  "remittanceInformationUnstructured",
  "remittanceInformationUnstructuredArray",
  "remittanceInformationStructured",
  "remittanceInformationStructuredArray",
  "additionalInformation",
];

/** A hash of amount, dates, names and text is the transaction. */
export const contentHash: Rule = (responses) =>
  responses.flatMap(placed).map(({ row, place }) => {
    const content = JSON.stringify(CONTENT.map((name) => row[name] ?? null));
    return { ...place, transaction: createHash("sha256").update(content).digest("hex") };
  });

/** A transaction that the rule below knows. */
interface Known {
  transaction: string;
  day: number;
  payee: string;
}

/**
 * The same id first; then a known transaction of the same amount at most seven days away that no other row of the response
 * has, with the same payee or else any, the nearest first; else a new one.
 */
export const amountWithinSevenDays: Rule = (responses) => {
  const byAmount = new Map<string, Known[]>();
  const byId = new Map<string, Known>();
  let count = 0;
  return responses.flatMap((response) => {
    const matched = new Set<Known>();
    const rows = placed(response).map((one) => ({
      ...one,
      id: idOf(one.row, IDS.slice(0, 2)),
      ...momentOf(one.row),
    }));
    const decided = new Map<Placed, Known>();
    const decide = (row: (typeof rows)[number], known: Known) => {
      matched.add(known);
      decided.set(row, known);
      if (row.id !== undefined) byId.set(row.id, known);
    };
    const matchEach = (find: (row: (typeof rows)[number]) => Known | undefined) => {
      for (const row of rows) {
        const known = decided.has(row) ? undefined : find(row);
        if (known !== undefined) decide(row, known);
      }
    };
    const near = ({ amount, day }: (typeof rows)[number]) =>
      (byAmount.get(amount) ?? [])
        .filter((known) => !matched.has(known) && Math.abs(known.day - day) <= 7)
        .sort((a, b) => Math.abs(a.day - day) - Math.abs(b.day - day));
    matchEach(({ id }) => (id === undefined ? undefined : byId.get(id)));
    matchEach((row) => near(row).find(({ payee }) => payee === row.payee));
    matchEach((row) => near(row)[0]);
    matchEach((row) => {
      // A row of the same response may have brought the id.
      const same = row.id === undefined ? undefined : byId.get(row.id);
      if (same !== undefined) return same;
      count += 1;
      const known = { transaction: `transaction ${count}`, day: row.day, payee: row.payee };
      byAmount.set(row.amount, [...(byAmount.get(row.amount) ?? []), known]);
      return known;
    });
    return rows.map((row) => ({ ...row.place, transaction: decided.get(row)?.transaction ?? "" }));
  });
};

function momentOf(row: Row): { amount: string; day: number; payee: string } {
  const date = String(row["bookingDate"] ?? row["valueDate"]).slice(0, 10);
  return {
    amount: JSON.stringify(row["transactionAmount"]),
    day: Date.parse(date) / 86_400_000,
    payee: String(row["creditorName"] ?? row["debtorName"] ?? ""),
  };
}
