/** An account as a renewed consent is compared by. */
export interface ComparedAccount {
  id: string;
  iban: string | null;
  /** Null if it is not known: one IBAN may hold several currencies. */
  currency: string | null;
}

/** What became of the accounts of a consent when it was renewed. */
export interface Succession {
  /** Accounts that kept their id. */
  same: string[];
  /** The same account under a new id. */
  renamed: { from: string; to: string }[];
  /** Old ones without a successor. */
  gone: string[];
  /** New ones without a predecessor. */
  added: string[];
}

/**
 * Maps new accounts to old ones: by their id, then by IBAN and currency, if these identify one account alone on
 * either side. Nothing is guessed.
 */
export function successionOf(old: readonly ComparedAccount[], fresh: readonly ComparedAccount[]): Succession {
  const freshIds = new Set(fresh.map(({ id }) => id));
  const same = old.map(({ id }) => id).filter((id) => freshIds.has(id));
  const left = old.filter(({ id }) => !freshIds.has(id));
  const come = fresh.filter(({ id }) => !same.includes(id));
  const renamed: Succession["renamed"] = [];
  for (const one of left) {
    const heirs = come.filter((other) => matches(one, other));
    const [heir] = heirs;
    const rivals = heir === undefined ? [] : left.filter((other) => matches(other, heir));
    if (heir !== undefined && heirs.length === 1 && rivals.length === 1)
      renamed.push({ from: one.id, to: heir.id });
  }
  const from = new Set(renamed.map((pair) => pair.from));
  const to = new Set(renamed.map((pair) => pair.to));
  return {
    same,
    renamed,
    gone: left.map(({ id }) => id).filter((id) => !from.has(id)),
    added: come.map(({ id }) => id).filter((id) => !to.has(id)),
  };
}

/** An unknown currency may be any. */
function matches(one: ComparedAccount, other: ComparedAccount): boolean {
  if (one.iban === null || one.iban !== other.iban) return false;
  return one.currency === null || other.currency === null || one.currency === other.currency;
}
