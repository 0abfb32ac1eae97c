import { chmodSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beancountLedger, type LedgerAccount } from "bankdata-archive";
import { GoCardlessClient, type ResponseInfo } from "bankdata-core";
import { startSandbox } from "bankdata-sandbox";
import { money, printTable } from "../ui/output.ts";
import { line, type Printable, printable } from "../ui/printable.ts";
import { row } from "../ui/table.ts";
import { type Part, styled, type Terminal } from "../ui/terminal.ts";

const BANK = "N26_NTSBDEB1";
const DAYS = 90;
const NEWEST = 8;

/** Everything read of one account. */
interface Read {
  id: string;
  name: string;
  iban: string;
  currency: string;
  ledger: LedgerAccount;
  pending: number;
}

/** Shows the whole job on the embedded sandbox: connect, list, read, read again from the cache, write a ledger. */
export async function demo(terminal: Terminal): Promise<void> {
  const print = (...parts: Part[]) => terminal.out.line(...parts);
  const note = (text: Printable) => print(styled("dim", text));
  const heading = (text: Printable) => {
    print();
    print(styled("bold", text));
  };
  const folder = mkdtempSync(join(tmpdir(), "bankdata-demo-"));
  chmodSync(folder, 0o700);

  await using sandbox = await startSandbox({ port: 0, seed: 1 });
  print(styled("bold", line`bankdata: your bank accounts, on your own machine`));
  note(line`A stand-in for the service runs at ${sandbox.baseUrl}; nothing leaves this machine.`);

  let responses: ResponseInfo[] = [];
  await using client = new GoCardlessClient({
    ...sandbox.credentials,
    baseUrl: sandbox.baseUrl,
    cacheOptions: { cacheName: join(folder, "cache.sqlite") },
    onResponse: (response) => responses.push(response),
  });

  heading(line`1. Connect a bank`);
  const bank = await client.getInstitution(BANK);
  const agreement = await client.createAgreement({ institution_id: bank.id, max_historical_days: DAYS });
  const requisition = await client.createRequisition({
    institution_id: bank.id,
    agreement: agreement.id,
    redirect: "http://localhost/",
    reference: "demo",
  });
  await sandbox.authorise(requisition.id, { outcome: "linked" });
  const linked = await client.getRequisition(requisition.id);
  print(
    line`${bank.name} is connected for ${agreement.access_valid_for_days ?? 90} days: ${linked.accounts?.length ?? 0} accounts.`,
  );
  note(
    line`With a real bank, you would open a link, log in there and agree. The sandbox has just agreed for you.`,
  );

  heading(line`2. Accounts and balances`);
  responses = [];
  const firstStart = performance.now();
  const accounts = await readAll(client);
  const firstTime = performance.now() - firstStart;
  const first = responses;
  printTable(
    terminal,
    [
      { title: line`Account`, flexible: true },
      { title: line`IBAN` },
      { title: line`Balance` },
      { title: line`Amount`, align: "decimal" },
      { title: line`` },
    ],
    accounts.flatMap((account) =>
      account.ledger.balances.map((balance, at) =>
        row(
          at === 0 ? account.name : "",
          at === 0 ? account.iban : "",
          balance.balanceType,
          money(balance.balanceAmount.amount),
          balance.balanceAmount.currency,
        ),
      ),
    ),
  );

  heading(line`3. The newest transactions`);
  printTable(
    terminal,
    [
      { title: line`Booked` },
      { title: line`Who`, flexible: true },
      { title: line`What`, flexible: true },
      { title: line`Amount`, align: "decimal" },
      { title: line`` },
    ],
    accounts
      .flatMap((account) => account.ledger.booked)
      .sort((a, b) => (b.bookingDate ?? "").localeCompare(a.bookingDate ?? ""))
      .slice(0, NEWEST)
      .map((transaction) =>
        row(
          transaction.bookingDate,
          transaction.creditorName ?? transaction.debtorName,
          transaction.remittanceInformationUnstructured,
          money(transaction.transactionAmount.amount),
          transaction.transactionAmount.currency,
        ),
      ),
  );
  const booked = accounts.reduce((sum, account) => sum + account.ledger.booked.length, 0);
  const pending = accounts.reduce((sum, account) => sum + account.pending, 0);
  note(line`${booked} booked in the last ${DAYS} days, and ${pending} pending.`);

  heading(line`4. The same again, from the cache`);
  responses = [];
  const secondStart = performance.now();
  await readAll(client);
  const secondTime = performance.now() - secondStart;
  const requested = (list: readonly ResponseInfo[]) =>
    list.filter(({ dataKind, fromCache }) => dataKind !== null && !fromCache).length;
  print(
    line`First: ${requested(first)} calls of account data, ${firstTime.toFixed(0)} ms. Again: ${requested(responses)} calls, ${secondTime.toFixed(0)} ms.`,
  );
  note(
    line`Banks allow four calls a day for each account and kind of data. The cache spends none of them twice.`,
  );

  heading(line`5. A ledger`);
  const { text, skipped, omitted } = beancountLedger(accounts.map((account) => account.ledger));
  const file = join(folder, "demo.beancount");
  writeFileSync(file, text, { mode: 0o600 });
  note(
    line`${booked - skipped.length} transactions, with balances asserted; ${skipped.length} left out. Check it with bean-check:`,
  );
  for (const { account, reason } of [...skipped, ...omitted]) note(line`Left out of ${account}: ${reason}`);
  print(printable(file, file.length));
}

async function readAll(client: GoCardlessClient): Promise<Read[]> {
  const accounts = await client.getAllAccounts();
  return await Promise.all(
    accounts.map(async ({ id, iban, institution_id }) => {
      const [{ account: details }, { balances }, { transactions }] = await Promise.all([
        client.getAccountDetails(id),
        client.getAccountBalances(id),
        client.getAccountTransactions(id, { daysBack: DAYS }),
      ]);
      const unreadBooked = transactions.unreadable.filter(({ list }) => list === "booked").length;
      const name = details.name ?? details.product ?? "Account";
      const currency = details.currency ?? balances[0]?.balanceAmount.currency ?? "EUR";
      const bank = (institution_id ?? "Bank").split("_")[0] ?? "Bank";
      return {
        id,
        name,
        iban: iban ?? details.maskedPan ?? "",
        currency,
        ledger: {
          name: `${bank}:${name}`,
          currency,
          booked: transactions.booked,
          balances,
          unreadable: unreadBooked,
        },
        pending: transactions.pending.length,
      };
    }),
  );
}
