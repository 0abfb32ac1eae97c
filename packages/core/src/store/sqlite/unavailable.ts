import { dirname } from "node:path";
import type { Logger } from "../../base/logger.ts";
import { canOthersWriteBeside } from "../private-folder.ts";
import { messageOf } from "./errors.ts";
import type { FileMark } from "./file-mark.ts";
import { NotOursError } from "./open.ts";

/** The file cannot be used as was wanted: it cannot be opened, or only be read. It stays as it is. */
export class FileUnavailableError extends Error {
  override name = "FileUnavailableError";
  /** Whether the file, or what is in its place, is nothing that this version can use. */
  readonly isNotOurs: boolean;
  readonly isReadable: boolean;

  constructor(reason: unknown, isReadable: boolean) {
    super(messageOf(reason));
    this.isNotOurs = reason instanceof NotOursError;
    this.isReadable = isReadable;
  }
}

/** What warnings about a file need. */
interface WarningContext {
  logger: Logger;
  /** Whether the user named the file. */
  isNamed: boolean;
}

/** Logs what is wrong with a file, each thing once until the file is well again. */
export class FileWarnings {
  readonly #path: string;
  readonly #mark: FileMark;
  readonly #context: WarningContext;
  /** What was logged since the file was last well. */
  readonly #logged = new Set<string>();
  #hasWarnedAboutFolder = false;

  constructor(path: string, mark: FileMark, context: WarningContext) {
    this.#path = path;
    this.#mark = mark;
    this.#context = context;
  }

  /** Warns that the file cannot be used, or only be read. */
  warnAbout({ message, isNotOurs, isReadable }: FileUnavailableError): void {
    const { noun, contents } = this.#mark;
    if (isNotOurs) {
      // For a file that the user named there is an error, which says the same.
      if (this.#context.isNamed) return;
      this.#warnOnce(
        `The ${noun} ${this.#path} cannot be used: ${message}. It was left as it is, and everything is kept in memory.`,
      );
    } else if (isReadable) {
      this.#warnOnce(
        `The ${noun} ${this.#path} can only be read for now (${message}); new ${contents} are kept in memory.`,
      );
    } else {
      this.#warnOnce(
        `The ${noun} ${this.#path} cannot be used for now (${message}); ${contents} are kept in memory.`,
      );
    }
  }

  /** The file is well: whatever happens to it from now on is logged again. */
  reset(): void {
    this.#logged.clear();
  }

  /** Warns, once, if other users can replace the file. */
  warnAboutFolder(): void {
    if (this.#hasWarnedAboutFolder || !canOthersWriteBeside(this.#path)) return;
    this.#hasWarnedAboutFolder = true;
    this.#context.logger.warn(
      `Other users can write to ${dirname(this.#path)}, and so replace the ${this.#mark.noun} there: remove their write permission (chmod go-w), or choose another path.`,
    );
  }

  #warnOnce(text: string): void {
    if (this.#logged.has(text)) return;
    this.#logged.add(text);
    this.#context.logger.warn(text);
  }
}
