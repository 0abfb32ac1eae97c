import { type Searched, wordsOf } from "bankdata-core/bank";
import { BankDataError } from "bankdata-core/base";
import {
  addWords,
  type Database,
  type EntryWords,
  removeWords,
  removeWordsOfAccount,
  type Writer,
} from "../database/index.ts";
import type { Entry } from "../identity/index.ts";
import type { EntryChanges } from "./entry-changes.ts";
import { microsOf } from "./entry-columns.ts";
import { inGroups, PackCache } from "./pack-cache.ts";
import { isUnreadable } from "./payload.ts";
import { sizeWords } from "./size-words.ts";

/** Begins the word for the account. */
const OF_ACCOUNT = "\uE002";

/** The word that all transactions of an account have. */
export function accountWord(account: number): string {
  return `${OF_ACCOUNT}${account}`;
}

/** Keeps the index of words up to date: what is new is indexed, and what has other words, or another date, anew. */
export async function indexWords(writer: Writer, account: number, changes: EntryChanges): Promise<void> {
  const entries = new Map<number, Entry>(changes.added.map(({ key, entry }) => [key, entry]));
  const gone = changes.removed.map(({ before }) => before);
  const before = new Map(changes.modified.map((one) => [one.before.key, one]));
  for (const keys of inGroups([...before.keys()])) {
    const rows = await writer.kysely
      .selectFrom("entry")
      .select(["key", "account", "payload", "date"])
      .where("key", "in", keys)
      .execute();
    for (const now of rows) {
      const modified = before.get(now.key);
      if (modified === undefined) continue;
      const { before: row, was, entry } = modified;
      const isInPlace = row.date === now.date && row.account === now.account;
      // Banks that give new ids each time change all rows and no word.
      if (isInPlace && (row.payload === now.payload || (was !== undefined && haveSameWords(was, entry))))
        continue;
      gone.push(row);
      entries.set(now.key, entry);
    }
  }
  await removeWords(writer, gone);
  await addWords(
    writer,
    [...entries].map(([key, entry]) => wordsIn(key, account, entry)),
  );
}

function haveSameWords(one: Entry, other: Entry): boolean {
  const [before, after] = [wordsOf(one), wordsOf(other)];
  return before.size === after.size && [...before].every((word) => after.has(word));
}

/** Takes the words of an account out of the index; its transactions must still be there. */
export async function forgetWords(writer: Writer, account: number): Promise<void> {
  await removeWordsOfAccount(writer, account);
}

/** How many transactions are indexed in one write. */
const MOST_AT_ONCE = 5000;

/** Indexes what has yet to be indexed since a migration. If it is interrupted, the next opening goes on. */
export async function indexTheUnindexed(database: Database): Promise<void> {
  while ((await someUnindexed(database, 1)).length > 0) {
    await database.write(async (writer) => {
      await writer.lockAccount(0);
      const keys = await someUnindexed(writer, MOST_AT_ONCE);
      for (const group of inGroups(keys)) {
        await addWords(writer, await storedWords(writer, group));
        await writer.kysely.deleteFrom("unindexed").where("entry", "in", group).execute();
      }
    });
  }
}

async function someUnindexed({ kysely }: Pick<Database, "kysely">, most: number): Promise<number[]> {
  const rows = await kysely.selectFrom("unindexed").select("entry").orderBy("entry").limit(most).execute();
  return rows.map(({ entry }) => entry);
}

async function storedWords(writer: Writer, keys: readonly number[]): Promise<EntryWords[]> {
  const rows = await writer.kysely
    .selectFrom("entry")
    .innerJoin("payload", "payload.key", "entry.payload")
    .select(["entry.key", "entry.account", "entry.amount", "entry.counterparty", "entry.text"])
    .select(["payload.pack", "payload.place"])
    .where("entry.key", "in", keys)
    .execute();
  const packs = new PackCache();
  const words: EntryWords[] = [];
  for (const { key, account, ...row } of rows) {
    try {
      const [payload] = await packs.payloadsAt(writer.kysely, [row]);
      if (payload !== undefined && !isUnreadable(payload)) words.push(wordsIn(key, account, payload));
    } catch (error) {
      if (error instanceof BankDataError) throw error;
      // What the bank said of it is damaged. It is found by what is left, and does not keep the rest from being found.
      words.push(wordsIn(key, account, { ...NOTHING_SAID, ...row }));
    }
  }
  return words;
}

/** What a transaction is searched by if only its columns are left. */
const NOTHING_SAID = {
  ...{
    creditor: null,
    debtor: null,
    ultimateCreditor: null,
    ultimateDebtor: null,
    counterpartyAccount: null,
  },
  ...{ endToEndId: null, mandateId: null, creditorId: null, checkId: null, exchange: null },
  texts: { unstructured: null, structured: null, additional: null, note: null },
} as const;

/** What a transaction of an account is found by. */
export function wordsIn(key: number, account: number, entry: Searched): EntryWords {
  return { key, words: [...wordsOf(entry), accountWord(account), ...sizeWords(microsOf(entry.amount))] };
}
