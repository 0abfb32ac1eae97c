import { dirname } from "node:path";
import type { Logger } from "../base/logger.ts";
import { canOthersWriteBeside } from "./file-kind.ts";
import { messageOf } from "./sqlite-errors.ts";
import { NotOursError } from "./sqlite-open.ts";

/** The file cannot be used for what was wanted: it cannot be opened, or only be read. It stays as it is. */
export class FileUnavailableError extends Error {
  override name = "FileUnavailableError";
  /** Whether the file, or what is in its place, is nothing that this version of the cache can use. */
  readonly isNotOurs: boolean;
  /** Whether it can be read. */
  readonly isReadable: boolean;

  constructor(reason: unknown, isReadable: boolean) {
    super(messageOf(reason));
    this.isNotOurs = reason instanceof NotOursError;
    this.isReadable = isReadable;
  }
}

/** Tells the user what is wrong with the cache file, each thing once until the file is well again. */
export class FileWarnings {
  readonly #path: string;
  readonly #context: { logger: Logger; isNamed: boolean };
  /** What was told since the file was last well. */
  readonly #told = new Set<string>();
  #hasToldOfFolder = false;

  constructor(path: string, context: { logger: Logger; isNamed: boolean }) {
    this.#path = path;
    this.#context = context;
  }

  tell({ message, isNotOurs, isReadable }: FileUnavailableError): void {
    if (isNotOurs) {
      // A file that the user named is an error, which says the same.
      if (this.#context.isNamed) return;
      this.#warnOnce(
        `The cache file ${this.#path} cannot be used: ${message}. It is left as it is, and everything is kept in memory.`,
      );
    } else if (isReadable) {
      this.#warnOnce(
        `The cache file ${this.#path} can only be read for now (${message}); new answers are kept in memory.`,
      );
    } else {
      this.#warnOnce(
        `The cache file ${this.#path} cannot be used for now (${message}); answers are kept in memory.`,
      );
    }
  }

  /** The file is well: what happens to it from now on is told anew. */
  reset(): void {
    this.#told.clear();
  }

  tellOfFolder(): void {
    if (this.#hasToldOfFolder || !canOthersWriteBeside(this.#path)) return;
    this.#hasToldOfFolder = true;
    this.#context.logger.warn(
      `Other users can write to ${dirname(this.#path)}, and so replace the cache file there: take their right away (chmod go-w), or name a file elsewhere.`,
    );
  }

  #warnOnce(text: string): void {
    if (this.#told.has(text)) return;
    this.#told.add(text);
    this.#context.logger.warn(text);
  }
}
