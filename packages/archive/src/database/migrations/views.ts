import type { Words } from "./migration.ts";

/**
 * The views of version 1, whose columns are promised to whoever queries with SQL. Ids take the place of keys, moments can be
 * read, and an amount is there as exact text, in exact millionths, and as a number.
 */
export function views({ number, moment, boolean }: Words): string[] {
  return [
    `create view connections as
      select tenant, provider, id, bank, state,
        ${moment("granted_at")} as granted_at, ${moment("valid_until")} as valid_until,
        ${moment("seen_at")} as seen_at
      from connection`,
    `create view accounts as
      select tenant, id, bank, iban, currency, label, holder, product, kind, runs,
        ${moment("described_at")} as described_at, ${moment("created_at")} as created_at
      from account`,
    `create view account_identities as
      select account.tenant, account.id as account, account_identity.rank, account_identity.scheme,
        account_identity.scope, account_identity.value, account_identity.currency
      from account_identity join account on account.key = account_identity.account`,
    `create view account_handles as
      select account_handle.tenant, account_handle.provider, account_handle.handle, account.id as account,
        account_handle.connection, ${moment("account_handle.first_seen_at")} as first_seen_at,
        ${moment("account_handle.last_seen_at")} as last_seen_at
      from account_handle join account on account.key = account_handle.account`,
    `create view runs as
      select account.tenant, account.id as account, run.number, run.provider, run.handle,
        ${moment("run.observed_at")} as observed_at, ${moment("run.recorded_at")} as recorded_at,
        run.covers_from, run.covers_to, ${boolean("run.covers_pending")} as covers_pending
      from run join account on account.key = run.account`,
    `create view transactions as
      select account.tenant, account.id as account, entry.id, entry.status, ${boolean("entry.certain")} as certain,
        entry.amount, ${number("entry.amount")} as amount_number, entry.micros as amount_micros, entry.currency,
        entry.date, entry.booking_date, entry.value_date, entry.counterparty, entry.text,
        ${moment("run.observed_at")} as first_seen_at
      from entry join account on account.key = entry.account
        left join run on run.account = entry.account and run.number = entry.first_run`,
    `create view balances as
      select account.tenant, account.id as account, balance.kind, balance.kind_as_sent, balance.amount,
        ${number("balance.amount")} as amount_number, balance.currency, balance.date,
        ${moment("balance.first_seen_at")} as first_seen_at, ${moment("balance.last_seen_at")} as last_seen_at
      from balance join account on account.key = balance.account`,
  ];
}
