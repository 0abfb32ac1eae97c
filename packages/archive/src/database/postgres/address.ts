import { ConfigurationError } from "bankdata-core/base";

/** Where a Postgres archive is. */
export interface Address {
  /** What pg connects to. It can hold a password, so it is in no message. */
  readonly connection: string;
  /** Settings of the server that the address asks for, as `-c NAME=VALUE`; null if it asks for none. */
  readonly options: string | null;
  /** The schema of the archive; null for the first one of the connection's search path. */
  readonly schema: string | null;
  /** The address for messages, without the password and any parameters. */
  readonly shown: string;
}

/** Whether a location is an address of Postgres, and not the path of a file. */
export function isPostgres(location: string): boolean {
  return /^postgres(?:ql)?:\/\//i.test(location);
}

/** Lower case, so that it is the same with and without quotes, and at most 63 bytes, as Postgres cuts longer ones. */
const SCHEMA = /^[a-z_][a-z0-9_]{0,62}$/;

/**
 * Reads `postgres://USER:PASSWORD@HOST:PORT/DATABASE?schema=NAME`; other parameters are those of pg.
 *
 * @throws ConfigurationError if it is not an address, or the schema not a name
 */
export function readAddress(location: string): Address {
  // The error of `URL` quotes the address, password included.
  const url = URL.parse(location);
  if (url === null)
    throw new ConfigurationError(
      "The address of the archive's Postgres is not valid: use postgres://USER:PASSWORD@HOST:PORT/DATABASE, and percent-encode special characters of the password, such as %40 for @.",
    );
  const schema = url.searchParams.get("schema");
  if (schema !== null && !SCHEMA.test(schema))
    throw new ConfigurationError(
      `The schema ${JSON.stringify(schema)} of the archive's Postgres is not valid: use lower-case letters, digits and underscores, at most 63 of them, without a digit at the start.`,
    );
  const options = url.searchParams.get("options");
  for (const ours of ["schema", "options"]) url.searchParams.delete(ours);
  return { connection: url.href, options, schema, shown: shownAs(url) };
}

function shownAs(url: URL): string {
  const shown = new URL(url.href);
  if (shown.password !== "") shown.password = "***";
  shown.search = "";
  shown.hash = "";
  return shown.href;
}
