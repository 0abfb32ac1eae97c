import type { Logger } from "bankdata-core/base";
import type { Migration } from "./migrations/index.ts";

/** How a database is opened. */
export interface DatabaseOptions {
  /** The path of a file, `:memory:`, or `postgres://…`. */
  readonly location: string;
  /** The time, in milliseconds since 1970. */
  readonly now: () => number;
  /** Gets what does not keep the archive from working. @default silent */
  readonly logger?: Logger | undefined;
}

/** What only tests set otherwise. */
export interface InternalOptions {
  readonly migrations: readonly Migration[];
  /** How long a write waits for other processes, in milliseconds. */
  readonly patience: number;
  /** The kind of network drive that a folder is on; undefined if it is on none. */
  readonly networkDriveOf: (folder: string) => string | undefined;
}

/** Options with every default filled in. */
export interface DatabaseSettings extends Required<DatabaseOptions>, InternalOptions {
  readonly logger: Logger;
}
