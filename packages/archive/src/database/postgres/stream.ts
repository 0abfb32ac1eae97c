import type { CompiledQuery } from "kysely";
import type { Client } from "pg";
import type { Address } from "./address.ts";
import { PostgresConnection } from "./connection.ts";
import { archiveError } from "./failures.ts";

/** How many rows are in memory at a time. */
const BATCH = 500;

/** Reads rows through a cursor, on a client that is connected here and closed at the end. */
export async function* streamed<Row>(
  client: Client,
  query: CompiledQuery<Row>,
  address: Address,
): AsyncIterableIterator<Row> {
  // An error of the connection also reaches whoever waits for rows.
  client.on("error", () => {});
  try {
    await client.connect();
    const connection = new PostgresConnection(client, address);
    await connection.begin("read only");
    await connection.query(`declare streamed no scroll cursor for ${query.sql}`, query.parameters);
    for (;;) {
      const { rows } = await connection.query(`fetch ${BATCH} from streamed`);
      // The rows have the columns that the type of the compiled query tells.
      yield* rows as Row[];
      if (rows.length < BATCH) return;
    }
  } catch (error) {
    throw archiveError(error, address);
  } finally {
    await client.end().catch(() => {});
  }
}
