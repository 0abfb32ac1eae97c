import type { BankAccount } from "bankdata-core/bank";
import { accountName, isReachable, listedAccounts } from "../accounts/connected-accounts.ts";
import { archivePlace, exists } from "../session/archive-location.ts";
import { configurationFor } from "../session/configured.ts";
import type { GlobalOptions } from "../session/global-options.ts";
import { inSession } from "../session/session.ts";
import { EXIT } from "../ui/exit.ts";
import { explain } from "../ui/failure.ts";
import { note } from "../ui/output.ts";
import { line, type Printable, printable } from "../ui/printable.ts";
import { chosenOrNone } from "../ui/prompts.ts";
import { wasToldToEnd } from "../ui/stop-signals.ts";
import { printFailure, type Terminal } from "../ui/terminal.ts";

/** What the menu runs, and how. */
export interface MenuContext {
  terminal: Terminal;
  options: GlobalOptions;
  /** Runs a command with the person's global options. Reports its failure. */
  run: (args: readonly string[]) => Promise<void>;
  /** Asks for credentials. @returns what the person has decided to work with */
  askForCredentials: (options: GlobalOptions) => Promise<"own" | "sandbox">;
}

/** What a person can pick. */
interface Choice {
  value: string;
  label: Printable;
  hint?: Printable;
}

const SET_UP = { value: "init", label: line`Set up credentials`, hint: line`for your own banks` };
const SANDBOX = {
  value: "in-sandbox",
  label: line`Try it in the sandbox`,
  hint: line`invented banks on this machine; needs no credentials`,
};

/** What a person can do with banks, whether their own or the sandbox's. */
const WITH_BANKS: readonly Choice[] = [
  { value: "balances", label: line`Balances` },
  { value: "transactions", label: line`Transactions`, hint: line`of the last 90 days` },
  { value: "accounts", label: line`Accounts` },
  { value: "sync", label: line`Sync`, hint: line`keep what is new at the banks in your archive` },
  { value: "review", label: line`Review`, hint: line`decide what the archive is not certain about` },
  { value: "connections", label: line`Connections`, hint: line`banks, and how long their consent lasts` },
  { value: "connect", label: line`Connect a bank` },
  { value: "disconnect", label: line`Disconnect a bank` },
  { value: "banks", label: line`Find a bank` },
  { value: "quota", label: line`Calls left today` },
];

const ALWAYS: readonly Choice[] = [
  { value: "doctor", label: line`Check the setup` },
  { value: "demo", label: line`Watch a demo` },
  { value: "leave", label: line`Exit` },
];

/** Commands that read data of accounts, for which banks count the calls. */
const COUNTED: readonly string[] = ["balances", "transactions"];

/**
 * Lets a person choose commands until they leave, which Esc and Ctrl-C do as well. In the sandbox, which a person can
 * choose here, every command works without credentials.
 */
export async function menu(context: MenuContext): Promise<void> {
  const { terminal, options } = context;
  const now = { ...options };
  for (;;) {
    const isReady = now.sandbox === true || hasCredentials(now);
    const message = now.sandbox ? line`What would you like to do in the sandbox?` : QUESTION;
    const choice = await chosenOrNone(terminal, message, choicesFor(isReady, now, options));
    if (choice === undefined || choice === "leave") break;
    if (choice === "in-sandbox") now.sandbox = true;
    else if (choice === "init") await setUp(context, now);
    else if (!isReady && WITH_BANKS.some(({ value }) => value === choice)) note(terminal, NOT_YET);
    else await runChoice(choice, { ...context, options: now });
    if (wasToldToEnd(process.exitCode)) return;
    terminal.out.line();
  }
  // What failed meanwhile has been reported.
  process.exitCode = EXIT.done;
}

const QUESTION = line`What would you like to do?`;
const NOT_YET = line`This needs credentials. Set them up, or try it in the sandbox.`;

function choicesFor(isReady: boolean, now: GlobalOptions, begun: GlobalOptions): readonly Choice[] {
  if (!isReady) {
    const waiting = WITH_BANKS.map((choice) => ({ ...choice, hint: line`needs credentials` }));
    return [SET_UP, SANDBOX, ...waiting, ...ALWAYS];
  }
  if (begun.sandbox) return [...WITH_BANKS, ...ALWAYS];
  return now.sandbox ? [...WITH_BANKS, SET_UP, ...ALWAYS] : [...WITH_BANKS, SET_UP, SANDBOX, ...ALWAYS];
}

/** Whether credentials are configured. If the configuration is broken, each command says how. */
function hasCredentials(options: GlobalOptions): boolean {
  try {
    return configurationFor(options).credentials !== null;
  } catch {
    return true;
  }
}

/** Sets up credentials, and changes to the person's own banks or to the sandbox, as they decide. */
async function setUp(
  { terminal, options, askForCredentials }: MenuContext,
  now: GlobalOptions,
): Promise<void> {
  try {
    now.sandbox = (await askForCredentials({ ...options, sandbox: false })) === "sandbox";
  } catch (error) {
    printFailure(terminal, explain(error), options);
  }
}

async function runChoice(choice: string, { terminal, options, run }: MenuContext): Promise<void> {
  const args = options.sandbox ? [choice, "--sandbox"] : [choice];
  if (!COUNTED.includes(choice)) return await run(args);
  let accounts: BankAccountName[];
  try {
    accounts = await namedAccounts(terminal, options);
  } catch (error) {
    return printFailure(terminal, explain(error), options);
  }
  if (accounts.length === 0) return note(terminal, line`No account is connected yet: connect a bank first.`);
  const isArchived = exists(archivePlace(configurationFor(options), options));
  const picked = await pickedOf(terminal, accounts, isArchived);
  if (picked === "all") await run(args);
  else if (picked !== undefined) await run([...args, picked]);
}

/** An account, and how it is shown in a choice. */
interface BankAccountName {
  handle: NonNullable<BankAccount["handle"]>;
  label: Printable;
  hint: Printable;
}

/** The accounts whose data can be requested. Costs no call for account data. */
async function namedAccounts(terminal: Terminal, options: GlobalOptions): Promise<BankAccountName[]> {
  const { accounts } = await inSession(terminal, options, listedAccounts);
  return accounts.filter(isReachable).map((account) => ({
    handle: account.handle,
    label: accountName(account),
    hint: printable([account.bankId, account.iban].filter((text) => text !== null).join(", ")),
  }));
}

const COSTS = line`a call for each of them that is not fresh in the cache; banks allow four a day`;

/** The account that a person picks, "all", or undefined if they go back. */
async function pickedOf(
  terminal: Terminal,
  accounts: readonly BankAccountName[],
  isArchived: boolean,
): Promise<string | undefined> {
  const [only] = accounts;
  if (only !== undefined && accounts.length === 1) return only.handle;
  return await chosenOrNone(terminal, line`Which account?`, [
    ...accounts.map(({ handle, label, hint }) => ({ value: handle, label, hint })),
    {
      value: "all",
      label: line`All ${accounts.length} accounts`,
      hint: isArchived ? line`from your archive` : COSTS,
    },
  ]);
}
