import { writeFileSync } from "node:fs";
import { join } from "node:path";
import Big from "big.js";
import type { Place } from "./program.ts";
import type { Venv } from "./python.ts";

const here = join(import.meta.dirname, "beancount");

/** The environment in which an import script finds the hook that writes the other leg of each transaction. */
export const importEnvironment = { PYTHONPATH: here };

/** The other leg of what is imported, as the hook writes it, and of the opening balances. */
const OTHERS = ["Equity:Uncategorised", "Equity:Opening-Balances"];
const BEFORE_ALL = "2000-01-01";

/** A posting of a ledger. */
export interface Posting {
  account: string;
  /** `YYYY-MM-DD` */
  date: string;
  amount: string;
  currency: string;
  /** `*` or `!` */
  flag: string;
  narration: string;
  /** Those metadata of the transaction that are text. */
  meta: Partial<Record<string, string>>;
}

/**
 * Makes a ledger of what a program has imported, lets bean-check accept it, and reads it as beancount does. The ledger has
 * an `open` directive for each account and, if the program asserts its balance, the opening balance with which the assertion
 * holds if the transactions are the right ones; nothing else.
 *
 * @param imported what the program wrote
 * @param accounts the amounts that should be imported, by account
 * @returns the postings to these accounts, without the opening balances
 * @throws Error if bean-check finds an error
 */
export async function checkedPostings(
  { place, venv }: { place: Place; venv: Venv },
  imported: string,
  accounts: ReadonlyMap<string, readonly string[]>,
): Promise<Posting[]> {
  const ledger = join(place.folder, "ledger.beancount");
  const open = [...accounts.keys(), ...OTHERS].map((name) => `${BEFORE_ALL} open ${name}`);
  const balances = imported.matchAll(/^\d{4}-\d\d-\d\d balance (\S+) +(\S+) (\S+)/gm);
  const openings = [...balances].map(([, account = "", amount = "", currency = ""]) => {
    const change = (accounts.get(account) ?? []).reduce((sum, one) => sum.plus(one), new Big(0));
    const held = new Big(amount).minus(change).toFixed();
    return `${BEFORE_ALL} * "Opening balance"\n  ${account}  ${held} ${currency}\n  Equity:Opening-Balances`;
  });
  writeFileSync(ledger, [...open, ...openings, imported].join("\n\n"));
  await venv.run("bean-check", [ledger]);
  const { stdout } = await venv.run("python", [join(here, "entries.py"), ledger]);
  const postings: Posting[] = JSON.parse(stdout);
  return postings.filter(({ account, date }) => accounts.has(account) && date !== BEFORE_ALL);
}
