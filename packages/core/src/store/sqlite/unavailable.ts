import { dirname } from "node:path";
import type { Logger } from "../../base/logger.ts";
import { messageOf } from "../../base/message-of.ts";
import { canOthersWriteBeside } from "../private-folder.ts";
import type { FileMark } from "./file-mark.ts";
import { NotOursError } from "./open.ts";

/** The file cannot be opened, or can only be read. It was not changed. */
export class FileUnavailableError extends Error {
  override name = "FileUnavailableError";
  /** Whether the file is not ours, or cannot be used by this version. */
  readonly isNotOurs: boolean;
  readonly isReadable: boolean;

  constructor(reason: unknown, isReadable: boolean) {
    super(messageOf(reason));
    this.isNotOurs = reason instanceof NotOursError;
    this.isReadable = isReadable;
  }
}

interface WarningContext {
  logger: Logger;
  /** Whether the user chose the path. */
  isNamed: boolean;
}

/** Logs the problems of a file, each once until the file works again. */
export class FileWarnings {
  readonly #path: string;
  readonly #mark: FileMark;
  readonly #context: WarningContext;
  /** What was logged since the file last worked. */
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
      // If the user chose the path, an error says the same.
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

  /** The file works: any later problem is logged again. */
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
