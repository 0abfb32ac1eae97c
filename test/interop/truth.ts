import type { Sandbox, TrueTransaction } from "../../packages/sandbox/src/index.ts";

/**
 * A booked entry as a program has read it. It has the members that the program keeps, in a form that can be compared with
 * the truth; a member that no entry of the program has, or that is null in all of them, is not compared.
 */
export interface ReadEntry {
  /** A decimal number, such as `-24.0`, negative if money leaves the account. */
  amount: string;
  currency: string;
  /** The booking date, `YYYY-MM-DD`. */
  bookedOn?: string | null | undefined;
  /** The value date, `YYYY-MM-DD`. */
  valueOn?: string | null | undefined;
  /** The id of that name in the newest booked form that a response showed. */
  transactionId?: string | null | undefined;
  internalTransactionId?: string | null | undefined;
  entryReference?: string | null | undefined;
  /** The text of the payment. */
  description?: string | null | undefined;
  /** The name of the other side. */
  counterparty?: string | null | undefined;
}

/**
 * The true entries of an account whose booked form some response has shown.
 *
 * @throws Error if there is none, because a comparison with nothing proves nothing
 */
export function shownAsBooked(sandbox: Pick<Sandbox, "truth">, accountId: string): TrueTransaction[] {
  const shown = sandbox
    .truth(accountId)
    .filter(({ observed }) => observed.some(({ status }) => status === "booked"));
  if (shown.length === 0) throw new Error(`no response has shown a booked entry of account ${accountId}`);
  return shown;
}

/** The true entries of an account that the newest response with them showed as pending. */
export function shownAsPending(sandbox: Pick<Sandbox, "truth">, accountId: string): TrueTransaction[] {
  return sandbox.truth(accountId).filter(({ observed }) => observed.at(-1)?.status === "pending");
}

/**
 * Compares what a program has read with the truth, entry by entry, and each with a partner of its own: amounts as exact
 * decimal numbers, everything else as text.
 *
 * @param name what was compared, for the message
 * @throws Error that counts what is lost and what is untrue, and names the first of each
 */
export function assertSameEntries(
  read: readonly ReadEntry[],
  truth: readonly TrueTransaction[],
  name: string,
): void {
  const members = membersOf(read);
  const unmatched = new Map<string, Compared[]>();
  for (const one of read) {
    const compared = pick(one, members);
    const key = JSON.stringify(compared);
    unmatched.set(key, [...(unmatched.get(key) ?? []), compared]);
  }
  const lost = truth
    .map((one) => pick(trueEntry(one), members))
    .filter((one) => unmatched.get(JSON.stringify(one))?.pop() === undefined);
  const untrue = [...unmatched.values()].flat();
  if (lost.length === 0 && untrue.length === 0) return;
  const [first] = lost;
  const nearest = first === undefined ? untrue[0] : nearestTo(first, untrue);
  throw new Error(
    `${name}: of ${truth.length} true entries ${lost.length} were not read, and ${untrue.length} were read that are not ` +
      `true.\n  true: ${JSON.stringify(first)}\n  read: ${JSON.stringify(nearest)}`,
  );
}

const MEMBERS = [
  ...(["bookedOn", "valueOn", "amount", "currency", "counterparty", "description"] as const),
  ...(["transactionId", "internalTransactionId", "entryReference"] as const),
];
type Member = (typeof MEMBERS)[number];
/** The members that are compared, in the order of `MEMBERS`; null for one that the entry does not have. */
type Compared = (string | null)[];

/** The members that some entry has. Without any entry it is the amount, so that everything counts as lost. */
function membersOf(read: readonly ReadEntry[]): Member[] {
  return MEMBERS.filter(
    (member) => member === "amount" || read.some((one) => (one[member] ?? null) !== null),
  );
}

function pick(entry: ReadEntry, members: readonly Member[]): Compared {
  return members.map((member) => (member === "amount" ? exact(entry.amount) : (entry[member] ?? null)));
}

/** A true entry in the form in which programs keep it. */
function trueEntry(one: TrueTransaction): ReadEntry {
  const payload = one.observed.findLast(({ status }) => status === "booked")?.payload;
  const id = (member: string) => {
    const value: unknown = payload?.[member];
    return typeof value === "string" ? value : undefined;
  };
  return {
    amount: one.amount,
    currency: one.currency,
    bookedOn: one.bookedOn ?? undefined,
    valueOn: one.valueOn,
    counterparty: one.counterparty || undefined, // What the bank itself books has none.
    description: one.description,
    transactionId: id("transactionId"),
    internalTransactionId: id("internalTransactionId"),
    entryReference: id("entryReference"),
  };
}

/** A decimal number in its shortest form, so that `-24.00` and `-24.0` are equal and `-24.001` is not. */
function exact(amount: string): string {
  const parts = /^([+-]?)0*(\d+)(?:\.(\d*?)0*)?$/.exec(amount.trim());
  if (parts === null) throw new Error(`"${amount}" is not a decimal number`);
  const [, sign, whole, fraction] = parts;
  const number = fraction ? `${whole}.${fraction}` : `${whole}`;
  return sign === "-" && number !== "0" ? `-${number}` : number;
}

/** The entry that has most members in common with another. */
function nearestTo(one: Compared, others: readonly Compared[]): Compared | undefined {
  const common = (other: Compared) => other.filter((value, index) => value === one[index]).length;
  return others.toSorted((left, right) => common(right) - common(left))[0];
}
