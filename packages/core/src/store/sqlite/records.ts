import type { Logger } from "../../base/logger.ts";
import { checksumOf } from "../checksum.ts";
import type { KeyValueStore } from "../kv.ts";
import { checksumIn } from "./checksum-column.ts";
import { type RecordStatements, recordFrom } from "./records-table.ts";
import type { SharedFile } from "./shared-file.ts";
import { FileUnavailableError } from "./unavailable.ts";

/**
 * Records in a file that several processes share. Each is written in a transaction of its own, so that SQLite itself
 * decides between processes. A record is visible to all processes or to none: a write that the file does not accept is
 * rejected.
 */
export class SqliteKeyValueStore implements KeyValueStore {
  readonly #file: SharedFile<RecordStatements>;
  readonly #logger: Logger;
  readonly #inMemory = new Map<string, string>();

  constructor(file: SharedFile<RecordStatements>, logger: Logger) {
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

  /** Removes a damaged record, so that its user starts a new one. */
  async #record(name: string): Promise<string | undefined> {
    const row = await this.#file.read(({ getRecord }) => getRecord.get(name));
    if (row === undefined) return undefined;
    const value = recordFrom(row, name);
    if (value === undefined) {
      this.#logger.warn(`A record in the ${this.#file.mark.noun} is damaged; starting a new one.`);
      const checksum = checksumIn(row);
      await this.#file.write(({ deleteDamagedRecord }) => deleteDamagedRecord.run(name, checksum));
    }
    return value;
  }
}

/** Keeps records in the memory of this process only if the file is not ours. */
async function orAlone<T>(work: () => Promise<T>, alone: () => T): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof FileUnavailableError && error.isNotOurs) return alone();
    throw error;
  }
}

function wasRecordSet(
  { addRecord, changeRecord, deleteRecord, getRecord }: RecordStatements,
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
