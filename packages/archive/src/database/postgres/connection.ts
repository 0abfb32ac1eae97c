import { ConfigurationError } from "bankdata-core/base";
import type { ClientBase, CustomTypesConfig, FieldDef } from "pg";
import { exactInteger, holdsMicros } from "../integers.ts";
import { Turns } from "../turns.ts";
import type { Address } from "./address.ts";
import { archiveError, lostCommit } from "./failures.ts";

/** The part of pg that is used. */
export type Pg = typeof import("pg")["default"];

/** @throws ConfigurationError if pg is not installed */
export async function loadPg(): Promise<Pg> {
  try {
    return (await import("pg")).default;
  } catch (error) {
    const isMissing = error instanceof Error && "code" in error && error.code === "ERR_MODULE_NOT_FOUND";
    if (!isMissing) throw error;
    throw new ConfigurationError(
      "An archive in Postgres needs the package pg, which is not installed: run `npm install pg` beside bankdata.",
    );
  }
}

/** The types of Postgres that are read in another way than pg does: https://www.postgresql.org/docs/current/catalog-pg-type.html */
const TYPE = { bigint: 20, date: 1082, numeric: 1700 } as const;

/** Reads integers exactly, and days as text. */
function typesOf(pg: Pg): CustomTypesConfig {
  return {
    getTypeParser(oid: number, format?: "text" | "binary") {
      if (oid === TYPE.bigint) return (text: string) => exactInteger(BigInt(text));
      if (oid === TYPE.date) return (text: string) => text;
      return pg.types.getTypeParser(oid, format);
    },
  };
}

/** How every connection to an archive is made. */
export function connectionSettings(
  pg: Pg,
  { connection, options, schema }: Address,
  access: "read" | "write",
) {
  const settings = [
    ...(options === null ? [] : [options]),
    ...(schema === null ? [] : [`-c search_path=${schema}`]),
    ...(access === "write" ? [] : ["-c default_transaction_read_only=on"]),
  ];
  return {
    connectionString: connection,
    types: typesOf(pg),
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    application_name: "bankdata",
    ...(settings.length === 0 ? {} : { options: settings.join(" ") }),
  };
}

/** A row as pg returns it. */
type Row = Record<string, unknown>;

/** Runs statements one after the other, with the archive's errors and types. */
export class PostgresConnection {
  readonly #client: Pick<ClientBase, "query">;
  readonly #address: Address;
  readonly #turns = new Turns();
  #isInTransaction = false;

  constructor(client: Pick<ClientBase, "query">, address: Address) {
    this.#client = client;
    this.#address = address;
  }

  /** Begins a transaction. @throws Error within another one, which would end with this one */
  async begin(characteristics = ""): Promise<void> {
    if (this.#isInTransaction) throw new Error("this is a transaction already");
    this.#isInTransaction = true;
    await this.query(`begin ${characteristics}`);
  }

  /** @throws ArchiveUnavailableError if the connection is lost, so that nobody knows whether it was committed */
  async commit(): Promise<void> {
    const { command } = await this.#run("commit", [], lostCommit);
    this.#isInTransaction = false;
    // After a failed statement, a commit succeeds as a rollback.
    if (command !== "COMMIT")
      throw new Error("the transaction was rolled back, as one of its statements failed");
  }

  /** Undoes what the transaction wrote. On a lost connection, the server does so itself. */
  async rollback(): Promise<void> {
    if (!this.#isInTransaction) return;
    await this.query("rollback");
    this.#isInTransaction = false;
  }

  /** Whether a transaction is open, so that nobody else may use the connection. */
  get isInTransaction(): boolean {
    return this.#isInTransaction;
  }

  async query(sql: string, parameters: readonly unknown[] = []): Promise<PostgresResult> {
    return await this.#run(sql, parameters, archiveError);
  }

  async #run(
    sql: string,
    parameters: readonly unknown[],
    translate: (error: unknown, address: Address) => unknown,
  ): Promise<PostgresResult> {
    return await this.#turns.take(async () => {
      try {
        // Without values, pg uses the simple protocol, with one message in place of five.
        const values = parameters.length === 0 ? undefined : parameters.map(storable);
        const { command, rowCount, rows, fields } = await this.#client.query<Row>(sql, values);
        widen(rows, fields);
        return { command, rowCount: rowCount ?? 0, rows };
      } catch (error) {
        throw translate(error, this.#address);
      }
    });
  }
}

/** What a statement returned. */
export interface PostgresResult {
  readonly command: string;
  readonly rowCount: number;
  readonly rows: Row[];
}

/** Turns the integers of the columns that hold millionths into bigints; their sums are of the type numeric. */
function widen(rows: Row[], fields: readonly FieldDef[] | undefined): void {
  for (const { name, dataTypeID } of fields ?? []) {
    if (!holdsMicros(name) || (dataTypeID !== TYPE.bigint && dataTypeID !== TYPE.numeric)) continue;
    for (const row of rows) row[name] = asBigint(row[name]);
  }
}

function asBigint(value: unknown): unknown {
  if (typeof value === "number") return BigInt(value);
  return typeof value === "string" && /^-?\d+$/.test(value) ? BigInt(value) : value;
}

/** Postgres has no NUL in a text, so that the sign for what cannot be shown takes its place. */
function storable(value: unknown): unknown {
  if (typeof value === "string") return value.replaceAll("\0", "\ufffd");
  if (Array.isArray(value)) return value.map(storable);
  return value;
}
