-- An archive as version 1 of its tables left it.
pragma application_id = 1111769458;
pragma user_version = 1;
begin;
CREATE TABLE connection (
      key integer primary key autoincrement,
      tenant text not null,
      provider text not null,
      id text not null,
      bank text,
      state text not null,
      granted_at integer,
      valid_until integer,
      seen_at integer not null,
      unique (tenant, provider, id)
    ) strict;
CREATE TABLE account (
      key integer primary key autoincrement,
      tenant text not null,
      id text not null unique,
      bank text,
      currency text,
      iban text,
      label text,
      holder text,
      product text,
      kind text,
      described_at integer,
      created_at integer not null,
      memory text,
      runs integer not null default 0
    ) strict;
CREATE TABLE account_identity (
      account integer not null references account on delete cascade,
      rank integer not null,
      scheme text not null,
      scope text,
      value text not null,
      currency text
    ) strict;
CREATE TABLE account_handle (
      tenant text not null,
      provider text not null,
      handle text not null,
      account integer not null references account on delete cascade,
      connection text,
      first_seen_at integer not null,
      last_seen_at integer not null,
      primary key (tenant, provider, handle)
    ) strict, without rowid;
CREATE TABLE run (
      account integer not null references account on delete cascade,
      number integer not null,
      provider text not null,
      handle text,
      observed_at integer not null,
      recorded_at integer not null,
      covers_from text,
      covers_to text,
      covers_pending integer not null check (covers_pending in (0, 1)),
      listing integer not null,
      primary key (account, number)
    ) strict, without rowid;
CREATE TABLE listing (
      key integer primary key autoincrement,
      account integer not null references account on delete cascade,
      base integer,
      data blob not null
    ) strict;
CREATE TABLE pack (
      key integer primary key autoincrement,
      account integer not null references account on delete cascade,
      data blob not null
    ) strict;
CREATE TABLE payload (
      key integer primary key autoincrement,
      account integer not null references account on delete cascade,
      digest blob not null,
      pack integer not null,
      place integer not null,
      unique (account, digest)
    ) strict;
CREATE TABLE balance (
      key integer primary key autoincrement,
      account integer not null references account on delete cascade,
      kind text,
      kind_as_sent text,
      amount text not null,
      currency text not null,
      date text,
      first_seen_at integer not null,
      last_seen_at integer not null,
      raw text not null
    ) strict;
CREATE TABLE entry (
      key integer primary key autoincrement,
      id text not null unique,
      account integer not null references account on delete cascade,
      status text not null,
      certain integer not null check (certain in (0, 1)),
      amount text not null,
      micros integer,
      currency text not null,
      booking_date text,
      value_date text,
      date text not null,
      counterparty text,
      text text not null,
      payload integer not null,
      list text not null,
      ordinal integer not null,
      first_run integer not null,
      notes text
    ) strict;
CREATE TABLE link (
      payload integer not null references payload on delete cascade,
      list text not null,
      ordinal integer not null,
      since integer not null,
      entry integer not null references entry on delete cascade,
      rule text not null,
      cost real not null,
      certain integer not null check (certain in (0, 1)),
      version integer not null,
      primary key (payload, list, ordinal, since)
    ) strict, without rowid;
CREATE TABLE former_id (
      id text primary key not null,
      account integer not null references account on delete cascade,
      entry integer not null references entry on delete cascade
    ) strict, without rowid;
CREATE TABLE decision (
      key integer primary key autoincrement,
      account integer not null references account on delete cascade,
      verdict text not null check (verdict in ('same', 'different', 'twin')),
      one_run integer not null,
      one_list text not null,
      one_position integer not null,
      other_run integer not null,
      other_list text not null,
      other_position integer not null,
      decided_at integer not null
    ) strict;
insert into connection values (1, 'default', 'gocardless', 'c1', 'MONZO_MONZGB2L', 'active', 1795435200007, 1803211200007, 1795435200007);
insert into account values (1, 'default', 'acc0000000000000000000000a', 'MONZO_MONZGB2L', 'EUR', 'DE02120300000000202051', 'Current', 'A. N. Other', null, 'current', 1795435200007, 1795435200007, '{"ids":{}}', 1);
insert into account_identity values (1, 0, 'iban', null, 'DE02120300000000202051', 'EUR');
insert into account_handle values ('default', 'gocardless', '7e944232', 1, 'c1', 1795435200007, 1795435200007);
insert into run values (1, 1, 'gocardless', '7e944232', 1795435200007, 1795435200007, '2026-08-25', null, 1, 1);
insert into listing values (1, 1, null, x'0102ff');
insert into pack values (1, 1, x'00fe');
insert into payload values (1, 1, x'00112233445566778899aabbccddeeff', 1, 0);
insert into balance values (1, 1, 'booked', 'closingBooked', '12.30', 'EUR', '2026-11-23', 1795435200007, 1795435200007, '{"balanceAmount":{"amount":"12.30"}}');
insert into entry values (1, '0000000000000000000000000a', 1, 'booked', 1, '9007199254.740993', 9007199254740993, 'EUR', '2026-11-20', null, '2026-11-20', 'Café', 'Coffee', 1, 'booked', 0, 1, null);
insert into entry values (2, '0000000000000000000000000b', 1, 'pending', 0, '0.0000001', null, 'EUR', null, null, '2026-11-22', null, 'Coffee', 1, 'pending', 0, 1, '{"missing":1}');
insert into link values (1, 'booked', 0, 1, 1, 'new', 0.5, 1, 1);
insert into former_id values ('0000000000000000000000000c', 1, 1);
insert into decision values (1, 1, 'twin', 1, 'booked', 0, 1, 'booked', 1, 1795435200007);
delete from sqlite_sequence;
insert into sqlite_sequence values ('connection', 1);
insert into sqlite_sequence values ('account', 1);
insert into sqlite_sequence values ('listing', 1);
insert into sqlite_sequence values ('pack', 1);
insert into sqlite_sequence values ('payload', 1);
insert into sqlite_sequence values ('entry', 2);
insert into sqlite_sequence values ('balance', 1);
insert into sqlite_sequence values ('decision', 1);
CREATE INDEX account_of_tenant on account (tenant);
CREATE UNIQUE INDEX account_identity_once
      on account_identity (account, scheme, coalesce(scope, ''), value, coalesce(currency, ''));
CREATE INDEX account_identity_by_value on account_identity (value, scheme);
CREATE INDEX account_handle_of_account on account_handle (account);
CREATE INDEX listing_of_account on listing (account);
CREATE INDEX pack_of_account on pack (account);
CREATE INDEX balance_of_account on balance (account, last_seen_at);
CREATE INDEX entry_by_date on entry (account, date);
CREATE INDEX entry_open on entry (account, date) where status in ('pending', 'scheduled');
CREATE INDEX link_of_entry on link (entry);
CREATE INDEX former_id_of_account on former_id (account);
CREATE INDEX former_id_of_entry on former_id (entry);
CREATE INDEX decision_of_account on decision (account);
CREATE VIEW connections as
      select tenant, provider, id, bank, state,
        strftime('%Y-%m-%dT%H:%M:%S', granted_at / 1000, 'unixepoch') || printf('.%03dZ', granted_at % 1000) as granted_at, strftime('%Y-%m-%dT%H:%M:%S', valid_until / 1000, 'unixepoch') || printf('.%03dZ', valid_until % 1000) as valid_until,
        strftime('%Y-%m-%dT%H:%M:%S', seen_at / 1000, 'unixepoch') || printf('.%03dZ', seen_at % 1000) as seen_at
      from connection;
CREATE VIEW accounts as
      select tenant, id, bank, iban, currency, label, holder, product, kind, runs,
        strftime('%Y-%m-%dT%H:%M:%S', described_at / 1000, 'unixepoch') || printf('.%03dZ', described_at % 1000) as described_at, strftime('%Y-%m-%dT%H:%M:%S', created_at / 1000, 'unixepoch') || printf('.%03dZ', created_at % 1000) as created_at
      from account;
CREATE VIEW account_identities as
      select account.tenant, account.id as account, account_identity.rank, account_identity.scheme,
        account_identity.scope, account_identity.value, account_identity.currency
      from account_identity join account on account.key = account_identity.account;
CREATE VIEW account_handles as
      select account_handle.tenant, account_handle.provider, account_handle.handle, account.id as account,
        account_handle.connection, strftime('%Y-%m-%dT%H:%M:%S', account_handle.first_seen_at / 1000, 'unixepoch') || printf('.%03dZ', account_handle.first_seen_at % 1000) as first_seen_at,
        strftime('%Y-%m-%dT%H:%M:%S', account_handle.last_seen_at / 1000, 'unixepoch') || printf('.%03dZ', account_handle.last_seen_at % 1000) as last_seen_at
      from account_handle join account on account.key = account_handle.account;
CREATE VIEW runs as
      select account.tenant, account.id as account, run.number, run.provider, run.handle,
        strftime('%Y-%m-%dT%H:%M:%S', run.observed_at / 1000, 'unixepoch') || printf('.%03dZ', run.observed_at % 1000) as observed_at, strftime('%Y-%m-%dT%H:%M:%S', run.recorded_at / 1000, 'unixepoch') || printf('.%03dZ', run.recorded_at % 1000) as recorded_at,
        run.covers_from, run.covers_to, run.covers_pending as covers_pending
      from run join account on account.key = run.account;
CREATE VIEW transactions as
      select account.tenant, account.id as account, entry.id, entry.status, entry.certain as certain,
        entry.amount, cast(entry.amount as real) as amount_number, entry.micros as amount_micros, entry.currency,
        entry.date, entry.booking_date, entry.value_date, entry.counterparty, entry.text,
        strftime('%Y-%m-%dT%H:%M:%S', run.observed_at / 1000, 'unixepoch') || printf('.%03dZ', run.observed_at % 1000) as first_seen_at
      from entry join account on account.key = entry.account
        left join run on run.account = entry.account and run.number = entry.first_run;
CREATE VIEW balances as
      select account.tenant, account.id as account, balance.kind, balance.kind_as_sent, balance.amount,
        cast(balance.amount as real) as amount_number, balance.currency, balance.date,
        strftime('%Y-%m-%dT%H:%M:%S', balance.first_seen_at / 1000, 'unixepoch') || printf('.%03dZ', balance.first_seen_at % 1000) as first_seen_at, strftime('%Y-%m-%dT%H:%M:%S', balance.last_seen_at / 1000, 'unixepoch') || printf('.%03dZ', balance.last_seen_at % 1000) as last_seen_at
      from balance join account on account.key = balance.account;
commit;
