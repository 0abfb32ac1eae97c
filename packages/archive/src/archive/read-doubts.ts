import { doubtedPairs, type LinkedRow } from "./doubted-pairs.ts";
import type { Doubt, DoubtedRow } from "./doubts.ts";
import { placeText } from "./first-places.ts";
import { listOf } from "./known.ts";
import { isUnreadable } from "./payload.ts";
import type { AccountQuery } from "./query.ts";
import { type ArchivedTransaction, entryNamed, type MomentReader, type Reader } from "./read.ts";
import { readTransactions } from "./read-transactions.ts";
import { decisionsOf, rowsOf } from "./rulings.ts";
import { payloadPlaces } from "./runs.ts";

/** What is not certain, the newest first. What the user has answered is not asked again. */
export async function* readDoubts(
  reader: Reader,
  query: AccountQuery,
): AsyncGenerator<Doubt, void, undefined> {
  const uncertain = readTransactions(reader, { ...query, certain: false, first: "newest" });
  for await (const transaction of uncertain)
    yield* await reader.database.read((kysely) => doubtsAbout({ ...reader, kysely }, transaction));
}

async function doubtsAbout(reader: MomentReader, transaction: ArchivedTransaction): Promise<Doubt[]> {
  const entry = await entryNamed(reader, transaction.id);
  if (entry === undefined) return [];
  const answered = await answeredPairs(reader, entry.account);
  const doubts: Doubt[] = [];
  for (const { one, other, ...why } of await doubtedPairs(reader, { ...entry, id: transaction.id })) {
    if (answered.has(pairText(placeOf(one), placeOf(other)))) continue;
    const rows = { one: await doubtedRow(reader, one), other: await doubtedRow(reader, other) };
    doubts.push({ transaction, ...why, ...rows });
  }
  return doubts;
}

/** The pairs of rows that the user has decided on. */
async function answeredPairs({ kysely }: MomentReader, account: number): Promise<ReadonlySet<string>> {
  const decisions = await decisionsOf(kysely, account);
  return new Set(
    decisions.map((decision) => {
      const [one, other] = rowsOf(decision);
      return pairText(placeText(one), placeText(other));
    }),
  );
}

function pairText(one: string, other: string): string {
  return [one, other].sort().join(" and ");
}

function placeOf({ run: { number: run }, link, position }: LinkedRow): string {
  return placeText({ run, list: listOf(link.list), position });
}

/** A row with what the bank said in it. */
async function doubtedRow({ kysely, packs }: MomentReader, row: LinkedRow): Promise<DoubtedRow> {
  const { run, link, position, transaction } = row;
  const places = await payloadPlaces(kysely, [link.payload]);
  const [said] = await packs.payloadsAt(kysely, [...places.values()]);
  if (said === undefined || isUnreadable(said))
    throw new Error(`A row of transaction ${transaction} cannot be read.`);
  const { rule, cost, certain } = link;
  const observation = {
    ...{ run: run.number, observedAt: new Date(run.observed_at), status: listOf(link.list), position },
    ...{ rule, cost, certain: certain === 1 },
    ...said,
  };
  return { transaction, observation };
}
