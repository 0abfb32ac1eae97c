/**
 * Runs Actual Budget, unmodified, against the sandbox: its server, which asks for https://bankaccountdata.gocardless.com
 * and reaches the sandbox through the TLS door, and its own client with a budget. Banks are connected as a person does it,
 * and what is booked in the budget is compared with the truth, entry by entry. Run by hand: the installation needs minutes
 * and a C++ compiler.
 *
 * npm run test:actual -- [--all] [--folder FOLDER] [BANK …]
 *
 * Reads 25 banks, with `--all` all that are listed, or those named. With `--folder`, what is installed there is kept and
 * used again.
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
import { misread, unreadable } from "./limits.ts";
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
  if (sandbox.tls === undefined) throw new Error("The sandbox has no TLS door.");
  const server = await startServer(installed, folder, sandbox.tls.environment);
  const client = await startClient(installed, { folder, ...server });
  try {
    process.exitCode = (await compareAll({ sandbox, server, client })) ? 0 : 1;
  } finally {
    client.close();
    server.close();
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
    `${sum.entries} booked entries of ${sum.accounts} accounts are the true ones, in ${seconds(start)}\n` +
      `${sum.read} passed, ${sum.failed} failed, ${sum.unreadable} that Actual cannot read`,
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

async function compare(running: Running, bank: string): Promise<Outcome> {
  const nothing = { accounts: 0, entries: 0 };
  const quirks = () =>
    running.sandbox.state().accounts.find(({ institution_id }) => institution_id === bank)?.quirks ?? [];
  try {
    const accounts = await readBank(running, bank);
    const known = unreadable(bank, quirks());
    if (known !== undefined) throw new Error(`Actual can read it now, although ${known.why}`);
    const own = misread(bank, quirks());
    let entries = 0;
    for (const { id, booked } of accounts) {
      const read = booked.map((entry) => own.reduce((meant, { meant: next }) => next(meant), entry));
      assertSameEntries(read, shownAsBooked(running.sandbox, id), id);
      entries += booked.length;
    }
    const pending = accounts.reduce((sum, account) => sum + account.pending, 0);
    const notes = own.map(({ why }) => `; ${why}`).join("");
    const line = `${accounts.length} accounts, ${entries} booked entries, ${pending} pending${notes}`;
    return { kind: "read", sign: "✓", line, accounts: accounts.length, entries };
  } catch (error) {
    const known = unreadable(bank, quirks());
    if (error instanceof ActualFailure && known?.at === error.at)
      return { kind: "unreadable", sign: "–", line: `Actual cannot read it: ${known.why}`, ...nothing };
    const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    const printed = running.server.printed.slice(-5).join("\n  ");
    return { kind: "failed", sign: "✗", line: `${message}\n  ${printed}`, ...nothing };
  }
}
