import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { promisify } from "node:util";
import { z } from "zod";
import type { Sandbox, TrueTransaction } from "../../../packages/sandbox/src/index.ts";
import { plainReader } from "../plain-reader.ts";
import type { Place, Program } from "../program.ts";
import { venv } from "../python.ts";
import { startTlsSandbox, type TlsSandbox } from "../tls-sandbox.ts";
import { assertSameEntries, type ReadEntry, shownAsBooked } from "../truth.ts";

/**
 * The banks that it connects. leggen can only keep an entry once that has a stable `internalTransactionId`: without one
 * (DKB, N26), or with another one each time (HSBC, OTP), it stores the entry again with every sync. It stores amounts as
 * they are sent, so inverted ones (Boursorama) and pending ones without a sign (UniCredit) are wrong, and it does not see
 * pending entries beside `transactions` (Metro Bank). It offers only banks that are in some country's list.
 */
const BANKS: ConnectedBank[] = [
  { country: "GB", id: "MONZO_MONZGB2L", sendsTexts: true }, // Dates with times, exchange as an object.
  { country: "GB", id: "WISE_TRWIGB22", sendsTexts: false }, // Accounts in three currencies, HTML entities in texts.
  { country: "ES", id: "SABADELL_BSABESBB", sendsTexts: true }, // Amounts as JSON numbers.
  { country: "FR", id: "BNP_PARIBAS_BNPAFRPP", sendsTexts: false }, // Swapped dates, structured texts, other balances.
  { country: "NL", id: "RABOBANK_RABONL2U", sendsTexts: true }, // Entries that arrive late, no transactionId.
  { country: "SE", id: "AMERICAN_EXPRESS_AESUDEF1", sendsTexts: true }, // Cards, which have no IBAN.
  { country: "PL", id: "PKO_BPKOPLPW", sendsTexts: true }, // Blank transactionIds, null members, zloty.
];
/** Between the first sync and the second. */
const DAYS_BETWEEN = 6;

interface ConnectedBank {
  country: string;
  id: string;
  /** Whether it sends the whole text of the payment in the member that leggen reads. */
  sendsTexts: boolean;
}

/** leggen's command line on a sandbox: connecting banks, two syncs into SQLite, and what else it prints. */
export const leggen: Program = {
  name: "leggen 0.6.11",
  async run(place: Place) {
    const { bin } = await venv(place, ["leggen==0.6.11"]);
    // leggen leaves it to the service whether a token has expired, so the clock may stand still.
    await using served = await startTlsSandbox(place, { now: "2026-11-23T09:00:00Z" });
    const { sandbox } = served;
    const run = commandLine(join(bin, "leggen"), place, served);
    for (const bank of BANKS) await connect(run, sandbox, bank);
    const before = await syncBalances(run, sandbox);
    sandbox.advanceTime({ days: DAYS_BETWEEN });
    const after = await syncBalances(run, sandbox);
    const kept = readDatabase(join(place.folder, "leggen.db"));
    const booked = kept.transactions.filter(({ transactionStatus }) => transactionStatus === "booked");
    const pending = kept.transactions.filter(({ transactionStatus }) => transactionStatus === "pending");
    compareBooked(sandbox, booked);
    comparePending(sandbox, pending);
    compareBalances(sandbox, kept.balances, [...before, ...after]);
    compareChanges(sandbox, kept.balances);
    sandbox.advanceTime({ minutes: 1 }); // The service allows 100 requests for accounts a minute.
    await checkTables(run, sandbox);
    await disconnectAll(run, sandbox);
    const accounts = new Set(kept.transactions.map(({ accountId }) => accountId)).size;
    return (
      `${BANKS.length} banks, ${accounts} accounts, two syncs: ${booked.length} booked and ${pending.length} pending rows ` +
      `and ${kept.balances.length} balances as in the truth; status, balances, transactions, delete`
    );
  },
};

/** Runs a command with these answers on stdin, and returns all that it prints. */
type CommandLine = (args: string[], answers?: string[]) => Promise<string>;

function commandLine(program: string, { folder }: Place, { sandbox, environment }: TlsSandbox): CommandLine {
  const { secretId, secretKey } = sandbox.credentials;
  const configuration = join(folder, "config.toml");
  writeFileSync(
    configuration,
    [
      ...["[gocardless]", `key = "${secretId}"`, `secret = "${secretKey}"`],
      'url = "https://bankaccountdata.gocardless.com/api/v2"',
      ...["[database]", "sqlite = true", ""],
    ].join("\n"),
  );
  // It keeps its tokens there, and creates only the folder inside.
  const settings = join(folder, "settings");
  mkdirSync(settings);
  const own = { LEGGEN_CONFIG_FILE: configuration, XDG_CONFIG_HOME: settings };
  const env = { ...process.env, ...environment, ...own };
  return async (args, answers = []) => {
    const running = promisify(execFile)(program, args, { cwd: folder, env, maxBuffer: 64_000_000 });
    running.child.stdin?.end(answers.map((answer) => `${answer}\n`).join(""));
    const { stdout, stderr } = await running;
    return stdout + stderr;
  };
}

async function connect(run: CommandLine, sandbox: Sandbox, { country, id }: ConnectedBank): Promise<void> {
  const printed = await run(["bank", "add"], [country, id, "y"]);
  const link = /open the following URL in your browser to accept: (\S+?\/psd2\/start\/([\w-]+)\/\w+)/.exec(
    printed,
  );
  if (link?.[2] === undefined) throw new Error(`leggen printed no link for ${id}:\n${printed}`);
  const back = await sandbox.authorise(link[2], { outcome: "linked" });
  if (!back?.startsWith("http://localhost:8000/?ref=")) throw new Error(`The user was sent to ${back}`);
}

/** Syncs once, and returns the balances that the sandbox sends at that time. */
async function syncBalances(run: CommandLine, sandbox: Sandbox): Promise<Balance[]> {
  const printed = await run(["sync"]);
  // If an account fails, leggen says so and goes on, with exit code 0.
  if (/error/i.test(printed)) throw new Error(printed);
  return sentBalances(sandbox);
}

interface Balance {
  account: string;
  type: string;
  amount: string;
  currency: string;
}

const balancesResponse = z.object({
  balances: z.array(
    z.object({
      balanceType: z.string(),
      balanceAmount: z.object({ amount: z.string(), currency: z.string() }),
    }),
  ),
});

/** The balances of all accounts, read without leggen. */
async function sentBalances(sandbox: Sandbox): Promise<Balance[]> {
  const plain = await plainReader(sandbox);
  const sent: Balance[] = [];
  for (const { id: account } of sandbox.state().accounts) {
    const { balances } = balancesResponse.parse(await plain(`/accounts/${account}/balances/`));
    for (const { balanceType, balanceAmount } of balances) {
      sent.push({ account, type: balanceType, ...balanceAmount });
    }
  }
  return sent;
}

const storedTransactions = z.array(
  z.object({
    internalTransactionId: z.string().nullable(),
    institutionId: z.string(),
    iban: z.string().nullable(),
    transactionDate: z.string(),
    description: z.string().nullable(),
    transactionValue: z.number(),
    transactionCurrency: z.string(),
    transactionStatus: z.enum(["booked", "pending"]),
    accountId: z.string(),
  }),
);
const storedBalances = z.array(
  z.object({
    account_id: z.string(),
    iban: z.string().nullable(),
    status: z.string(),
    type: z.string(),
    amount: z.number(),
    currency: z.string(),
  }),
);
type StoredTransaction = z.infer<typeof storedTransactions>[number];
type StoredBalance = z.infer<typeof storedBalances>[number];

function readDatabase(path: string): { transactions: StoredTransaction[]; balances: StoredBalance[] } {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    return {
      transactions: storedTransactions.parse(
        database.prepare("SELECT * FROM transactions ORDER BY rowid").all(),
      ),
      balances: storedBalances.parse(database.prepare("SELECT * FROM balances ORDER BY id").all()),
    };
  } finally {
    database.close();
  }
}

function compareBooked(sandbox: Sandbox, rows: readonly StoredTransaction[]): void {
  for (const { id, institution_id, iban } of sandbox.state().accounts) {
    const bank = BANKS.find((one) => one.id === institution_id);
    const own = rows.filter((row) => row.accountId === id);
    const foreign = own.find((row) => row.institutionId !== institution_id || row.iban !== iban);
    if (foreign !== undefined) throw new Error(`A row of another account: ${JSON.stringify(foreign)}`);
    const read = own.map((row) => ({
      ...readEntry(row),
      internalTransactionId: row.internalTransactionId ?? undefined,
      ...(bank?.sendsTexts ? { description: row.description ?? undefined } : {}),
    }));
    const truth = shownAsBooked(sandbox, id).map(datedByTheEarlier);
    assertSameEntries(read, truth, `leggen, booked at ${institution_id}`);
  }
}

/** Pending entries have no id, so leggen stores each again with every sync, and never removes one. */
function comparePending(sandbox: Sandbox, rows: readonly StoredTransaction[]): void {
  for (const { id, institution_id } of sandbox.state().accounts) {
    const shown = sandbox.truth(id).flatMap((one) => {
      const sightings = one.observed.filter(({ status }) => status === "pending").flatMap(({ seen }) => seen);
      return sightings.map(() => ({ ...one, bookedOn: one.valueOn }));
    });
    const read = rows.filter((row) => row.accountId === id).map(readEntry);
    if (shown.length + read.length === 0) continue;
    assertSameEntries(read, shown, `leggen, pending at ${institution_id}`);
  }
}

function readEntry(row: StoredTransaction): ReadEntry {
  return {
    amount: String(row.transactionValue),
    currency: row.transactionCurrency,
    bookedOn: row.transactionDate.slice(0, 10),
  };
}

/** leggen keeps one date: the booking date or the value date, whichever is earlier. */
function datedByTheEarlier(one: TrueTransaction): TrueTransaction {
  const { bookedOn, valueOn } = one;
  return { ...one, bookedOn: bookedOn !== null && bookedOn < valueOn ? bookedOn : valueOn };
}

/** All rows with balances: what the sandbox sent at the first sync, and what it sent at the second. */
function compareBalances(sandbox: Sandbox, rows: readonly StoredBalance[], sent: readonly Balance[]): void {
  for (const { id, institution_id, iban } of sandbox.state().accounts) {
    const expected = sent
      .filter(({ account }) => account === id)
      .map(({ type, amount, currency }) => [type, cents(amount), currency, iban, "READY"].join(" "));
    const kept = rows
      .filter(({ account_id }) => account_id === id)
      .map((row) => [row.type, cents(row.amount), row.currency, row.iban, row.status].join(" "));
    if (expected.length === 0) throw new Error(`No balances were sent for an account at ${institution_id}`);
    equal(kept.join("\n"), expected.join("\n"), `leggen, balances at ${institution_id}`);
  }
}

/** The booked balance changes from sync to sync by what was booked in between, according to the truth. */
function compareChanges(sandbox: Sandbox, rows: readonly StoredBalance[]): void {
  for (const { id, institution_id } of sandbox.state().accounts) {
    const [before, after] = rows.filter((row) => row.account_id === id && row.type === "interimBooked");
    if (before === undefined || after === undefined) continue; // The bank sends other balances.
    const change = bookedBySecondSync(sandbox, id).reduce((sum, one) => sum + cents(one.amount), 0n);
    const name = `leggen, the change of the balance at ${institution_id}`;
    equal(cents(after.amount) - cents(before.amount), change, name);
  }
}

/** The entries that only the second of the two responses showed as booked. */
function bookedBySecondSync(sandbox: Sandbox, accountId: string): TrueTransaction[] {
  return shownAsBooked(sandbox, accountId).filter(({ observed }) =>
    observed.every(({ status, seen }) => status === "pending" || seen.every(({ response }) => response > 0)),
  );
}

/** An amount in hundredths. leggen rounds balances to them. */
function cents(amount: string | number): bigint {
  return BigInt(Number(amount).toFixed(2).replace(".", ""));
}

function equal<T extends bigint | number | string>(actual: T, expected: T, name: string): void {
  if (actual !== expected) throw new Error(`${name}: ${actual}, but it should be ${expected}`);
}

/** What it prints about connected banks, their accounts, balances and the transactions of one account. */
async function checkTables(run: CommandLine, sandbox: Sandbox): Promise<void> {
  const { accounts } = sandbox.state();
  const status = await run(["status"]);
  for (const { id } of BANKS) expectLine(status, [id, "LINKED"]);
  for (const { id, institution_id, iban } of accounts) {
    expectLine(status, [id, institution_id, "READY", iban ?? ""]);
  }
  const balances = await run(["balances"]);
  for (const { id } of accounts) expectLine(balances, [id]);
  const [account] = accounts;
  if (account === undefined) throw new Error("No account was linked.");
  const transactions = await run(["transactions", "--account", account.id]);
  for (const { amount, observed } of shownAsBooked(sandbox, account.id)) {
    const payload = observed.findLast((form) => form.status === "booked")?.payload ?? {};
    expectLine(transactions, [String(payload["internalTransactionId"]), amount, "booked"]);
  }
}

/** Some line has all of these words. */
function expectLine(printed: string, words: string[]): void {
  const lines = printed.split("\n");
  if (!lines.some((line) => words.every((word) => line.includes(word)))) {
    throw new Error(`leggen printed no line with ${words.join(", ")}:\n${printed}`);
  }
}

async function disconnectAll(run: CommandLine, sandbox: Sandbox): Promise<void> {
  for (const { id } of sandbox.state().requisitions) await run(["bank", "delete", id]);
  const { requisitions } = sandbox.state();
  equal(requisitions.length, 0, "leggen: requisitions that are left");
}
