import { setTimeout as wait } from "node:timers/promises";
import { ConfigurationError } from "../../base/errors.ts";
import type { Logger } from "../../base/logger.ts";
import { BusyError, isBusy, isDamage, isLostConnection } from "./errors.ts";
import type { FileFormat } from "./file-format.ts";
import { identityOf } from "./file-kind.ts";
import type { FileMark } from "./file-mark.ts";
import {
  DamagedFileError,
  inTransaction,
  NotOursError,
  type Opened,
  openFile,
  openForReading,
} from "./open.ts";
import { replaceDamaged } from "./replace-damaged.ts";
import { FileUnavailableError, FileWarnings } from "./unavailable.ts";

export interface SharedFileContext {
  logger: Logger;
  /** The clock, in milliseconds. */
  now: () => number;
  /** Whether the user chose the path. If so, a file that is not ours is an error; otherwise it is a warning. */
  isNamed: boolean;
}

/** How long to wait for the lock of another process, in milliseconds. */
const MAX_WAIT = 5000;

/** How long to pause between two attempts, in milliseconds. */
const MIN_PAUSE = 10;
const MAX_PAUSE = 100;

/** How long after a failed attempt to open or write the file the next use tries again, in milliseconds. */
const RETRY_AFTER = 1000;

/** A file that is replaced more often than this within one use is damaged by that use itself. */
const MAX_REPLACEMENTS = 3;

/** For how long a read relies on the file still being the one at its path, in milliseconds. */
const LOOK_INTERVAL = 5;

/** How an attempt to open the file ended. */
interface Outcome<Statements> {
  opened: Opened<Statements> | undefined;
  /** Why it is not open for writing. */
  problem: unknown;
  at: number;
}

/**
 * A SQLite file that several processes share. It waits for the lock of another process without blocking this one,
 * replaces a damaged file once, opens a file again that was replaced, and later retries one that cannot be opened.
 */
export class SharedFile<Statements> {
  readonly #path: string;
  readonly #format: FileFormat<Statements>;
  readonly #context: SharedFileContext;
  #opening: Promise<Outcome<Statements>> | undefined;
  #last: Outcome<Statements> | undefined;
  /** When a write last failed; undefined once one has succeeded. A file on a full disk can be opened all the same. */
  #unwritableAt: number | undefined;
  readonly #warnings: FileWarnings;
  /** Work in progress, which closing waits for. */
  readonly #inProgress = new Set<Promise<unknown>>();
  /** When a read last made sure that the file is still the one at its path; by the clock of `performance`. */
  #lookedAt = Number.NEGATIVE_INFINITY;
  /** Until when not to wait for a lock, because a wait has just failed; by the clock of `performance`. */
  #noWaitUntil = 0;

  constructor(path: string, format: FileFormat<Statements>, context: SharedFileContext) {
    this.#path = path;
    this.#format = format;
    this.#context = context;
    this.#warnings = new FileWarnings(path, format, context);
  }

  get mark(): FileMark {
    return this.#format;
  }

  /** Reads. @throws FileUnavailableError, ConfigurationError, or the error of SQLite */
  async read<T>(work: (statements: Statements) => T): Promise<T> {
    const use = this.#use((opened) => {
      // What is read a moment after the file was replaced is as good as what was read a moment before.
      const now = performance.now();
      if (now - this.#lookedAt > LOOK_INTERVAL) {
        assertInPlace(opened);
        this.#lookedAt = now;
      }
      return work(opened.statements);
    });
    return await this.#tracked(use);
  }

  /**
   * Writes, all or nothing.
   *
   * @throws FileUnavailableError if the file cannot be written, be it for a full disk or the lock of another process;
   * ConfigurationError
   */
  async write<T>(work: (statements: Statements) => T): Promise<T> {
    const use = this.#use((opened) => {
      if (opened.readOnly !== undefined) throw new FileUnavailableError(opened.readOnly, true);
      return inTransaction(opened.database, () => {
        // A process that replaces a file holds its write lock meanwhile, so the lock may be that of the old file.
        assertInPlace(opened);
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

  /** Warns that a write failed, once until a write succeeds again. */
  warnAbout(error: FileUnavailableError): void {
    this.#warnings.warnAbout(error);
  }

  /**
   * Rewrites the file without what was deleted, and empties its log.
   *
   * @throws FileUnavailableError, ConfigurationError, or the error of SQLite, "busy" while another process is reading
   */
  async wipe(): Promise<void> {
    let isRewritten = false;
    const use = this.#use((opened) => {
      const { database, readOnly } = opened;
      assertInPlace(opened);
      if (readOnly !== undefined) throw new FileUnavailableError(readOnly, true);
      if (!isRewritten) database.exec("VACUUM");
      isRewritten = true;
      const row = database.prepare("PRAGMA wal_checkpoint(TRUNCATE)").get();
      if (Number(row?.["busy"]) !== 0) throw new BusyError("another process is using it");
    });
    await this.#tracked(use);
  }

  /** Closes the file once the work in progress is done; the next use opens it again. */
  async close(): Promise<void> {
    while (this.#inProgress.size > 0) await Promise.allSettled(this.#inProgress);
    const outcome = await this.#opening;
    this.#opening = undefined;
    this.#last = undefined;
    this.#unwritableAt = undefined;
    if (outcome?.opened?.database.isOpen) outcome.opened.database.close();
  }

  async #tracked<T>(work: Promise<T>): Promise<T> {
    this.#inProgress.add(work);
    try {
      return await work;
    } finally {
      this.#inProgress.delete(work);
    }
  }

  async #use<T>(work: (opened: Opened<Statements>) => T): Promise<T> {
    const until = this.#waitUntil();
    for (let replacements = 0; ; ) {
      const opened = await this.#opened();
      if (!opened.database.isOpen) continue; // Closed by another use that found it replaced.
      try {
        return work(opened);
      } catch (error) {
        if ((error instanceof MovedError || isDamage(error)) && replacements < MAX_REPLACEMENTS) {
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

  /** Deals with an open file that is damaged, or was replaced. */
  async #replaced(opened: Opened<Statements>, error: unknown): Promise<void> {
    this.#drop(opened);
    if (error instanceof MovedError) return;
    // A file that is read without locks can look damaged while another process writes to it.
    if (opened.readOnly !== undefined) throw new FileUnavailableError(error, true);
    await this.#replace(new DamagedFileError(opened.file, opened.identity, error));
  }

  /** Whether the file can be written, judging by opening it and by the writes of the last second. */
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
  async #opened(): Promise<Opened<Statements>> {
    if (this.#last?.problem !== undefined && this.#isDue(this.#last.at)) {
      const { opened } = this.#last;
      this.#opening = undefined;
      this.#last = undefined;
      if (opened?.database.isOpen) opened.database.close();
    }
    this.#opening ??= this.#open();
    const { opened, problem } = await this.#opening;
    if (opened !== undefined) return opened;
    if (problem instanceof NotOursError && this.#context.isNamed) {
      throw notOurs(this.#path, this.#format, problem);
    }
    throw new FileUnavailableError(problem, false);
  }

  #isDue(at: number): boolean {
    return Math.abs(this.#context.now() - at) >= RETRY_AFTER;
  }

  #drop(opened: Opened<Statements>): void {
    if (this.#last?.opened === opened) {
      this.#opening = undefined;
      this.#last = undefined;
    }
    if (opened.database.isOpen) opened.database.close();
  }

  async #open(): Promise<Outcome<Statements>> {
    const outcome = await this.#attempts();
    this.#last = outcome;
    this.#warnOf(outcome);
    return outcome;
  }

  async #attempts(): Promise<Outcome<Statements>> {
    const at = this.#context.now();
    const until = this.#waitUntil();
    for (let replacements = 0; ; ) {
      try {
        const opened = await openFile(this.#path, this.#format);
        return { opened, problem: opened.readOnly, at };
      } catch (error) {
        if (error instanceof DamagedFileError && replacements < MAX_REPLACEMENTS) {
          replacements += 1;
          const problem = await this.#replaceOrWhyNot(error);
          if (problem !== undefined) return { opened: undefined, problem, at };
        } else if (!isBusy(error)) {
          return { opened: undefined, problem: error, at };
        } else if (!(await this.#paused(until))) {
          const opened = await openForReading(this.#path, this.#format, error).catch(() => undefined);
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
    const aside = await replaceDamaged(damaged, this.#format, this.#context.now());
    if (aside === undefined) return;
    this.#context.logger.warn(
      `The ${this.#format.noun} ${this.#path} was damaged (${damaged.message}). It was kept as ${aside}, and a new one has taken its place.`,
    );
  }

  /** Pauses without blocking the thread; returns false instead if it is time to stop waiting. */
  async #paused(until: number): Promise<boolean> {
    if (performance.now() >= until) {
      this.#noWaitUntil = performance.now() + RETRY_AFTER;
      return false;
    }
    await wait(MIN_PAUSE + Math.random() * (MAX_PAUSE - MIN_PAUSE));
    return true;
  }

  #waitUntil(): number {
    const now = performance.now();
    return now < this.#noWaitUntil ? now : now + MAX_WAIT;
  }

  #warnOf({ opened, problem }: Outcome<Statements>): void {
    this.#warnings.warnAboutFolder();
    if (problem !== undefined)
      this.#warnings.warnAbout(new FileUnavailableError(problem, opened !== undefined));
    else if (this.#unwritableAt === undefined) this.#warnings.reset();
  }
}

/** The path now leads to another file than the one that is open. */
class MovedError extends Error {
  override name = "MovedError";

  constructor() {
    super("the file keeps being replaced");
  }
}

/** @throws MovedError if the path leads to another file by now */
function assertInPlace({ file, identity }: Opened<unknown>): void {
  if (identityOf(file) !== identity) throw new MovedError();
}

function notOurs(path: string, { noun }: FileMark, { reason }: NotOursError): ConfigurationError {
  return new ConfigurationError(
    `The ${noun} ${path} cannot be used: ${reason}. It was left as it is; choose another path, or move it away.`,
  );
}
