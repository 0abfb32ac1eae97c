import type { Client } from "pg";
import type { Completion, Streamed } from "../database.ts";
import type { Address } from "./address.ts";
import { PostgresConnection } from "./connection.ts";
import { archiveError } from "./failures.ts";
import { kyselyOver } from "./kysely.ts";

/** What is read, and where. */
interface Streaming<Row, Result> {
  readonly query: Streamed<Row>;
  readonly complete: Completion<Row, Result>;
  readonly address: Address;
}

/** How many rows are in memory at a time. */
const BATCH = 500;

/** Reads rows through a cursor and completes them, on a client that is connected here and closed at the end. */
export async function* streamed<Row, Result>(
  client: Client,
  { query, complete, address }: Streaming<Row, Result>,
): AsyncIterableIterator<Result> {
  // An error of the connection also reaches whoever waits for rows.
  client.on("error", () => {});
  try {
    await client.connect();
    const connection = new PostgresConnection(client, address);
    await connection.begin("isolation level repeatable read read only");
    const kysely = kyselyOver({ acquire: async () => connection, release() {} });
    const prepared = typeof query === "function" ? await query(kysely) : { query };
    if (prepared === undefined) return;
    const select = prepared.query;
    await connection.query(`declare streamed no scroll cursor for ${select.sql}`, select.parameters);
    for (;;) {
      const { rows } = await connection.query(`fetch ${BATCH} from streamed`);
      // The rows have the columns that the type of the compiled query tells.
      yield* await complete(rows as Row[], kysely);
      if (rows.length < BATCH) return;
    }
  } catch (error) {
    throw archiveError(error, address);
  } finally {
    await client.end().catch(() => {});
  }
}
