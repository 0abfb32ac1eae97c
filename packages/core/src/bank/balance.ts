/** The kinds of balance, in the words of the Berlin Group's NextGenPSD2 and ISO 20022. */
export const BALANCE_KINDS = [
  "closingBooked",
  "closingAvailable",
  "interimBooked",
  "interimAvailable",
  "openingBooked",
  "openingAvailable",
  "forwardAvailable",
  "previouslyClosedBooked",
  "expected",
  "information",
  "nonInvoiced",
  "authorised",
] as const;

/** What a balance counts and when. */
export type BalanceKind = (typeof BALANCE_KINDS)[number];

/** Which balance of an account is meant: one kind, or any that counts the same. */
export const BALANCE_CHOICES = [...BALANCE_KINDS, "booked", "available"] as const;

/** `booked` and `available` mean the most recent kind that counts that. */
export type BalanceChoice = (typeof BALANCE_CHOICES)[number];

/** One balance of an account; most accounts have several. */
export interface BankBalance {
  /** An exact decimal, negative if it is owed. */
  readonly amount: string;
  /** ISO 4217. */
  readonly currency: string;
  /** Null if the bank sent no kind, or an unrecognised one. */
  readonly kind: BalanceKind | null;
  /** The kind as the provider wrote it, such as `interimAvailable` or `ITAV`; null if it sent none. */
  readonly kindAsSent: string | null;
  /** The day that it is for, `YYYY-MM-DD`; many banks send none. */
  readonly date: string | null;
  /** When it last changed, as the bank wrote it; most banks send nothing. */
  readonly lastChangeDateTime: string | null;
  /** Whether a credit limit is part of the amount; null if the bank does not say. */
  readonly creditLimitIncluded: boolean | null;
  /** The whole balance as the bank sent it. */
  readonly raw: unknown;
}

/** The kinds that a choice means, the best first. */
const MEANT: Readonly<Partial<Record<BalanceChoice, readonly BalanceKind[]>>> = {
  booked: ["interimBooked", "closingBooked", "openingBooked", "previouslyClosedBooked"],
  available: ["interimAvailable", "closingAvailable", "forwardAvailable", "openingAvailable"],
};

/**
 * The kinds in the order in which they answer "how much is in the account": what is booked and pending, what is booked,
 * and what can be spent, the most recent first.
 */
const USUAL: readonly BalanceKind[] = [
  ...(["expected", "interimBooked", "closingBooked"] as const),
  ...(["interimAvailable", "closingAvailable", "forwardAvailable"] as const),
  ...(["openingBooked", "openingAvailable", "previouslyClosedBooked"] as const),
  // `authorised` contains a credit line.
  ...(["authorised", "information", "nonInvoiced"] as const),
];

/**
 * The balances that are the account's balance: one in each currency, as sums of different currencies cannot be compared.
 * The
 * chosen kind is preferred, then a balance that contains no credit limit, then the usual order, then the latest date. Empty
 * if there are no balances.
 *
 * @param choice what is preferred; if the bank sends no such balance, the usual order applies
 */
export function mainBalances<B extends Omit<BankBalance, "raw">>(
  balances: readonly B[],
  choice?: BalanceChoice | undefined,
): ReadonlySet<B> {
  const best = new Map<string, B>();
  for (const balance of balances) {
    const other = best.get(balance.currency);
    if (other === undefined || isPreferred(balance, other, choice)) best.set(balance.currency, balance);
  }
  return new Set(best.values());
}

function isPreferred(
  one: Omit<BankBalance, "raw">,
  other: Omit<BankBalance, "raw">,
  choice: BalanceChoice | undefined,
): boolean {
  const [mine, theirs] = [rankOf(one, choice), rankOf(other, choice)];
  const differing = mine.findIndex((rank, at) => rank !== theirs[at]);
  if (differing !== -1) return (mine[differing] ?? 0) < (theirs[differing] ?? 0);
  return (one.date ?? "") > (other.date ?? "");
}

/** Smaller is better, the first that differs decides. */
function rankOf(
  { kind, creditLimitIncluded }: Omit<BankBalance, "raw">,
  choice: BalanceChoice | undefined,
): number[] {
  const chosen = BALANCE_KINDS.filter((one) => one === choice);
  const meant = choice === undefined ? [] : (MEANT[choice] ?? chosen);
  const place = (kinds: readonly BalanceKind[]) => {
    const at = kind === null ? -1 : kinds.indexOf(kind);
    return at === -1 ? kinds.length : at;
  };
  const isMeant = place(meant) < meant.length;
  return [isMeant ? 0 : 1, creditLimitIncluded ? 1 : 0, place(meant), place(USUAL)];
}
