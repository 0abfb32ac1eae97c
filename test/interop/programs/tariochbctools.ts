import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Quirk, Sandbox } from "../../../packages/sandbox/src/index.ts";
import { checkedPostings, importEnvironment, type Posting } from "../beancount.ts";
import type { Place, Program } from "../program.ts";
import { type Venv, venv } from "../python.ts";
import { startTlsSandbox, type TlsSandbox } from "../tls-sandbox.ts";
import { assertSameEntries, type ReadEntry, shownAsBooked } from "../truth.ts";

/**
 * It reads a purchase abroad only if `currencyExchange` is an object with an `instructedAmount`, as Revolut sends it. Any
 * other form ends it with an error, so that the three other banks get this one from the sandbox, beside quirks that it can
 * read: GBP with date-times, EUR without ids, and SEK with value dates ahead, oldest first and late.
 */
const EXCHANGE: Quirk[] = ["instructedAmount", "objectCurrencyExchange"];
const QUIRKS: Record<string, Quirk[]> = {
  MONZO_MONZGB2L: ["dateTimesBeside", "sortCode", "codes", ...EXCHANGE],
  N26_NTSBDEB1: ["vanishingPending", "changedPending", "noIds", ...EXCHANGE],
  HANDELSBANKEN_HANDSESS: ["valuesAhead", "oldestFirst", "lateArrivals", ...EXCHANGE],
};
const BANKS = ["REVOLUT_REVOGB21", ...Object.keys(QUIRKS)];

/**
 * What its importer for this service and its command import. It also declares pandas, camelot-py and a dozen others, which
 * only its other importers need.
 */
const NEEDED = ["beancount==3.2.3", "beangulp==0.2.0", "pyyaml==6.0.4", "requests==2.34.2"];

/** The command that connects banks, and the importer into a ledger. */
export const tariochbctools: Program = {
  name: "tariochbctools 1.7.0",
  async run(place: Place) {
    const made = await venv(place, NEEDED, { withoutDependencies: ["tariochbctools==1.7.0"] });
    await using served = await startTlsSandbox(place, { quirks: QUIRKS });
    const { sandbox } = served;
    const { secretId, secretKey } = sandbox.credentials;
    const conf = async (...args: string[]) => {
      const secrets = ["--secret_id", secretId, "--secret_key", secretKey];
      return (await made.run("nordigen-conf", [...secrets, ...args], served.environment)).stdout;
    };
    await connect(sandbox, conf);
    const { accounts } = sandbox.state();
    const names = new Map(
      accounts.map(({ id, institution_id }, index) => [
        id,
        `Assets:${institution_id.split("_")[0]}:No${index}`,
      ]),
    );
    const postings = await imported({ place, venv: made }, served, names);
    for (const [id, name] of names) {
      const own = postings.filter(({ account }) => account === name);
      assertSameEntries(own.map(readEntry), shownAsBooked(sandbox, id), name);
    }
    for (const bank of BANKS) await conf("delete_link", "--reference", `interop ${bank}`);
    expect(sandbox.state().requisitions.length === 0, "a requisition is left after delete_link");
    return `${accounts.length} accounts at ${BANKS.length} banks, ${postings.length} postings in a ledger that bean-check accepts`;
  },
};

/** Runs `nordigen-conf`, and returns what it prints. */
type Conf = (...args: string[]) => Promise<string>;

/** Lists banks, connects each bank, and lists the accounts. */
async function connect(sandbox: Sandbox, conf: Conf): Promise<void> {
  const british = (await conf("list_banks", "--country", "GB")).split("\n");
  expect(british.includes("Monzo: MONZO_MONZGB2L"), `list_banks does not list Monzo: ${british}`);
  for (const bank of BANKS) {
    const wanted = ["create_link", "--bank", bank, "--reference", `interop ${bank}`];
    const printed = await conf(...wanted);
    const requisition = sandbox.state().requisitions.at(-1);
    expect(requisition !== undefined && printed.includes(` ${requisition.link} `), printed);
    await sandbox.authorise(requisition.id, { outcome: "linked" });
    if (bank === BANKS[0]) expect((await conf(...wanted)).includes("already exists"), "linked twice");
  }
  const listed = await conf("list_accounts");
  for (const { id, institution_id, iban, currency } of sandbox.state().accounts) {
    const line = listed.split("\n").find((one) => one.startsWith(`${id}: ${institution_id} `));
    expect(line?.endsWith(` ${iban} ${currency}`) === true, `list_accounts does not list ${id}: ${listed}`);
  }
}

/** Imports all accounts with the script, and returns the postings of the ledger. */
async function imported(
  made: { place: Place; venv: Venv },
  { sandbox, environment }: TlsSandbox,
  names: ReadonlyMap<string, string>,
): Promise<Posting[]> {
  const { secretId: secret_id, secretKey: secret_key } = sandbox.credentials;
  const accounts = [...names].map(([id, asset_account]) => ({ id, asset_account }));
  // JSON is YAML.
  writeFileSync(
    join(made.place.folder, "nordigen.yaml"),
    JSON.stringify({ secret_id, secret_key, accounts }),
  );
  const script = join(import.meta.dirname, "tariochbctools-import.py");
  const { stdout } = await made.venv.run("python", [script, "extract", "nordigen.yaml"], {
    ...environment,
    ...importEnvironment,
  });
  // It asserts no balances, so that no amounts are needed for opening balances.
  return checkedPostings(made, stdout, new Map([...names.values()].map((name) => [name, []])));
}

function readEntry({ date, amount, currency, narration, meta }: Posting): ReadEntry {
  return {
    amount,
    currency,
    bookedOn: date,
    counterparty: meta[amount.startsWith("-") ? "creditorName" : "debtorName"],
    description: narration,
    transactionId: meta["nordref"],
  };
}

function expect(isTrue: boolean, otherwise: string): asserts isTrue {
  if (!isTrue) throw new Error(otherwise);
}
