import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beancountLedger, type LedgerAccount } from "bankdata-archive";
import { GoCardlessClient, goCardlessProvider, type ResponseInfo } from "bankdata-core";
import { type BankProvider, type Connection, connectedAccounts } from "bankdata-core/bank";
import { startSandbox } from "bankdata-sandbox";
import { isForProgram, money, type OutputOptions, printAligned, printOne } from "../ui/output.ts";
import type { Part } from "../ui/part.ts";
import { line, type Printable, printable } from "../ui/printable.ts";
import { type Column, type Row, row } from "../ui/table.ts";
import { styled, type Terminal } from "../ui/terminal.ts";

const BANK = "N26_NTSBDEB1";
const DAYS = 90;
const NEWEST = 8;

const DAY = 86_400_000;

/** Everything that was read of one account. */
interface Read {
  /** As `--json` prints it. */
  item: object;
  name: string;
  /** Its IBAN, or another number if it has none. */
  number: string;
  ledger: LedgerAccount;
}

/**
 * Shows the whole job on the embedded sandbox: connect, list, read, read again from the cache, write a ledger. For a
 * program, what came of it is one JSON document.
 */
export async function demo(terminal: Terminal, options: OutputOptions): Promise<void> {
  const forProgram = isForProgram(options);
  const print = (...parts: Part[]) => {
    if (!forProgram) terminal.out.line(...parts);
  };
  const table = (columns: readonly Column[], rows: readonly Row[]) => {
    if (!forProgram) printAligned(terminal, columns, rows);
  };
  const note = (text: Printable) => print(styled("dim", text));
  const heading = (text: Printable) => {
    print();
    print(styled("bold", text));
  };
  await using sandbox = await startSandbox({ port: 0, seed: 1 });
  print(styled("bold", line`bankdata: your bank accounts, on your own machine`));
  note(line`A stand-in for the service runs at ${sandbox.baseUrl}; nothing leaves this machine.`);

  let responses: ResponseInfo[] = [];
  await using client = new GoCardlessClient({
    ...sandbox.credentials,
    baseUrl: sandbox.baseUrl,
    cacheOptions: { backend: "memory" }, // Only the ledger stays.
    onResponse: (response) => responses.push(response),
  });

  const provider = goCardlessProvider(client);

  heading(line`1. Connect a bank`);
  const bank = await provider.bank(BANK);
  const wish = { returnTo: "http://localhost/", reference: "demo", historyDays: DAYS, consentDays: DAYS };
  const { connectionId } = await provider.begin(bank, wish);
  if (connectionId === null) throw new TypeError("a connection was started without an id");
  await sandbox.authorise(connectionId, { outcome: "linked" });
  const connection = await provider.connection(connectionId);
  print(
    line`${bank.name} is connected for ${daysOf(connection)} days: ${connection.accountHandles.length} accounts.`,
  );
  note(
    line`With a real bank, you would open a link, log in there and agree. The sandbox has just agreed for you.`,
  );

  heading(line`2. Accounts and balances`);
  responses = [];
  const firstStart = performance.now();
  const accounts = await readAll(provider);
  const firstTime = performance.now() - firstStart;
  const first = responses;
  table(
    [
      { title: line`Account`, flexible: true },
      { title: line`IBAN` },
      { title: line`Balance` },
      { title: line`Amount`, align: "decimal" },
      { title: line`` },
    ],
    accounts.flatMap((account) =>
      account.ledger.balances.map(({ kindAsSent, amount, currency }, at) =>
        row(
          at === 0 ? account.name : "",
          at === 0 ? account.number : "",
          kindAsSent,
          money(amount),
          currency,
        ),
      ),
    ),
  );

  heading(line`3. The newest transactions`);
  const entries = accounts.flatMap(({ name, ledger }) =>
    ledger.transactions.map((transaction) => ({ ...transaction, account: name })),
  );
  const booked = entries.filter(({ status }) => status === "booked");
  table(
    [
      { title: line`Booked` },
      { title: line`Account`, flexible: true },
      { title: line`Who`, flexible: true },
      { title: line`What`, flexible: true },
      { title: line`Amount`, align: "decimal" },
      { title: line`` },
    ],
    booked
      .toSorted((a, b) => (b.bookingDate ?? "").localeCompare(a.bookingDate ?? ""))
      .slice(0, NEWEST)
      .map(({ bookingDate, account, counterparty, text, amount, currency }) =>
        row(bookingDate, account, counterparty, text, money(amount), currency),
      ),
  );
  const pending = entries.filter(({ status }) => status === "pending").length;
  note(line`${booked.length} booked in the last ${DAYS} days, and ${pending} pending.`);

  heading(line`4. The same data again, from the cache`);
  responses = [];
  const secondStart = performance.now();
  await readAll(provider);
  const secondTime = performance.now() - secondStart;
  const requested = (list: readonly ResponseInfo[]) =>
    list.filter(({ dataKind, fromCache }) => dataKind !== null && !fromCache).length;
  print(
    line`First: ${requested(first)} calls for account data, ${firstTime.toFixed(0)} ms. Again: ${requested(responses)} calls, ${secondTime.toFixed(0)} ms.`,
  );
  note(
    line`Banks allow four calls a day for each account and kind of data. A cached response costs none of them.`,
  );

  heading(line`5. A ledger`);
  const { text, skipped, omitted } = beancountLedger(accounts.map((account) => account.ledger));
  // Made by Node for its owner alone.
  const file = join(mkdtempSync(join(tmpdir(), "bankdata-demo-")), "demo.beancount");
  writeFileSync(file, text, { mode: 0o600 });
  note(
    line`${booked.length - skipped.length} transactions, with balances asserted; ${skipped.length} left out. Check it with bean-check:`,
  );
  for (const { account, reason } of [...skipped, ...omitted]) note(line`Left out of ${account}: ${reason}`);
  print(printable(file, file.length));
  if (!forProgram) return;
  const item = {
    bankId: bank.id,
    bankName: bank.name,
    accounts: accounts.map(({ item }) => item),
    calls: requested(first),
    callsAgain: requested(responses),
    ledger: file,
  };
  printOne(terminal, options, item, () => {});
}

/** The days for which a consent lasts. */
function daysOf({ consent: { grantedAt, validUntil } }: Connection): number {
  return Math.round(((validUntil?.getTime() ?? 0) - (grantedAt?.getTime() ?? 0)) / DAY);
}

async function readAll(provider: BankProvider): Promise<Read[]> {
  const { items } = await connectedAccounts(provider, Date.now(), { details: "ask" });
  return await Promise.all(
    items.map(async ({ account }) => {
      const [balances, transactions] = await Promise.all([
        provider.balances(account),
        provider.transactions(account, { days: DAYS }),
      ]);
      const name = account.label ?? account.product ?? "Account";
      const bank = (account.bankId ?? "Bank").split("_")[0] ?? "Bank";
      return {
        item: {
          ...{ accountId: account.handle, accountIban: account.iban, label: account.label },
          ...{ balances: balances.items.length, transactions: transactions.items.length },
        },
        name,
        number: account.iban ?? account.number?.value ?? "",
        ledger: {
          name: `${bank}:${name}`,
          currency: account.currency ?? balances.items[0]?.currency ?? "EUR",
          transactions: transactions.items,
          balances: balances.items,
          unreadable: transactions.unreadable.filter(({ status }) => status !== "pending").length,
        },
      };
    }),
  );
}
