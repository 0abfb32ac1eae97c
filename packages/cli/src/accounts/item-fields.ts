import type { ConnectedAccount } from "./connected-accounts.ts";

/** The fields about its account that `--json` adds to an item of the service. */
export function accountFields(account: ConnectedAccount) {
  return {
    accountId: account.id,
    ...(account.alias === undefined ? {} : { accountAlias: account.alias }),
    accountIban: account.iban ?? null,
    institutionId: account.institution_id ?? null,
  };
}

/** The fields about the response that `--json` adds to an item of it. */
export function originFields(meta: { fromCache: boolean; stale: boolean; createdAt: Date }) {
  return { asOf: meta.createdAt.toISOString(), fromCache: meta.fromCache, stale: meta.stale };
}
