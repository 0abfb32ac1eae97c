import {
  type CompiledQuery,
  type DatabaseConnection,
  type Driver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
} from "kysely";
import type { Schema } from "../schema.ts";
import type { PostgresConnection } from "./connection.ts";

/** Gives out connections, each to one user at a time. */
export interface ConnectionSource {
  acquire(): Promise<PostgresConnection>;
  release(connection: PostgresConnection): void;
}

/** kysely over connections that it does not close. kysely's own driver takes a pool of pg, whose errors it hands on. */
export function kyselyOver(source: ConnectionSource): Kysely<Schema> {
  return new Kysely<Schema>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new PostgresDriver(source),
      createIntrospector: (database) => new PostgresIntrospector(database),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  });
}

class PostgresDriver implements Driver {
  readonly #source: ConnectionSource;

  constructor(source: ConnectionSource) {
    this.#source = source;
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<KyselyConnection> {
    return new KyselyConnection(await this.#source.acquire());
  }

  async releaseConnection(connection: KyselyConnection): Promise<void> {
    this.#source.release(connection.postgres);
  }

  async beginTransaction({ postgres }: KyselyConnection): Promise<void> {
    await postgres.begin("isolation level repeatable read");
  }

  async commitTransaction({ postgres }: KyselyConnection): Promise<void> {
    await postgres.commit();
  }

  async rollbackTransaction({ postgres }: KyselyConnection): Promise<void> {
    await postgres.rollback();
  }

  async destroy(): Promise<void> {}
}

class KyselyConnection implements DatabaseConnection {
  readonly postgres: PostgresConnection;

  constructor(postgres: PostgresConnection) {
    this.postgres = postgres;
  }

  async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    const { command, rowCount, rows } = await this.postgres.query(sql, parameters);
    // The rows have the columns that the type of the compiled query tells.
    const typed = rows as R[];
    return command === "SELECT" ? { rows: typed } : { rows: typed, numAffectedRows: BigInt(rowCount) };
  }

  // biome-ignore lint/correctness/useYield: it only throws.
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error("kysely's stream is not supported: use the database's own");
  }
}
