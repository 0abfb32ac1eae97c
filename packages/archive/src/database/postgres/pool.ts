import type { Pool, PoolClient } from "pg";
import type { Address } from "./address.ts";
import { connectionSettings, type Pg, PostgresConnection } from "./connection.ts";
import { archiveError } from "./failures.ts";
import type { ConnectionSource } from "./kysely.ts";
import { Slots } from "./slots.ts";

/** How many connections a pool makes at most; a hosted server may allow no more than 20 in all. */
const MOST = 5;

/** Connections to an archive, made when they are needed. One whose server went away is replaced. */
export class ConnectionPool implements ConnectionSource {
  readonly #pool: Pool;
  readonly #address: Address;
  /** pg gives up waiting for a connection as soon as it would for the server, but a writer may wait for others for long. */
  readonly #slots = new Slots(MOST);
  readonly #lent = new Map<PostgresConnection, PoolClient>();

  constructor(pg: Pg, address: Address, access: "read" | "write") {
    this.#address = address;
    this.#pool = new pg.Pool({
      ...connectionSettings(pg, address, access),
      max: MOST,
      allowExitOnIdle: true,
    });
    // Without a listener, an error of a connection that nobody uses would end the process. Whoever uses it gets it anyway.
    this.#pool.on("error", () => {});
    this.#pool.on("connect", (client) => void client.on("error", () => {}));
  }

  /** @throws ArchiveUnavailableError if the server is away; ConfigurationError if it refuses */
  async acquire(): Promise<PostgresConnection> {
    await this.#slots.take();
    try {
      const client = await this.#pool.connect();
      const connection = new PostgresConnection(client, this.#address);
      this.#lent.set(connection, client);
      return connection;
    } catch (error) {
      this.#slots.give();
      throw archiveError(error, this.#address);
    }
  }

  /** Takes a connection back, and closes it if it failed or a transaction is still open. */
  release(connection: PostgresConnection): void {
    this.#lent.get(connection)?.release(connection.isInTransaction);
    this.#lent.delete(connection);
    this.#slots.give();
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }
}
