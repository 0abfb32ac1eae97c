import { RULES, usableIds } from "../identity/index.ts";
import type { Doubt, DoubtedRow } from "./doubts.ts";
import type { AccountQuery } from "./query.ts";
import { type ArchivedObservation, type ArchivedTransaction, type Reader, readObservations } from "./read.ts";
import { readTransactions } from "./read-transactions.ts";

/**
 * What is not certain, the newest first. A transaction that is uncertain for a reason that its rows do not tell any more is
 * asked about by its first and last wording.
 */
export async function* readDoubts(
  reader: Reader,
  query: AccountQuery,
): AsyncGenerator<Doubt, void, undefined> {
  const uncertain = readTransactions(reader, { ...query, certain: false, first: "newest" });
  for await (const transaction of uncertain) yield* doubtsAbout(reader, transaction);
}

async function* doubtsAbout(
  reader: Reader,
  transaction: ArchivedTransaction,
): AsyncGenerator<Doubt, void, undefined> {
  const rows: DoubtedRow[] = [];
  for await (const observation of readObservations(reader, transaction.id))
    rows.push({ transaction: transaction.id, observation });
  const wordings = rows.filter((row, at) => at === 0 || isOtherWording(rows[at - 1], row));
  const [first, second] = wordings;
  if (first === undefined) return;
  const asked = (believed: Doubt["believed"], one: DoubtedRow, other: DoubtedRow, by = other): Doubt => {
    const { rule, cost } = by.observation;
    return { transaction, rule, cost, believed, one, other };
  };
  let count = 0;
  for (const [at, row] of wordings.entries()) {
    const before = wordings[at - 1];
    if (before === undefined || row.observation.certain) continue;
    count += 1;
    yield asked("same", before, row);
  }
  if (!first.observation.certain) {
    const again = rows.find((row) => row !== first && isBeside(first, row) && !isDecided(row));
    const double = again === undefined ? await doubleOf(reader, transaction, first) : undefined;
    if (again !== undefined) yield asked("same", first, again, first);
    else if (double !== undefined) yield asked("different", double, first);
    else if (second !== undefined) yield asked("same", first, second, first);
    if (again !== undefined || double !== undefined || second !== undefined) return;
  }
  const last = rows.at(-1);
  if (count === 0 && last !== undefined && last !== first) yield asked("same", first, last);
}

function isDecided({ observation }: DoubtedRow): boolean {
  return observation.rule === RULES.decided;
}

/** Whether two rows stood in one list. */
function isBeside({ observation: one }: DoubtedRow, { observation: other }: DoubtedRow): boolean {
  return one.run === other.run && one.status === other.status;
}

/** Whether two rows that follow each other differ in their list or in a word. */
function isOtherWording(one: DoubtedRow | undefined, other: DoubtedRow): boolean {
  if (one === undefined) return true;
  const [was, is] = [one.observation, other.observation];
  return was.status !== is.status || JSON.stringify(was.raw) !== JSON.stringify(is.raw);
}

/** The row of another transaction that this one may be: of the same response, with the same amount and an id or all words in common. */
async function doubleOf(
  reader: Reader,
  transaction: ArchivedTransaction,
  { observation }: DoubtedRow,
): Promise<DoubtedRow | undefined> {
  const { account, id } = transaction;
  const { amount } = observation;
  for await (const other of readTransactions(reader, { account, amount: { from: amount, to: amount } })) {
    if (other.id === id) continue;
    for await (const row of readObservations(reader, other.id))
      if (row.run === observation.run && row.status === observation.status && areAlike(row, observation))
        return { transaction: other.id, observation: row };
  }
  return undefined;
}

function areAlike(one: ArchivedObservation, other: ArchivedObservation): boolean {
  if (one.currency !== other.currency) return false;
  const ids = new Set(usableIds(one));
  return (
    usableIds(other).some((id) => ids.has(id)) ||
    (one.text === other.text && one.counterparty === other.counterparty)
  );
}
