import { deepStrictEqual as deepEqual } from "node:assert";
import { execFile, execFileSync } from "node:child_process";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";
import type { Sandbox } from "../../../packages/sandbox/src/index.ts";
import { plainReader } from "../plain-reader.ts";
import type { Program } from "../program.ts";
import { sandboxInRealTime } from "../tls-sandbox.ts";
import { assertSameEntries, type ReadEntry, shownAsBooked } from "../truth.ts";

/**
 * Banks of different habits. The client's types are those of the specification, so that it reads no transactions of
 * `SANDBOXFINANCE_SFIN0000`, Revolut, Monzo and Starling, which send a currency exchange as an object, and neither balances
 * nor transactions of Banco Sabadell, which sends amounts as numbers.
 */
const BANKS = [
  "N26_NTSBDEB1", // rows without ids
  "WISE_TRWIGB22", // one account a currency
  "ING_INGDDEFF", // both parties' names, exchanges with a date
  "LLOYDS_LOYDGB2L", // date-times, running balances, sort codes
  "KBC_KREDBEBB", // structured references in lists
  "ERSTE_GIBAATWW", // everything in the details
  "LA_BANQUE_POSTALE_PSSTFRPP", // no list of pending entries
  "BANKNORWEGIAN_NORWNOK1", // cards without an IBAN
  "KOMERCNI_KOMBCZPP", // koruna, a second identification of the account
];
/** Members of an institution that the specification has only for a response with a single one. */
const UNSPECIFIED_IN_LISTS = ["supported_features", "identification_codes"];
/** Members of entries that are not in the specification. Wise sends the last three. */
const UNSPECIFIED = [
  "instructedAmount",
  "additionalDataStructured",
  "cardTransaction",
  "merchantCategoryCode",
];
const COUNTRY = "GB";
const CRATE = join(import.meta.dirname, "gocardless-bankaccountdata");
/** Kept from run to run, because the crate's TLS library alone compiles for most of a minute. */
const BUILT = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "bankdata-interop/cargo");

const run = promisify(execFile);

const Entry = z.looseObject({
  transactionAmount: z.object({ amount: z.string(), currency: z.string() }),
  bookingDate: z.string().optional(),
  valueDate: z.string().optional(),
  transactionId: z.string().optional(),
  internalTransactionId: z.string().optional(),
  entryReference: z.string().optional(),
});
const Connected = z.object({
  institution: z.looseObject({ id: z.string() }),
  agreement: z.looseObject({ accepted: z.null(), max_historical_days: z.int() }),
  requisition: z.looseObject({ id: z.string(), status: z.literal("CR"), link: z.string() }),
  accepted: z.looseObject({ accepted: z.string() }),
  deleted: z.object({ summary: z.literal("End User Agreement deleted"), detail: z.string() }),
});
/** The metadata without the time of the latest access. */
const Metadata = z.looseObject({ id: z.string() }).transform(({ last_accessed: _, ...metadata }) => metadata);
const Transactions = z.looseObject({
  transactions: z.object({ booked: z.array(Entry), pending: z.array(Entry).optional() }),
});
const Account = z.object({
  metadata: Metadata,
  balances: z.unknown(),
  details: z.unknown(),
  /** All of them, and those of one day. */
  transactions: z.tuple([Transactions, Transactions]),
});
type Account = z.infer<typeof Account>;
const Read = z.object({
  requisition: z.looseObject({ status: z.literal("LN") }),
  agreement: z.looseObject({ accepted: z.string() }),
  /** How many agreements there are, how many are on a page for one, and how many requisitions there are. */
  known: z.array(z.int()),
  accounts: z.array(Account),
  deleted: z.object({ summary: z.literal("Requisition deleted"), detail: z.string() }),
  refused: z.tuple([z.literal(404), z.looseObject({ status_code: z.literal(404) })]),
});

/** The client for Rust that OpenAPI Generator made, through nearly all that it can do, at several banks. */
export const gocardlessBankaccountdata: Program = {
  name: "gocardless-bankaccountdata 2.0.7",
  mayBeMissing: true,
  missing() {
    try {
      const [, minor] = /^cargo 1\.(\d+)/.exec(execFileSync("cargo", ["--version"]).toString()) ?? [];
      return Number(minor) >= 85 ? undefined : "cargo 1.85 or newer";
    } catch {
      return "cargo";
    }
  },
  async run({ folder }) {
    await run("cargo", ["build", "--quiet", "--locked", "--manifest-path", join(CRATE, "Cargo.toml")], {
      env: { ...process.env, CARGO_TARGET_DIR: BUILT },
    });
    await using sandbox = await sandboxInRealTime({
      tls: { folder },
      // Everything at once is more than the service allows in a minute.
      rateLimits: { accounts: { calls: 1000, window: 60, period: "min" } },
    });
    const plain = await plainReader(sandbox);
    const institutions = await client(sandbox, "institutions", [COUNTRY], z.array(z.unknown()));
    const listed = await plain(`/institutions/?country=${COUNTRY}&pending_transactions_supported=true`);
    deepEqual(institutions, [held(listed, UNSPECIFIED_IN_LISTS)], "institutions");

    const connected = await client(sandbox, "connect", BANKS, z.array(Connected));
    for (const { institution, requisition } of connected) {
      deepEqual(institution, await plain(`/institutions/${institution.id}/`), institution.id);
      await sandbox.authorise(requisition.id, { outcome: "linked" });
    }
    const sent = await besideTransactions(sandbox, plain);
    const ids = connected.map(({ requisition }) => requisition.id);
    const read = await client(sandbox, "read", ids, z.array(Read));
    // Each requisition is deleted with its agreement before the next is read.
    const known = ids.map((_, at) => [ids.length - at, 1, ids.length - at]);
    deepEqual(
      read.map((one) => one.known),
      known,
      "agreements and requisitions",
    );
    const accounts = read.flatMap((one) => one.accounts);
    deepEqual(accounts.map(({ metadata }) => metadata.id).sort(), [...sent.keys()].sort(), "accounts");
    for (const { transactions, ...beside } of accounts) {
      const { id } = beside.metadata;
      deepEqual(beside, sent.get(id), `account ${id}`);
      assertTransactions(sandbox, id, transactions);
    }
    const { agreements, requisitions } = sandbox.state();
    deepEqual([agreements, requisitions], [[], []], "what is left");
    const entries = accounts.flatMap(({ transactions: [{ transactions }] }) => transactions.booked);
    return `${read.length} banks connected and deleted, ${accounts.length} accounts, ${entries.length} booked entries`;
  },
};

/** Runs the client, which reaches the sandbox under the service's own address, and returns what it prints. */
async function client<T>(
  { tls, credentials: { secretId, secretKey } }: Sandbox,
  command: string,
  names: string[],
  form: z.ZodType<T>,
): Promise<T> {
  const { stdout } = await run(join(BUILT, "debug/gocardless-bankaccountdata-client"), [command, ...names], {
    maxBuffer: 256_000_000,
    env: { ...process.env, ...tls?.environment, SECRET_ID: secretId, SECRET_KEY: secretKey },
  });
  return form.parse(JSON.parse(stdout));
}

/** What the sandbox responds for each account but transactions, by its id. */
async function besideTransactions(sandbox: Sandbox, plain: (path: string) => Promise<unknown>) {
  const sent = new Map<string, unknown>();
  for (const { id } of sandbox.state().accounts) {
    const balances = await plain(`/accounts/${id}/balances/`);
    const details = await plain(`/accounts/${id}/details/`);
    const metadata = Metadata.parse(await plain(`/accounts/${id}/`));
    sent.set(id, held({ metadata, balances, details }));
  }
  return sent;
}

type Sent = Record<"booked" | "pending", unknown[]>;

/** Compares an account's entries with the truth, and every member of each with what was sent. */
function assertTransactions(sandbox: Sandbox, id: string, read: Account["transactions"]): void {
  assertSameEntries(read[0].transactions.booked.map(entryOf), shownAsBooked(sandbox, id), `account ${id}`);
  const sent = read.map((): Sent => ({ booked: [], pending: [] }));
  for (const { status, payload, seen } of sandbox.truth(id).flatMap(({ observed }) => observed)) {
    const entry = held(payload, UNSPECIFIED);
    for (const { response, position } of seen) {
      const list = sent[response]?.[status];
      if (list !== undefined) list[position] = entry;
    }
  }
  for (const [at, { transactions }] of read.entries())
    deepEqual({ pending: [], ...transactions }, sent[at], `response ${at} of account ${id}`);
}

/** What the client's types hold of a response: no null, and no member that is not in the specification. */
function held(response: unknown, unspecified: readonly string[] = []): unknown {
  const isDropped = (name: string, value: unknown) => value === null || unspecified.includes(name);
  return JSON.parse(JSON.stringify(response, (name, value) => (isDropped(name, value) ? undefined : value)));
}

function entryOf({ transactionAmount, bookingDate, valueDate, ...ids }: z.infer<typeof Entry>): ReadEntry {
  return { ...transactionAmount, bookedOn: bookingDate, valueOn: valueDate, ...ids };
}
