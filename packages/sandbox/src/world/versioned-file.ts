import { readStateFile, versionOf, writeStateFile } from "./state-file.ts";

/** The state file was written by another program since it was last read or written here. */
export class StateChangedError extends Error {}

/**
 * A state file, and the version of it that is in memory. It is only written if it still has that version, or was removed,
 * so that nothing that another program has written is lost, whether or not that program heeds the lock.
 */
export class VersionedFile<Snapshot extends object> {
  readonly path: string;
  readonly #parse: (value: unknown) => Snapshot;
  /** The version that is in memory; undefined for no file. */
  #known: string | undefined;

  /** @param parse checks the content, and throws if it is not a sandbox's state */
  constructor(path: string, parse: (value: unknown) => Snapshot) {
    this.path = path;
    this.#parse = parse;
  }

  /** Whether nobody else has written or removed the file. */
  isCurrent(): boolean {
    return versionOf(this.path) === this.#known;
  }

  /** Reads the newest state and passes it to `use`; undefined if there is no file. Both must succeed for it to be known. */
  read<Result>(use: (snapshot: Snapshot | undefined) => Result): Result {
    const version = versionOf(this.path);
    const result = use(readStateFile(this.path, this.#parse));
    this.#known = version;
    return result;
  }

  /** @throws StateChangedError if another program has written the file; Error if it cannot be written */
  write(snapshot: Snapshot): void {
    const isReplaceable = () => this.isCurrent() || versionOf(this.path) === undefined;
    // Before anything is written as well, to say first what matters more than a full disk.
    if (!isReplaceable() || !writeStateFile(this.path, snapshot, isReplaceable))
      throw new StateChangedError(
        `The state file ${this.path} was changed by another program, and is not overwritten.`,
      );
    this.#known = versionOf(this.path);
  }
}
