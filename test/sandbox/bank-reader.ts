import { plainClient } from "./plain-client.ts";

/** An entry as a bank sends it. */
export type Entry = Record<string, unknown> & { transactionAmount: { amount: string; currency: string } };

export type PlainClient = Awaited<ReturnType<typeof plainClient>>;

/** What a bank answers about each of the end user's accounts there. */
export async function read(client: PlainClient, bank: string, days = 90) {
  const { accounts } = await client.connect(bank, { max_historical_days: days });
  const found = [];
  for (const id of accounts) {
    const get = async (path: string) => (await client.send("GET", `/accounts/${id}/${path}`)).body;
    const { transactions, pending: beside = [] } = await get("transactions/");
    const { booked, pending = beside }: { booked: Entry[]; pending?: Entry[] } = transactions;
    found.push({
      id: String(id),
      metadata: await get(""),
      details: (await get("details/")).account,
      balances: (await get("balances/")).balances,
      booked,
      pending,
      entries: [...booked, ...pending],
    });
  }
  const [first, second] = found;
  if (first === undefined) throw new Error(`${bank} has no accounts.`);
  return { found, first, second: second ?? first };
}

export const open = () => plainClient({ rateLimits: false });

export const textOf = (one: Entry) => String(one["remittanceInformationUnstructured"]);

export function ibanOf(one: Entry): unknown {
  const account = one["creditorAccount"] ?? one["debtorAccount"];
  return typeof account === "object" && account !== null && "iban" in account ? account.iban : undefined;
}

export function nameOf(one: Entry): unknown {
  return one["creditorName"] ?? one["debtorName"];
}

export function balanceAfter(one: Entry): string {
  const balance = one["balanceAfterTransaction"];
  if (typeof balance !== "object" || balance === null || !("balanceAmount" in balance)) return "none";
  const { balanceAmount } = balance;
  return typeof balanceAmount === "object" && balanceAmount !== null && "amount" in balanceAmount
    ? String(balanceAmount.amount)
    : "none";
}
