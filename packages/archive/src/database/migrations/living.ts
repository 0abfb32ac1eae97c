import type { Migration, Words } from "./migration.ts";

/**
 * What it takes to live from an archive: an index of the words of transactions, and a log of what changed. Everything that
 * is there counts as added.
 */
export const livingFromIt: Migration = {
  version: 2,
  statements: (words) => [...changeLog(words), ...wordIndex(words)],
};

/**
 * The log of changes. A row is either about a range of keys, all of them of one account, that were added together, or about
 * one transaction, with what it was before. Forgotten accounts leave a row without an account.
 */
function changeLog({ key, integer, typed }: Words): string[] {
  return [
    `create table change (
      key ${key},
      tenant text not null,
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
      payload ${integer}
    )${typed}`,
    "create index change_of_tenant on change (tenant, key)",
    "create index change_of_account on change (account, key)",
    // Finds what a transaction was before a later change.
    "create index change_of_entry on change (first_entry, key) where kind in ('modified', 'removed')",
    `insert into change (tenant, account, kind, first_entry, last_entry)
      select account.tenant, island.account, 'added', min(island.key), max(island.key)
      from (
        select entry.account, entry.key, entry.key - row_number() over (partition by entry.account order by entry.key) as number
        from entry
      ) as island join account on account.key = island.account
      group by account.tenant, island.account, island.number
      order by min(island.key)`,
  ];
}

function wordIndex(_words: Words): string[] {
  return [];
}
