import Big from "big.js";
import type { SandboxOptions, TrueTransaction } from "../../packages/sandbox/src/index.ts";
import { plainClient } from "./plain-client.ts";
import type { Row } from "./watched-account.ts";

interface Balance {
  balanceAmount: { amount: string };
  balanceType: string;
  creditLimitIncluded?: boolean;
  lastChangeDateTime?: string;
  lastCommittedTransaction?: string;
}

/** An entry that a list had on a day, once, with the amount that the row says. */
export interface Listed {
  id: string;
  row: Row;
  amount: Big;
}

/** What an account's responses said on a day. */
export interface AccountDay {
  date: string;
  booked: Listed[];
  pending: Listed[];
  balances: Balance[];
}

export interface WatchedBalances {
  kind: string;
  days: AccountDay[];
  truth: TrueTransaction[];
}

interface Read {
  date: string;
  lists: { booked: Row[]; pending: Row[] };
  balances: Balance[];
}

/** Reads transactions and balances of all accounts at a bank, once a day. */
export async function readDaily(
  bank: string,
  { days, ...options }: SandboxOptions & { days: number },
): Promise<WatchedBalances[]> {
  await using client = await plainClient({ rateLimits: false, ...options });
  const { accounts }: { accounts: string[] } = await client.connect(bank, { max_historical_days: 60 });
  const get = async (path: string) => (await client.send("GET", path)).body;
  const read = accounts.map((): Read[] => []);
  for (let day = 0; day < days; day += 1) {
    client.sandbox.advanceTime({ days: day === 0 ? 0 : 1 });
    await client.logIn();
    for (const [at, id] of accounts.entries()) {
      const { transactions, pending: beside = [] } = await get(`/accounts/${id}/transactions/`);
      const { booked, pending = beside } = transactions;
      const { balances } = await get(`/accounts/${id}/balances/`);
      const date = client.sandbox.now().slice(0, 10);
      read[at]?.push({ date, lists: { booked, pending }, balances });
    }
  }
  const found = [];
  for (const [at, id] of accounts.entries()) {
    const truth = client.sandbox.truth(id);
    const { account } = await get(`/accounts/${id}/details/`);
    const kind = account.cashAccountType ?? "bare";
    const places = placesIn(truth);
    const responses = (read[at] ?? []).map(({ date, lists, balances }, response) => ({
      date,
      balances,
      booked: listed(lists.booked, `${response} booked`, places),
      pending: listed(lists.pending, `${response} pending`, places),
    }));
    found.push({ kind: `${kind} ${account.currency}`, days: responses, truth });
  }
  return found;
}

/** The entries by the response, the list and the position at which they were shown, with what was shown. */
function placesIn(truth: readonly TrueTransaction[]): Map<string, { id: string; payload: Row }> {
  return new Map(
    truth.flatMap(({ id, observed }) =>
      observed.flatMap(({ status, seen, payload }) =>
        seen.map(({ response, position }): [string, { id: string; payload: Row }] => [
          `${response} ${status} ${position}`,
          { id, payload },
        ]),
      ),
    ),
  );
}

function listed(
  rows: readonly Row[],
  place: string,
  places: ReadonlyMap<string, { id: string; payload: Row }>,
): Listed[] {
  const found = new Map<string, Listed>();
  for (const [position, row] of rows.entries()) {
    const known = places.get(`${place} ${position}`);
    if (known === undefined || JSON.stringify(known.payload) !== JSON.stringify(row))
      throw new Error(`The truth does not know row ${place} ${position}.`);
    const { id } = known;
    if (!found.has(id)) found.set(id, { id, row, amount: amountOf(row["transactionAmount"]) });
  }
  return [...found.values()];
}

/** The amount of a member such as `transactionAmount`. */
export function amountOf(member: unknown): Big {
  const amount =
    typeof member === "object" && member !== null && "amount" in member ? member.amount : undefined;
  if (typeof amount !== "string" && typeof amount !== "number") throw new Error("There is no amount.");
  return new Big(amount);
}

export const sumOf = (list: readonly Listed[]) =>
  list.reduce((sum, { amount }) => sum.plus(amount), new Big(0));
