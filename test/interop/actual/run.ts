/**
 * Runs Actual Budget, unmodified, against the sandbox: its server, which asks for https://bankaccountdata.gocardless.com
 * and reaches the sandbox over TLS, and its own client with a budget. Banks are connected as a person does it,
 * and what is booked in the budget is compared with the truth, entry by entry. Run by hand: the installation needs minutes
 * and a C++ compiler.
 *
 * npm run test:actual -- [--all] [--folder FOLDER] [BANK …]
 *
 * Reads 25 banks, with `--all` all that are listed, or those named; not the hard banks, whose provisional entries are not
 * the true ones. With `--folder`, what is installed there is kept and used again.
 */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { sandboxCredentials, startSandbox } from "../../../packages/sandbox/src/index.ts";
import { assertSameEntries, shownAsBooked } from "../truth.ts";
import { ActualFailure, banksOf, type Running, readBank } from "./bank.ts";
import { startClient } from "./client.ts";
import { install, installedNames } from "./install.ts";
import { misread, unreadable } from "./known-differences.ts";
import { startServer } from "./server.ts";

/** How many banks are read unless all are asked for. */
const USUAL = 25;
/** The countries in which the sandbox has banks. */
const COUNTRIES = "AT BE CZ DE DK EE ES FI FR GB HU IE IT LT LV NL NO PL PT RO SE".split(" ");

const { values, positionals } = parseArgs({
  options: { all: { type: "boolean", default: false }, folder: { type: "string" } },
  allowPositionals: true,
});
const temporary = mkdtempSync(join(tmpdir(), "bankdata-actual-"));
try {
  const start = performance.now();
  const installed = await install(
    values.folder === undefined ? join(temporary, "installed") : resolve(values.folder),
  );
  console.log(`${installedNames}: installed in ${seconds(start)}`);
  const folder = join(temporary, "run");
  mkdirSync(folder);
  // Real time, as Actual compares the end of its tokens with its own clock. It asks more often than a person may in a day.
  await using sandbox = await startSandbox({ rateLimits: false, tls: { folder: join(folder, "tls") } });
  if (sandbox.tls === undefined) throw new Error("The sandbox was started without TLS.");
  const server = await startServer(installed, folder, sandbox.tls.environment);
  const client = await startClient(installed, { folder, ...server });
  try {
    process.exitCode = (await compareAll({ sandbox, server, client })) ? 0 : 1;
  } finally {
    await client.close();
    await server.close();
  }
} finally {
  rmSync(temporary, { recursive: true, force: true });
}

function seconds(since: number): string {
  return `${Math.round((performance.now() - since) / 1000)} s`;
}

/** Reads the banks, and prints a line for each and a summary. Returns whether all is as it should be. */
async function compareAll(running: Running): Promise<boolean> {
  const start = performance.now();
  const { client } = running;
  await client.send("secret-set", { name: "gocardless_secretId", value: sandboxCredentials.secretId });
  await client.send("secret-set", { name: "gocardless_secretKey", value: sandboxCredentials.secretKey });
  const banks = positionals.length > 0 ? positionals : await listedBanks(running);
  const sum = { read: 0, unreadable: 0, failed: 0, accounts: 0, entries: 0 };
  for (const bank of banks) {
    const outcome = await compare(running, bank);
    console.log(`${outcome.sign} ${bank}: ${outcome.line}`);
    sum[outcome.kind] += 1;
    sum.accounts += outcome.accounts;
    sum.entries += outcome.entries;
  }
  console.log(
    `${sum.entries} booked entries of ${sum.accounts} accounts are true; Actual cannot read ${sum.unreadable} of the banks; ` +
      `${seconds(start)}\n${sum.read} passed, ${sum.failed} failed, ${sum.unreadable} skipped`,
  );
  return sum.failed === 0 && sum.read > 0;
}

/** The banks of all countries, each once. Without `--all`, every so many of them. */
async function listedBanks(running: Running): Promise<string[]> {
  const found = new Set<string>();
  for (const country of COUNTRIES) for (const bank of await banksOf(running, country)) found.add(bank);
  const all = [...found];
  const step = values.all ? 1 : all.length / USUAL;
  return Array.from(
    { length: Math.min(all.length, Math.ceil(all.length / step)) },
    (_, at) => all[Math.floor(at * step)] ?? "",
  );
}

interface Outcome {
  kind: "read" | "unreadable" | "failed";
  sign: string;
  line: string;
  accounts: number;
  entries: number;
}

/** Reads a bank, and compares what is booked in Actual's budget with the truth. */
async function compare(running: Running, bank: string): Promise<Outcome> {
  const { sandbox, server } = running;
  const quirks = () =>
    sandbox.state().accounts.find(({ institution_id }) => institution_id === bank)?.quirks ?? [];
  const before = server.printed.length;
  try {
    const { accounts, notes } = await readBank(running, bank);
    const known = unreadable(bank, quirks());
    if (known !== undefined) throw new Error(`Actual can read it now: the reason was that ${known.why}`);
    const own = misread(bank, quirks());
    for (const { id, booked } of accounts) {
      const read = booked.map((entry) => own.reduce((meant, { meant: next }) => next(meant), entry));
      assertSameEntries(read, shownAsBooked(sandbox, id), id);
    }
    const entries = accounts.reduce((sum, { booked }) => sum + booked.length, 0);
    const pending = accounts.reduce((sum, account) => sum + account.pending, 0);
    const counts = `${accounts.length} accounts, ${entries} booked entries, ${pending} pending`;
    const line = [counts, ...notes, ...own.map(({ why }) => why)].join("; ");
    return { kind: "read", sign: "✓", line, accounts: accounts.length, entries };
  } catch (error) {
    const printed = server.printed.slice(before);
    const known = unreadable(bank, quirks());
    const isKnown =
      error instanceof ActualFailure &&
      error.at === known?.at &&
      printed.some((line) => line.includes(known.says));
    const line = isKnown
      ? `Actual cannot read it: ${known.why}`
      : [error instanceof Error ? error.message : String(error), ...printed.slice(-5)].join("\n  ");
    return {
      ...(isKnown ? { kind: "unreadable", sign: "–" } : { kind: "failed", sign: "✗" }),
      line,
      accounts: 0,
      entries: 0,
    };
  }
}
