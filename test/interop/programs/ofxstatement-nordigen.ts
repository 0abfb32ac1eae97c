import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { Quirk, Sandbox, VisibleAccount } from "../../../packages/sandbox/src/index.ts";
import { plainClient } from "../../sandbox/plain-client.ts";
import type { Place, Program } from "../program.ts";
import { type Venv, venv } from "../python.ts";
import { assertSameEntries, shownAsBooked } from "../truth.ts";

/**
 * What a bank must send for the plugin to read all of it: it takes the booking date from `bookingDateTime` alone, and fails
 * if `currencyExchange` is an array. It also fails at an entry without any id (`noIds`) or with `balanceAfterTransaction`,
 * which it takes for a number (`runningBalance`). Without a `transactionId` (`noTransactionId`) it writes no FITID.
 */
const READABLE: Quirk[] = ["dateTimesBeside", "objectCurrencyExchange"];
/** Banks of several habits and currencies, and the quirks that they have in place of their own. */
const BANKS: Record<string, Quirk[]> = {
  MONZO_MONZGB2L: [...READABLE, "codes", "sortCode"], // Its own.
  BARCLAYS_BUKBGB22: [...READABLE, "reusedIds", "oldestFirst"],
  SABADELL_BSABESBB: [...READABLE, "numericAmounts"],
  DEUTSCHE_BANK_DEUTDEFF: [...READABLE, "instructedAmount", "quotationDate"],
  DANSKE_DABADKKK: [...READABLE, "unknownFields", "textTwice"],
};

/** The plugin of ofxstatement on saved responses: every transaction of the OFX files is as in the truth. */
export const ofxstatementNordigen: Program = {
  name: "ofxstatement-nordigen 0.1.2",
  async run(place: Place) {
    const packages = ["ofxstatement-nordigen==0.1.2", "ofxstatement==0.9.3", "ofxtools==1.1.1"];
    const python = await venv(place, packages);
    // The plugin reads a file and no clock, so the sandbox's may stand still.
    await using client = await plainClient({ quirks: BANKS });
    const { sandbox, send } = client;
    for (const bank of Object.keys(BANKS)) await client.connect(bank);
    const { accounts } = sandbox.state();
    const files: string[] = [];
    for (const account of accounts) {
      const { status, text } = await send("GET", `/accounts/${account.id}/transactions/`);
      if (status !== 200) throw new Error(`Transactions of ${account.institution_id}: status ${status}`);
      files.push(await convert(python, place, account, text));
    }
    const statements = await readStatements(python, files);
    for (const [index, account] of accounts.entries()) compare(sandbox, account, statements[index]);
    const currencies = new Set(accounts.map(({ currency }) => currency));
    return (
      `${Object.keys(BANKS).length} banks, ${accounts.length} accounts in ${[...currencies].join(", ")}: ` +
      `${statements.flatMap(({ entries }) => entries).length} transactions in OFX as in the truth`
    );
  },
};

/** Converts a response with transactions, byte for byte as it was sent, and returns the path of the OFX file. */
async function convert(
  python: Venv,
  place: Place,
  account: VisibleAccount,
  response: string,
): Promise<string> {
  const path = (ending: string) => join(place.folder, `${account.id}.${ending}`);
  const { iban, currency } = account;
  const settings = ["[own]", "plugin = nordigen", `account = ${iban}`, `currency = ${currency}`, ""];
  writeFileSync(path("json"), response);
  writeFileSync(path("ini"), settings.join("\n"));
  const options = ["--config", path("ini"), "--type", "own"];
  await python.run("ofxstatement", ["convert", ...options, path("json"), path("ofx")]);
  return path("ofx");
}

function compare(sandbox: Sandbox, account: VisibleAccount, statement: Statement | undefined): void {
  const name = `ofxstatement-nordigen at ${account.institution_id}`;
  if (statement?.account !== account.iban || statement.currency !== account.currency) {
    throw new Error(`${name}: the statement is of ${statement?.account} in ${statement?.currency}`);
  }
  const read = statement.entries.map((one) => ({ ...one, counterparty: one.counterparty ?? undefined }));
  assertSameEntries(read, shownAsBooked(sandbox, account.id), name);
}

const statementSchema = z.object({
  account: z.string(),
  currency: z.string(),
  entries: z.array(
    z.object({
      amount: z.string(),
      currency: z.string(),
      bookedOn: z.string(),
      valueOn: z.string(),
      transactionId: z.string(),
      internalTransactionId: z.string(),
      counterparty: z.string().nullable(),
      description: z.string(),
    }),
  ),
});

type Statement = z.infer<typeof statementSchema>;

/** What ofxtools reads in OFX files, in their order. */
async function readStatements(python: Venv, files: readonly string[]): Promise<Statement[]> {
  const reader = join(import.meta.dirname, "ofxstatement-nordigen-read.py");
  const { stdout } = await python.run("python", [reader, ...files]);
  const lines = stdout.trim().split("\n");
  return lines.map((line) => statementSchema.parse(JSON.parse(line)));
}
