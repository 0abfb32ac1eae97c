import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Sandbox } from "../../../packages/sandbox/src/index.ts";
import { checkedPostings, importEnvironment, type Posting } from "../beancount.ts";
import type { Place, Program } from "../program.ts";
import { venv } from "../python.ts";
import { startTlsSandbox } from "../tls-sandbox.ts";
import { assertSameEntries, type ReadEntry, shownAsBooked, shownAsPending } from "../truth.ts";

/**
 * GBP with date-times, GBP with `pending` in another place, EUR with blank ids and `null`, EUR with late arrivals and no
 * `transactionId`, CZK, and NOK on cards without an IBAN. It reads most of the others as well, but not dates with a time
 * (Crédit Agricole) nor amounts that are numbers (Sabadell); it takes swapped dates, inverted signs and cut, doubled or
 * escaped texts as they are.
 */
const BANKS = [
  ...["MONZO_MONZGB2L", "METRO_BANK_MYMBGB2L", "SPARKASSE_BERLIN_BELADEBE", "RABOBANK_RABONL2U"],
  ...["CESKA_SPORITELNA_GIBACZPX", "BANKNORWEGIAN_NORWNOK1"],
];
/** The account of which pending entries are imported as well, and the balance that includes them. */
const WITH_PENDING = "MONZO_MONZGB2L";

/** The reference client and its importer: connected, read, imported into a ledger, disconnected with its command. */
export const beancountGocardless: Program = {
  name: "beancount-gocardless 0.1.14",
  async run(place: Place) {
    const made = await venv(place, ["beancount-gocardless==0.1.14", "beancount==3.2.3", "beangulp==0.2.0"]);
    await using served = await startTlsSandbox(place);
    const { sandbox } = served;
    const { secretId, secretKey } = sandbox.credentials;
    const environment = {
      ...served.environment,
      ...importEnvironment,
      GOCARDLESS_SECRET_ID: secretId,
      GOCARDLESS_SECRET_KEY: secretKey,
    };
    const python = (script: string, ...args: string[]) =>
      made.run("python", [join(import.meta.dirname, script), ...args], environment);
    await python("beancount-gocardless-client.py", ...BANKS);
    const { accounts } = sandbox.state();
    const imports = accounts.map(({ id, institution_id: bank }, index) => ({
      id,
      name: `Assets:Banks:${bank.split("_")[0]}:Account${index}`,
      pending: bank === WITH_PENDING,
    }));
    writeFileSync(join(place.folder, "gocardless.yaml"), configuration(imports));
    const { stdout } = await python("beancount-gocardless-import.py", "extract", "gocardless.yaml");
    const trueAmounts = ({ id, pending }: Import) => shown(sandbox, id, pending).map(({ amount }) => amount);
    const postings = await checkedPostings(
      { place, venv: made },
      stdout,
      new Map(imports.map((one) => [one.name, trueAmounts(one)])),
    );
    for (const { id, name, pending } of imports) {
      const own = postings.filter(({ account }) => account === name);
      const read = (flag: string) => own.filter((one) => one.flag === flag).map(readEntry);
      assertSameEntries(read("*"), shownAsBooked(sandbox, id), `${name}, booked`);
      if (pending) assertSameEntries(read("!"), shownAsPending(sandbox, id), `${name}, pending`);
    }
    await python("beancount-gocardless-cli.py");
    return `${accounts.length} accounts at ${BANKS.length} banks, ${postings.length} postings in a ledger that bean-check accepts`;
  },
};

/** An account to import. */
interface Import {
  id: string;
  /** The account of the ledger. */
  name: string;
  /** Whether pending entries are imported, too. */
  pending: boolean;
}

function shown(sandbox: Sandbox, id: string, pending: boolean) {
  return [...shownAsBooked(sandbox, id), ...(pending ? shownAsPending(sandbox, id) : [])];
}

/** The configuration of the importer, as its documentation has it. JSON is YAML. */
function configuration(imports: readonly Import[]): string {
  return JSON.stringify({
    secret_id: "$GOCARDLESS_SECRET_ID",
    secret_key: "$GOCARDLESS_SECRET_KEY",
    cache_options: {
      cache_name: "gocardless",
      backend: "sqlite",
      expire_after: 3600,
      old_data_on_error: true,
    },
    accounts: imports.map(({ id, name, pending }) => ({
      id,
      asset_account: name,
      ...(pending ? { preferred_balance_type: "interimAvailable" } : { transaction_types: ["booked"] }),
    })),
  });
}

function readEntry({ date, amount, currency, narration, meta }: Posting): ReadEntry {
  return {
    amount,
    currency,
    valueOn: date,
    bookedOn: meta["bookingDate"],
    counterparty: meta[amount.startsWith("-") ? "creditorName" : "debtorName"],
    description: narration,
    transactionId: meta["nordref"],
  };
}
