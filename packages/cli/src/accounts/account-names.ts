import { comparableNumber } from "bankdata-core/bank";
import { closest } from "bankdata-core/base";

/** What an account can be named by. */
export interface NamedAccount {
  readonly handle: string | null;
  readonly iban: string | null;
  /** The person's own name for it; null if it has none. */
  readonly alias: string | null;
}

/** The account that a name stands for, or why there is not exactly one. */
export type Resolved<A> =
  | { found: A }
  | { ambiguous: A[] }
  | { unknown: string; didYouMean: string | undefined };

/** A part of a handle or an IBAN must have at least this many characters to stand for the whole. */
const SHORTEST_PART = 4;

/**
 * Finds the account that a name stands for: an alias, a handle or its beginning, an IBAN with or without spaces or its
 * end. A whole match takes precedence over a part.
 */
export function resolveAccount<A extends NamedAccount>(name: string, accounts: readonly A[]): Resolved<A> {
  const wanted = comparableNumber(name);
  const whole = accounts.filter(
    ({ handle, iban, alias }) =>
      wanted === comparable(handle) || wanted === comparable(iban) || isSameAlias(name, alias),
  );
  const [only] = whole;
  if (only !== undefined) return whole.length === 1 ? { found: only } : { ambiguous: whole };
  const partly =
    wanted.length < SHORTEST_PART
      ? []
      : accounts.filter(
          ({ handle, iban }) => comparable(handle)?.startsWith(wanted) || comparable(iban)?.endsWith(wanted),
        );
  const [one] = partly;
  if (one !== undefined) return partly.length === 1 ? { found: one } : { ambiguous: partly };
  const names = accounts.flatMap(({ handle, iban, alias }) =>
    [alias, handle, iban].filter((text) => text !== null),
  );
  return { unknown: name, didYouMean: closest(name, names) };
}

function isSameAlias(name: string, alias: string | null): boolean {
  return alias !== null && alias.trim().toLowerCase() === name.trim().toLowerCase();
}

function comparable(number: string | null): string | undefined {
  return number === null ? undefined : comparableNumber(number);
}
