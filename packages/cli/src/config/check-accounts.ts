import { comparableNumber, folded } from "bankdata-core/bank";
import { ConfigurationError } from "bankdata-core/base";
import type { ConfiguredAccount } from "./configuration.ts";

/** The place in the file of a key of an account. */
type PlaceOf = (path: readonly PropertyKey[]) => string;

/**
 * Checks that each entry means an account, and that accounts can be told apart: no two are the same account, and no alias
 * stands for two of them.
 *
 * @throws ConfigurationError naming the place, or the places of both
 */
export function checkAccounts(accounts: readonly ConfiguredAccount[], placeOf: PlaceOf): void {
  const names = new Map<string, Named>();
  const aliases = new Map<string, Named>();
  for (const [at, account] of accounts.entries()) {
    if (account.id === undefined && account.iban === undefined)
      throw new ConfigurationError(`${placeOf(["accounts", at])}: this account needs an id or an iban.`);
    for (const [key, name] of numbersOf(account)) {
      const other = names.get(name);
      if (other !== undefined) throw twice(placeOf, { at, key }, other, `${key} names the same account as`);
      names.set(name, { at, key });
    }
    if (account.alias === undefined) continue;
    const other = aliases.get(folded(account.alias.trim()));
    if (other !== undefined) throw twice(placeOf, { at, key: "alias" }, other, "this alias is taken by");
    aliases.set(folded(account.alias.trim()), { at, key: "alias" });
  }
  for (const { at, key } of aliases.values()) {
    const other = names.get(comparableNumber(accounts[at]?.alias ?? ""));
    if (other !== undefined && other.at !== at)
      throw twice(placeOf, { at, key }, other, `this alias is the ${other.key} of`);
  }
}

/** A key of one of the accounts. */
interface Named {
  at: number;
  key: string;
}

/** What an account is found by. An IBAN may have several accounts, one in each currency. */
function numbersOf({ id, iban, currency = "" }: ConfiguredAccount): [string, string][] {
  return [
    ...(id === undefined ? [] : [["id", comparableNumber(id)] satisfies [string, string]]),
    ...(iban === undefined
      ? []
      : [["iban", `${comparableNumber(iban)}${currency && ` ${currency}`}`] satisfies [string, string]]),
  ];
}

function twice(placeOf: PlaceOf, one: Named, other: Named, why: string): ConfigurationError {
  const place = ({ at, key }: Named) => placeOf(["accounts", at, key]);
  return new ConfigurationError(`${place(one)}: ${why} the account at ${place(other)}.`);
}
