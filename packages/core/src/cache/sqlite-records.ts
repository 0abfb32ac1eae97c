import type { Logger } from "../base/logger.ts";
import { checksumOf } from "./checksum.ts";
import type { SharedKeyValueStore } from "./response-store.ts";
import type { SharedFile } from "./shared-file.ts";
import { checksumIn, recordFrom, type Statements } from "./sqlite-statements.ts";
import { FileUnavailableError } from "./unavailable.ts";

/**
 * Records in a file that several processes share, in a transaction each, so that SQLite itself decides between
 * processes. They are for all processes or for none: one that cannot be written is refused.
 */
export class SqliteKeyValueStore implements SharedKeyValueStore {
  readonly #file: SharedFile;
  readonly #logger: Logger;
  readonly #inMemory = new Map<string, string>();

  constructor(file: SharedFile, logger: Logger) {
    this.#file = file;
    this.#logger = logger;
  }

  async get(name: string): Promise<string | undefined> {
    return await orAlone(
      () => this.#record(name),
      () => this.#inMemory.get(name),
    );
  }

  async compareAndSet(
    name: string,
    expected: string | undefined,
    value: string | undefined,
  ): Promise<boolean> {
    return await orAlone(
      () => this.#file.write((statements) => wasRecordSet(statements, name, expected, value)),
      () => {
        if (this.#inMemory.get(name) !== expected) return false;
        if (value === undefined) this.#inMemory.delete(name);
        else this.#inMemory.set(name, value);
        return true;
      },
    );
  }

  /** A record that is not as it was written is removed, and begun anew by whoever wanted it. */
  async #record(name: string): Promise<string | undefined> {
    const row = await this.#file.read(({ getRecord }) => getRecord.get(name));
    if (row === undefined) return undefined;
    const value = recordFrom(row, name);
    if (value === undefined) {
      this.#logger.warn("A record in the cache file is damaged; it is begun anew.");
      const checksum = checksumIn(row);
      await this.#file.write(({ deleteSpoiltRecord }) => deleteSpoiltRecord.run(name, checksum));
    }
    return value;
  }
}

/** Only if the file is not ours at all, this process keeps records of its own. */
async function orAlone<T>(work: () => Promise<T>, alone: () => T): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof FileUnavailableError && error.isNotOurs) return alone();
    throw error;
  }
}

function wasRecordSet(
  { addRecord, changeRecord, deleteRecord, getRecord }: Statements,
  name: string,
  expected: string | undefined,
  value: string | undefined,
): boolean {
  if (value !== undefined) {
    const checksum = checksumOf([name], value);
    const { changes } =
      expected === undefined
        ? addRecord.run(name, value, checksum)
        : changeRecord.run(value, checksum, name, expected);
    return Number(changes) === 1;
  }
  if (expected === undefined) return getRecord.get(name) === undefined;
  return Number(deleteRecord.run(name, expected).changes) === 1;
}
