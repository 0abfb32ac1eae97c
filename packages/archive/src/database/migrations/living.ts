import type { Migration, Words } from "./migration.ts";

/**
 * What it takes to live from an archive: an index of the words of transactions, and a log of what changed. Everything that
 * is there counts as added.
 */
export const livingFromIt: Migration = {
  version: 2,
  statements: (words) => [...firstRows(words), ...changeLog(words), ...wordIndex(words)],
};

/** Where the row stood by which a transaction began, by which it keeps its id whatever the rules make of the others. */
function firstRows({ integer }: Words): string[] {
  return [
    // What else the provider said of an account and a connection, so that they can be shown without it.
    "alter table account add column listed text",
    "alter table connection add column reference text",
    "alter table connection add column account_handles text",
    "alter table balance add column changed_at text",
    `alter table balance add column with_credit ${integer}`,
    `alter table former_id add column run ${integer}`,
    "alter table former_id add column list text",
    "alter table entry add column first_list text",
    `alter table entry add column first_position ${integer}`,
    `alter table former_id add column position ${integer}`,
  ];
}

/**
 * The log of changes. A row is either about a range of keys, all of them of one account, that were added together, or about
 * one transaction, with what it was before. Forgotten accounts leave a row without an account. The feed's id tells the
 * archive apart from others, so that the cursor of one is not taken for that of another.
 */
function changeLog({ key, integer, typed, randomText }: Words): string[] {
  return [
    `create table feed (id text not null)${typed}`,
    `insert into feed (id) values (${randomText})`,
    `create table change (
      key ${key},
      tenant text not null,
      token text not null,
      account ${integer} references account on delete cascade,
      kind text not null check (kind in ('added', 'modified', 'removed', 'forgotten')),
      first_entry ${integer},
      last_entry ${integer},
      account_id text,
      id text,
      into_id text,
      status text,
      certain ${integer},
      date text,
      payload ${integer},
      relinked ${integer}
    )${typed}`,
    "create index change_of_tenant on change (tenant, key)",
    "create index change_of_account on change (account, key)",
    "create index change_of_former_account on change (account_id, key) where account_id is not null",
    // Finds what a transaction was before a later change.
    "create index change_of_entry on change (first_entry, key) where kind in ('modified', 'removed')",
    `insert into change (tenant, token, account, kind, first_entry, last_entry)
      select account.tenant, '', island.account, 'added', min(island.key), max(island.key)
      from (
        select entry.account, entry.key, entry.key - row_number() over (partition by entry.account order by entry.key) as number
        from entry
      ) as island join account on account.key = island.account
      group by account.tenant, island.account, island.number
      order by min(island.key)`,
  ];
}

/**
 * The words of transactions, by which they are found: of names, texts and amounts, with words for the account and the size
 * of the amount. What was there before has yet to be indexed, which takes more than SQL.
 *
 * In SQLite, a row's number is the day of the transaction, then its key: so that the newest come first without sorting, and
 * neither has to be stored. Words are made elsewhere; `ascii` takes whatever is not ASCII for a part of a word.
 */
function wordIndex({ dialect, integer, ordered }: Words): string[] {
  const index =
    dialect === "sqlite"
      ? [
          "create virtual table entry_words using fts5(words, content='', contentless_delete=1, detail=none, tokenize='ascii')",
          "create virtual table entry_words_vocabulary using fts5vocab(entry_words, instance)",
        ]
      : [
          `create table entry_words (
            entry ${integer} primary key not null references entry on delete cascade,
            words tsvector not null
          )`,
          "create index entry_words_by_word on entry_words using gin (words)",
        ];
  return [
    ...index,
    `create table unindexed (entry ${integer} primary key not null)${ordered}`,
    "insert into unindexed (entry) select key from entry",
    // The few amounts that an index of numbers cannot hold.
    "create index entry_beyond_micros on entry (account) where micros is null",
  ];
}
