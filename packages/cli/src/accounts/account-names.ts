import { closest } from "../config/closest.ts";

/** An account as it can be named. */
export interface NamedAccount {
  id: string;
  iban?: string | null | undefined;
  /** The person's own name for it. */
  alias?: string | undefined;
  /** The bank's name for it. */
  name?: string | null | undefined;
}

/** What a name stands for. */
export type Resolved<A> =
  | { found: A }
  | { ambiguous: A[] }
  | { unknown: string; didYouMean: string | undefined };

/** A part of an id or an IBAN must have at least this many characters to stand for the whole. */
const SHORTEST_PART = 4;

/**
 * Finds the account that a name stands for: an alias, an id or its beginning, an IBAN with or without spaces or its
 * end. A whole match takes precedence over a part.
 */
export function resolveAccount<A extends NamedAccount>(name: string, accounts: readonly A[]): Resolved<A> {
  const wanted = compact(name);
  const whole = accounts.filter(
    ({ id, iban, alias }) => wanted === compact(id) || wanted === compact(iban) || same(name, alias),
  );
  const [only] = whole;
  if (only !== undefined) return whole.length === 1 ? { found: only } : { ambiguous: whole };
  const partly =
    wanted.length < SHORTEST_PART
      ? []
      : accounts.filter(({ id, iban }) => compact(id).startsWith(wanted) || compact(iban).endsWith(wanted));
  const [one] = partly;
  if (one !== undefined) return partly.length === 1 ? { found: one } : { ambiguous: partly };
  const names = accounts.flatMap(({ id, iban, alias }) =>
    [alias, id, iban].filter((text) => typeof text === "string"),
  );
  return { unknown: name, didYouMean: closest(name, names) };
}

function same(name: string, alias: string | undefined): boolean {
  return alias !== undefined && alias.trim().toLowerCase() === name.trim().toLowerCase();
}

function compact(text: string | null | undefined): string {
  return (text ?? "").replaceAll(/\s/g, "").toUpperCase();
}
