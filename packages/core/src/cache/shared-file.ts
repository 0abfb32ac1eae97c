import { setTimeout as wait } from "node:timers/promises";
import { ConfigurationError } from "../base/errors.ts";
import type { Logger } from "../base/logger.ts";
import { identityOf } from "./file-kind.ts";
import { replaceDamaged } from "./set-aside.ts";
import { BusyError, isBusy, isDamage, isLostConnection } from "./sqlite-errors.ts";
import {
  DamagedFileError,
  inTransaction,
  NotOursError,
  type Opened,
  openFile,
  openForReading,
} from "./sqlite-open.ts";
import type { Statements } from "./sqlite-statements.ts";
import { FileUnavailableError, FileWarnings } from "./unavailable.ts";

/** What a shared file works with. */
export interface SharedFileContext {
  logger: Logger;
  now: () => number;
  /** Whether the user named it: then it is an error if it is not ours, else a warning. */
  isNamed: boolean;
}

/** For so long a lock of somebody else is waited for, in milliseconds; between two tries, at least and at most. */
const MAX_WAIT = 5000;
const SHORTEST_PAUSE = 10;
const LONGEST_PAUSE = 100;

/** A file that could not be opened, or written, is tried again at the first use after so many milliseconds. */
const TRY_AGAIN_AFTER = 1000;

/** A file that is replaced more often than this within one use is damaged by what it is used for. */
const MOST_REPLACEMENTS = 3;

/** How an attempt to open the file ended. */
interface Outcome {
  opened: Opened | undefined;
  /** Why it is not open for writing. */
  problem: unknown;
  at: number;
}

/**
 * A SQLite file that several processes share. Whatever happens to it is met here: another's lock is waited for without
 * stopping this process, a damaged file is replaced once, one that was replaced is opened anew, and one that cannot be
 * opened is tried again later.
 */
export class SharedFile {
  readonly #path: string;
  readonly #context: SharedFileContext;
  #opening: Promise<Outcome> | undefined;
  #last: Outcome | undefined;
  /** When a write last failed; undefined since one has succeeded. Opening a file on a full disk tells nothing of that. */
  #unwritableAt: number | undefined;
  readonly #warnings: FileWarnings;
  /** Work that is under way, which closing waits for. */
  readonly #underWay = new Set<Promise<unknown>>();
  /** Until when nobody waits for a lock anew that was just waited for in vain; on the clock of `performance`. */
  #impatientUntil = 0;

  constructor(path: string, context: SharedFileContext) {
    this.#path = path;
    this.#context = context;
    this.#warnings = new FileWarnings(path, context);
  }

  /** Reads. @throws FileUnavailableError, ConfigurationError, or what SQLite says */
  async read<T>(work: (statements: Statements) => T): Promise<T> {
    return await this.#tracked(this.#use(({ statements }) => work(statements)));
  }

  /**
   * Writes, all or nothing.
   *
   * @throws FileUnavailableError whatever keeps the file from being written, a full disk or another's lock too;
   *   ConfigurationError
   */
  async write<T>(work: (statements: Statements) => T): Promise<T> {
    const use = this.#use((opened) => {
      if (opened.readOnly !== undefined) throw new FileUnavailableError(opened.readOnly, true);
      return inTransaction(opened.database, () => {
        // Whoever replaces a file holds its write lock meanwhile: what was waited for may be the old one.
        if (identityOf(opened.file) !== opened.identity) throw new MovedError();
        return work(opened.statements);
      });
    });
    try {
      const result = await this.#tracked(use);
      if (this.#unwritableAt !== undefined) this.#warnings.reset();
      this.#unwritableAt = undefined;
      return result;
    } catch (error) {
      if (error instanceof ConfigurationError) throw error;
      this.#unwritableAt = this.#context.now();
      throw error instanceof FileUnavailableError ? error : new FileUnavailableError(error, true);
    }
  }

  /** Tells the user that an answer could not be written, once until something can be written again. */
  tellOf(error: FileUnavailableError): void {
    this.#warnings.tell(error);
  }

  /**
   * Rewrites the file without what was deleted, and empties its log.
   *
   * @throws FileUnavailableError, ConfigurationError, or what SQLite says, "busy" while somebody else is reading
   */
  async wipe(): Promise<void> {
    let isRewritten = false;
    const use = this.#use(({ database, readOnly }) => {
      if (readOnly !== undefined) throw new FileUnavailableError(readOnly, true);
      if (!isRewritten) database.exec("VACUUM");
      isRewritten = true;
      const row = database.prepare("PRAGMA wal_checkpoint(TRUNCATE)").get();
      if (Number(row?.["busy"]) !== 0) throw new BusyError("another process is using it");
    });
    await this.#tracked(use);
  }

  /** Closes the file after what is under way; the next use opens it again. */
  async close(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.allSettled(this.#underWay);
    const outcome = await this.#opening;
    this.#opening = undefined;
    this.#last = undefined;
    this.#unwritableAt = undefined;
    if (outcome?.opened?.database.isOpen) outcome.opened.database.close();
  }

  async #tracked<T>(work: Promise<T>): Promise<T> {
    this.#underWay.add(work);
    try {
      return await work;
    } finally {
      this.#underWay.delete(work);
    }
  }

  async #use<T>(work: (opened: Opened) => T): Promise<T> {
    const until = this.#waitUntil();
    for (let replacements = 0; ; ) {
      const opened = await this.#opened();
      if (!opened.database.isOpen) continue; // Closed by another use that found it replaced.
      try {
        if (identityOf(opened.file) !== opened.identity) throw new MovedError();
        return work(opened);
      } catch (error) {
        if ((error instanceof MovedError || isDamage(error)) && replacements < MOST_REPLACEMENTS) {
          replacements += 1;
          await this.#replaced(opened, error);
        } else if (!isBusy(error) || !(await this.#paused(until))) {
          if (isLostConnection(error)) this.#drop(opened);
          throw error;
        }
      } finally {
        if (opened.exclusive) this.#drop(opened);
      }
    }
  }

  /** Gets a file that is damaged or was replaced out of the way. */
  async #replaced(opened: Opened, error: unknown): Promise<void> {
    this.#drop(opened);
    if (error instanceof MovedError) return;
    // Read without locks, a file that another process writes can look damaged.
    if (opened.readOnly !== undefined) throw new FileUnavailableError(error, true);
    await this.#replace(new DamagedFileError(opened.file, opened.identity, error));
  }

  /** Whether the file can be written, as far as opening it and the writes of the last second tell. */
  async isWritable(): Promise<boolean> {
    if (this.#unwritableAt !== undefined && !this.#isDue(this.#unwritableAt)) return false;
    try {
      const opened = await this.#opened();
      if (opened.exclusive) this.#drop(opened);
      return opened.readOnly === undefined;
    } catch {
      return false;
    }
  }

  /** The file, open for reading at least. */
  async #opened(): Promise<Opened> {
    if (this.#last?.problem !== undefined && this.#isDue(this.#last.at)) {
      const { opened } = this.#last;
      this.#opening = undefined;
      this.#last = undefined;
      if (opened?.database.isOpen) opened.database.close();
    }
    this.#opening ??= this.#open();
    const { opened, problem } = await this.#opening;
    if (opened !== undefined) return opened;
    if (problem instanceof NotOursError && this.#context.isNamed) throw notOurs(this.#path, problem);
    throw new FileUnavailableError(problem, false);
  }

  #isDue(at: number): boolean {
    return Math.abs(this.#context.now() - at) >= TRY_AGAIN_AFTER;
  }

  #drop(opened: Opened): void {
    if (this.#last?.opened === opened) {
      this.#opening = undefined;
      this.#last = undefined;
    }
    if (opened.database.isOpen) opened.database.close();
  }

  async #open(): Promise<Outcome> {
    const outcome = await this.#attempts();
    this.#last = outcome;
    this.#tell(outcome);
    return outcome;
  }

  async #attempts(): Promise<Outcome> {
    const at = this.#context.now();
    const until = this.#waitUntil();
    for (let replacements = 0; ; ) {
      try {
        const opened = await openFile(this.#path);
        return { opened, problem: opened.readOnly, at };
      } catch (error) {
        if (error instanceof DamagedFileError && replacements < MOST_REPLACEMENTS) {
          replacements += 1;
          const problem = await this.#replaceOrWhyNot(error);
          if (problem !== undefined) return { opened: undefined, problem, at };
        } else if (!isBusy(error)) {
          return { opened: undefined, problem: error, at };
        } else if (!(await this.#paused(until))) {
          const opened = await openForReading(this.#path, error).catch(() => undefined);
          return { opened, problem: error, at };
        }
      }
    }
  }

  async #replaceOrWhyNot(damaged: DamagedFileError): Promise<unknown> {
    try {
      await this.#replace(damaged);
      return undefined;
    } catch (error) {
      return error;
    }
  }

  async #replace(damaged: DamagedFileError): Promise<void> {
    const aside = await replaceDamaged(damaged, this.#context.now());
    if (aside === undefined) return;
    this.#context.logger.warn(
      `The cache file ${this.#path} was damaged (${damaged.message}). It is kept as ${aside}, and a new one has taken its place.`,
    );
  }

  /** A pause without stopping anybody; false if there has been enough waiting. */
  async #paused(until: number): Promise<boolean> {
    if (performance.now() >= until) {
      this.#impatientUntil = performance.now() + TRY_AGAIN_AFTER;
      return false;
    }
    await wait(SHORTEST_PAUSE + Math.random() * (LONGEST_PAUSE - SHORTEST_PAUSE));
    return true;
  }

  #waitUntil(): number {
    const now = performance.now();
    return now < this.#impatientUntil ? now : now + MAX_WAIT;
  }

  #tell({ opened, problem }: Outcome): void {
    this.#warnings.tellOfFolder();
    if (problem !== undefined) this.#warnings.tell(new FileUnavailableError(problem, opened !== undefined));
    else if (this.#unwritableAt === undefined) this.#warnings.reset();
  }
}

/** The path leads to another file than the one that is open. */
class MovedError extends Error {
  override name = "MovedError";

  constructor() {
    super("the file is replaced again and again");
  }
}

function notOurs(path: string, { reason }: NotOursError): ConfigurationError {
  return new ConfigurationError(
    `The cache file ${path} cannot be used: ${reason}. It was left as it is; name another file for the cache, or move this one away.`,
  );
}
