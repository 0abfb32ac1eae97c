import { type Kysely, type RawBuilder, sql } from "kysely";
import type { Dialect } from "./database.ts";
import type { Schema } from "./schema.ts";

/** What an index of words is asked for: transactions with a word, with one that begins so, or with all or any of others. */
export type WordCondition =
  | { readonly word: string }
  | { readonly beginning: string }
  | { readonly all: readonly WordCondition[] }
  | { readonly any: readonly WordCondition[] };

/** The words of a transaction. They contain neither spaces nor quotes, and no ASCII but letters and digits. */
export interface EntryWords {
  readonly key: number;
  readonly words: Iterable<string>;
}

/** How many bits of a row's number in SQLite are the transaction's key; those before are its day, counted from 1970. */
const KEY_BITS = 36;
const KEY_MASK = 2 ** KEY_BITS - 1;

/** The row of a transaction in SQLite. */
const ROW = sql<number>`(unixepoch(entry.date) / 86400 << ${sql.lit(KEY_BITS)} | entry.key)`;

/** Indexes transactions that are not indexed. */
export async function addWords(
  { kysely, dialect }: IndexPlace,
  entries: readonly EntryWords[],
): Promise<void> {
  if (entries.length === 0) return;
  const texts = entries.map(({ key, words }) => [key, [...words].join(" ")] as const);
  if (dialect === "sqlite") {
    // In order: FTS5 writes what it has gathered as soon as a row does not follow the one before.
    await sql`insert into entry_words (rowid, words)
      select ${ROW} as number, given.value ->> 1 from json_each(${JSON.stringify(texts)}) as given
      cross join entry on entry.key = given.value ->> 0 order by number`.execute(kysely);
    return;
  }
  await sql`insert into entry_words (entry, words)
    select key, array_to_tsvector(string_to_array(words, ' '))
    from unnest(${texts.map(([key]) => key)}::bigint[], ${texts.map(([, words]) => words)}::text[]) as given (key, words)`.execute(
    kysely,
  );
}

/** Takes transactions out of the index, which they are in under the dates that they have here. */
export async function removeWords(
  { kysely, dialect }: IndexPlace,
  entries: readonly { readonly key: number; readonly date: string }[],
): Promise<void> {
  if (entries.length === 0) return;
  if (dialect === "sqlite") {
    const rows = JSON.stringify(entries.map(({ key, date }) => ({ key, date })));
    await sql`delete from entry_words where rowid in (
      select (unixepoch(value ->> 'date') / 86400 << ${sql.lit(KEY_BITS)} | value ->> 'key') from json_each(${rows})
    )`.execute(kysely);
    return;
  }
  const keys = entries.map(({ key }) => key);
  await sql`delete from entry_words where entry = any(${keys}::bigint[])`.execute(kysely);
}

/** Takes all transactions of an account out of the index. */
export async function removeWordsOfAccount({ kysely, dialect }: IndexPlace, account: number): Promise<void> {
  const ofAccount = sql`from entry where entry.account = ${account}`;
  if (dialect === "sqlite")
    await sql`delete from entry_words where rowid in (select ${ROW} ${ofAccount})`.execute(kysely);
  else await sql`delete from entry_words where entry in (select entry.key ${ofAccount})`.execute(kysely);
}

/** Where an index is. */
export interface IndexPlace {
  readonly kysely: Kysely<Schema>;
  readonly dialect: Dialect;
}

/** The parts of a select of transactions that the index finds. */
export interface IndexedSelect {
  /** `entry`, as far as it has the words. */
  readonly from: RawBuilder<unknown>;
  readonly where: RawBuilder<unknown>;
  /** By date, then key; `asc` or `desc` is to follow each. */
  readonly order: readonly RawBuilder<unknown>[];
}

/** Days that limit a select, both included. */
export interface DayRange {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** How to select the transactions that meet a condition; null if there can be none. */
export async function indexedSelect(
  place: IndexPlace,
  condition: WordCondition,
  days: DayRange,
): Promise<IndexedSelect | null> {
  if (place.dialect === "postgres") {
    const wanted = tsquery(condition);
    if (wanted === null) return null;
    return {
      from: sql`entry_words join entry on entry.key = entry_words.entry`,
      where: sql`entry_words.words @@ ${wanted}::tsquery`,
      order: [sql`entry.date`, sql`entry.key`],
    };
  }
  const wanted = await matchExpression(place.kysely, condition);
  if (wanted === null) return null;
  const { from, to } = days;
  const first =
    from === undefined
      ? sql``
      : sql` and entry_words.rowid >= (unixepoch(${from}) / 86400 << ${sql.lit(KEY_BITS)})`;
  const last =
    to === undefined
      ? sql``
      : sql` and entry_words.rowid < (unixepoch(${to}) / 86400 + 1 << ${sql.lit(KEY_BITS)})`;
  return {
    from: sql`entry_words cross join entry on entry.key = entry_words.rowid & ${sql.lit(KEY_MASK)}`,
    where: sql`entry_words match ${wanted}${first}${last}`,
    order: [sql`entry_words.rowid`],
  };
}

/** A condition as Postgres reads it; null if nothing meets it. The words need no escaping. */
function tsquery(condition: WordCondition): string | null {
  if ("word" in condition) return `'${condition.word}'`;
  if ("beginning" in condition) return `'${condition.beginning}':*`;
  const isAll = "all" in condition;
  const parts = (isAll ? condition.all : condition.any).map(tsquery);
  return combined(parts, isAll ? " & " : " | ");
}

/** Of `and` every part has to be possible, of `or` one. */
function combined(
  parts: readonly (string | null)[],
  operator: " & " | " | " | " AND " | " OR ",
): string | null {
  const possible = parts.filter((part) => part !== null);
  const isAll = operator === " & " || operator === " AND ";
  if (possible.length === 0 || (isAll && possible.length < parts.length)) return null;
  return possible.length === 1 ? (possible[0] ?? null) : `(${possible.join(operator)})`;
}

/** A condition as FTS5 reads it; null if nothing meets it. */
async function matchExpression(kysely: Kysely<Schema>, condition: WordCondition): Promise<string | null> {
  if ("word" in condition) return `"${condition.word}"`;
  if ("beginning" in condition) return await beginningExpression(kysely, condition.beginning);
  const isAll = "all" in condition;
  const parts: (string | null)[] = [];
  for (const part of isAll ? condition.all : condition.any) parts.push(await matchExpression(kysely, part));
  return combined(parts, isAll ? " AND " : " OR ");
}

/** Up to how many words with the same beginning are searched one by one. */
const MOST_WORDS = 64;

/** After every word that begins like the one before it. */
const END = "\u{10ffff}";

/**
 * The words of the index that begin so. FTS5 would put all rows of all of them in order before it returns the first one; asked
 * for each word, it reads only what is wanted. If they are too many, the one that is typed whole is still asked for by itself,
 * as it may be the only one with many rows.
 */
async function beginningExpression(kysely: Kysely<Schema>, beginning: string): Promise<string | null> {
  const words = await wordsFrom(kysely, beginning);
  if (words.length <= MOST_WORDS)
    return combined(
      words.map((word) => `"${word}"`),
      " OR ",
    );
  if (words[0] !== beginning) return `"${beginning}" *`;
  const longer = await beginningsFrom(kysely, beginning);
  return combined([`"${beginning}"`, ...longer.map((one) => `"${one}" *`)], " OR ");
}

/** The first words that begin so, in order. The vocabulary is skipped through, word by word, without reading their rows. */
async function wordsFrom(kysely: Kysely<Schema>, beginning: string): Promise<string[]> {
  const next = (from: RawBuilder<unknown>) =>
    sql`(select term from entry_words_vocabulary where term >= ${from} and term < ${beginning + END} limit 1)`;
  const { rows } = await sql<{ word: string }>`with recursive found (word, number) as (
      select ${next(sql`${beginning}`)}, 1
      union all
      select ${next(sql`found.word || char(1)`)}, number + 1 from found where word is not null and number <= ${MOST_WORDS}
    ) select word from found where word is not null`.execute(kysely);
  return rows.map(({ word }) => word);
}

/** The beginnings, longer by one character, of all words that begin so and are longer. */
async function beginningsFrom(kysely: Kysely<Schema>, beginning: string): Promise<string[]> {
  const length = [...beginning].length + 1;
  const next = (from: RawBuilder<unknown>) =>
    sql`(select substr(term, 1, ${length}) from entry_words_vocabulary where term >= ${from} and term < ${beginning + END} limit 1)`;
  const { rows } = await sql<{ word: string }>`with recursive found (word) as (
      select ${next(sql`${beginning} || char(1)`)}
      union all
      select ${next(sql`found.word || ${END}`)} from found where word is not null
    ) select word from found where word is not null`.execute(kysely);
  return rows.map(({ word }) => word);
}
