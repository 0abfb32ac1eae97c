import * as z from "zod";
import type { Sandbox } from "../../../packages/sandbox/src/index.ts";
import type { ReadEntry } from "../truth.ts";
import type { ActualClient } from "./client.ts";
import type { ActualServer } from "./server.ts";

/** All that runs. */
export interface Running {
  sandbox: Sandbox;
  server: ActualServer;
  client: ActualClient;
}

/** An account in Actual's budget, linked to one of the bank. */
interface LinkedAccount {
  /** The id that the service gave it. */
  id: string;
  booked: ReadEntry[];
  /** How many entries Actual holds for pending. */
  pending: number;
}

/** A bank as Actual has read it. */
interface ReadBank {
  accounts: LinkedAccount[];
  /** What was unusual. */
  notes: string[];
}

/** Actual cannot do what it was asked for. */
export class ActualFailure extends Error {
  override name = "ActualFailure";
  /** What it was asked for. */
  readonly at: "banks" | "link" | "accounts" | "transactions";

  constructor(at: ActualFailure["at"], message: string) {
    super(message);
    this.at = at;
  }
}

const banksSchema = z.array(z.object({ id: z.string() }));
const linkSchema = z.object({
  data: z.union([
    z.object({ link: z.url(), requisitionId: z.string() }),
    z.object({ error_code: z.string(), error_type: z.string() }),
  ]),
});
const waitingSchema = z.object({ status: z.literal("ok"), requisitionStatus: z.string() });
const polledSchema = z.union([
  z.object({ data: z.object({ accounts: z.array(z.looseObject({ account_id: z.string() })) }) }),
  z.object({ error: z.string(), message: z.string().optional() }),
]);
const accountsSchema = z.array(z.object({ id: z.string(), account_id: z.string().nullable() }));
const rowsSchema = z.array(
  z.object({
    amount: z.int(),
    date: z.iso.date(),
    cleared: z.boolean(),
    imported_id: z.string().nullable(),
    notes: z.string().nullable(),
    starting_balance_flag: z.boolean(),
    raw_synced_data: z.string().nullable(),
  }),
);
/** What Actual keeps of the server's answer beside each entry. */
const rawSchema = z.object({ transactionAmount: z.object({ currency: z.string() }) });

/** The ids of the banks of a country, as Actual's client lists them. */
export async function banksOf({ client }: Running, country: string): Promise<string[]> {
  const listed = banksSchema.safeParse(await client.send("gocardless-get-banks", country));
  if (!listed.success) throw new ActualFailure("banks", `The banks of ${country} were not listed.`);
  return listed.data.map(({ id }) => id);
}

/**
 * Connects a bank, links all its accounts and reads them, in the order in which Actual's application does.
 *
 * @throws ActualFailure if Actual reports an error
 */
export async function readBank(running: Running, bank: string): Promise<ReadBank> {
  const { sandbox, server, client } = running;
  // Only a browser sends an origin, without which the server makes no link; so this is not asked of the client.
  const made = linkSchema.parse(await server.post("/gocardless/create-web-token", { institutionId: bank }));
  if ("error_code" in made.data) throw new ActualFailure("link", made.data.error_type);
  const { requisitionId } = made.data;
  const waiting = waitingSchema.parse(await server.post("/gocardless/get-accounts", { requisitionId }));
  if (waiting.requisitionStatus !== "CR")
    throw new Error(`The status of a new link is not CR: ${waiting.requisitionStatus}`);
  await consent(running, requisitionId);
  const accounts: LinkedAccount[] = [];
  const { listed, notes } = await poll(running, requisitionId);
  for (const account of listed) {
    try {
      await client.send("gocardless-accounts-link", { requisitionId, account });
    } catch (error) {
      throw new ActualFailure("transactions", error instanceof Error ? error.message : String(error));
    }
    accounts.push(await read(client, account.account_id));
  }
  const all = sandbox.state().requisitions.find(({ id }) => id === requisitionId)?.accounts ?? [];
  const missing = all.find((id) => !accounts.some((account) => account.id === id));
  if (missing !== undefined) throw new Error(`Actual did not list the account ${missing}.`);
  return { accounts, notes };
}

/** The end user agrees, and the browser comes back to Actual, which closes the window. */
async function consent({ sandbox, server }: Running, requisitionId: string): Promise<void> {
  const address = await sandbox.authorise(requisitionId, { outcome: "linked" });
  if (address === null || !address.startsWith(`${server.url}/gocardless/link?`))
    throw new Error(`The consent page does not lead back to Actual, but to ${address}`);
  const page = await (await fetch(address)).text();
  if (!page.includes("window.close()")) throw new Error(`Actual's page is another one:\n${page}`);
}

/** The accounts of a connection that was agreed to. A bank that still prepares them is asked again two minutes later. */
async function poll({ sandbox, client }: Running, requisitionId: string) {
  const ask = async () =>
    polledSchema.parse(await client.send("gocardless-poll-web-token", { requisitionId }));
  let polled = await ask();
  const { accounts, requisitions } = sandbox.state();
  const linked = requisitions.find(({ id }) => id === requisitionId)?.accounts ?? [];
  const prepared = accounts.every(({ id, status }) => !linked.includes(id) || status === "READY");
  const notes: string[] = [];
  if ("error" in polled && !prepared) {
    notes.push(`"${polled.message}" until the bank has prepared them`);
    sandbox.advanceTime({ minutes: 2 });
    polled = await ask();
  }
  if ("error" in polled) throw new ActualFailure("accounts", polled.message ?? polled.error);
  return { listed: polled.data.accounts, notes };
}

async function read(client: ActualClient, id: string): Promise<LinkedAccount> {
  const accounts = accountsSchema.parse(await client.send("accounts-get"));
  const accountId = accounts.find((account) => account.account_id === id)?.id;
  if (accountId === undefined) throw new Error(`Actual has no account ${id}.`);
  const range = { startDate: "1970-01-01", endDate: "2199-12-31" };
  const rows = rowsSchema
    .parse(await client.send("api/transactions-get", { accountId, ...range }))
    .filter((row) => !row.starting_balance_flag);
  const booked = rows.filter(({ cleared }) => cleared);
  return { id, booked: booked.map(entryOf), pending: rows.length - booked.length };
}

/** If an entry has no transactionId, Actual takes internalTransactionId, after the id of an account not yet known. */
const INTERNAL = "undefined-";

function entryOf(row: z.infer<typeof rowsSchema>[number]): ReadEntry {
  const raw = rawSchema.parse(JSON.parse(row.raw_synced_data ?? "{}"));
  const entry = {
    amount: inUnits(row.amount),
    currency: raw.transactionAmount.currency,
    bookedOn: row.date,
    // A sign for a tag is written twice.
    description: row.notes?.replaceAll("##", "#"),
  };
  if (row.imported_id === null) return entry;
  if (!row.imported_id.startsWith(INTERNAL)) return { ...entry, transactionId: row.imported_id };
  return { ...entry, internalTransactionId: row.imported_id.slice(INTERNAL.length) };
}

/** Actual counts in cents. */
function inUnits(cents: number): string {
  const digits = `${Math.abs(cents)}`.padStart(3, "0");
  return `${cents < 0 ? "-" : ""}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}
