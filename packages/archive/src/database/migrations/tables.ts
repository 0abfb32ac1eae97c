import type { Migration, Words } from "./migration.ts";
import { views } from "./views.ts";

/**
 * The tables. Whatever belongs to an account goes with it, and each reference that cascades has an index, without which
 * removing an account would read every table once for each row. The references without a constraint (`run.listing`,
 * `listing.base`, `payload.pack`, `entry.payload`) lead to rows of the same account that are never removed alone.
 */
export const makeTables: Migration = {
  version: 1,
  statements: (words) => [...owners(words), ...responses(words), ...transactions(words), ...views(words)],
};

const OF_ACCOUNT = "not null references account on delete cascade";

function owners({ key, integer, typed, ordered }: Words): string[] {
  return [
    `create table connection (
      key ${key},
      tenant text not null,
      provider text not null,
      id text not null,
      bank text,
      state text not null,
      granted_at ${integer},
      valid_until ${integer},
      seen_at ${integer} not null,
      unique (tenant, provider, id)
    )${typed}`,
    `create table account (
      key ${key},
      tenant text not null,
      id text not null unique,
      bank text,
      currency text,
      iban text,
      label text,
      holder text,
      product text,
      kind text,
      described_at ${integer},
      created_at ${integer} not null,
      memory text,
      runs ${integer} not null default 0
    )${typed}`,
    "create index account_of_tenant on account (tenant)",
    `create table account_identity (
      account ${integer} ${OF_ACCOUNT},
      rank ${integer} not null,
      scheme text not null,
      scope text,
      value text not null,
      currency text
    )${typed}`,
    `create unique index account_identity_once
      on account_identity (account, scheme, coalesce(scope, ''), value, coalesce(currency, ''))`,
    "create index account_identity_by_value on account_identity (value, scheme)",
    `create table account_handle (
      tenant text not null,
      provider text not null,
      handle text not null,
      account ${integer} ${OF_ACCOUNT},
      connection text,
      first_seen_at ${integer} not null,
      last_seen_at ${integer} not null,
      primary key (tenant, provider, handle)
    )${ordered}`,
    "create index account_handle_of_account on account_handle (account)",
  ];
}

function responses({ key, integer, bytes, typed, ordered }: Words): string[] {
  return [
    `create table run (
      account ${integer} ${OF_ACCOUNT},
      number ${integer} not null,
      provider text not null,
      handle text,
      observed_at ${integer} not null,
      recorded_at ${integer} not null,
      covers_from text,
      covers_to text,
      covers_pending ${integer} not null check (covers_pending in (0, 1)),
      listing ${integer} not null,
      primary key (account, number)
    )${ordered}`,
    `create table listing (
      key ${key},
      account ${integer} ${OF_ACCOUNT},
      base ${integer},
      data ${bytes} not null
    )${typed}`,
    "create index listing_of_account on listing (account)",
    `create table pack (
      key ${key},
      account ${integer} ${OF_ACCOUNT},
      data ${bytes} not null
    )${typed}`,
    "create index pack_of_account on pack (account)",
    `create table payload (
      key ${key},
      account ${integer} ${OF_ACCOUNT},
      digest ${bytes} not null,
      pack ${integer} not null,
      place ${integer} not null,
      unique (account, digest)
    )${typed}`,
    `create table balance (
      key ${key},
      account ${integer} ${OF_ACCOUNT},
      kind text,
      kind_as_sent text,
      amount text not null,
      currency text not null,
      date text,
      first_seen_at ${integer} not null,
      last_seen_at ${integer} not null,
      raw text not null
    )${typed}`,
    "create index balance_of_account on balance (account, last_seen_at)",
  ];
}

function transactions({ key, integer, real, typed, ordered }: Words): string[] {
  return [
    `create table entry (
      key ${key},
      id text not null unique,
      account ${integer} ${OF_ACCOUNT},
      status text not null,
      certain ${integer} not null check (certain in (0, 1)),
      amount text not null,
      micros ${integer},
      currency text not null,
      booking_date text,
      value_date text,
      date text not null,
      counterparty text,
      text text not null,
      payload ${integer} not null,
      list text not null,
      ordinal ${integer} not null,
      first_run ${integer} not null,
      notes text
    )${typed}`,
    "create index entry_by_date on entry (account, date)",
    // A query finds them by this index only if it has the same condition, word for word, and without parameters.
    "create index entry_open on entry (account, date) where status in ('pending', 'scheduled')",
    `create table link (
      payload ${integer} not null references payload on delete cascade,
      list text not null,
      ordinal ${integer} not null,
      since ${integer} not null,
      entry ${integer} not null references entry on delete cascade,
      rule text not null,
      cost ${real} not null,
      certain ${integer} not null check (certain in (0, 1)),
      version ${integer} not null,
      primary key (payload, list, ordinal, since)
    )${ordered}`,
    "create index link_of_entry on link (entry)",
    `create table former_id (
      id text primary key not null,
      account ${integer} ${OF_ACCOUNT},
      entry ${integer} not null references entry on delete cascade
    )${ordered}`,
    "create index former_id_of_account on former_id (account)",
    "create index former_id_of_entry on former_id (entry)",
    `create table decision (
      key ${key},
      account ${integer} ${OF_ACCOUNT},
      verdict text not null check (verdict in ('same', 'different', 'twin')),
      one_run ${integer} not null,
      one_list text not null,
      one_position ${integer} not null,
      other_run ${integer} not null,
      other_list text not null,
      other_position ${integer} not null,
      decided_at ${integer} not null
    )${typed}`,
    "create index decision_of_account on decision (account)",
  ];
}
