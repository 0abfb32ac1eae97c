import { resolve } from "node:path";
import { FileLock } from "./file-lock.ts";
import { Hold } from "./hold.ts";
import { type Neighbours, neighboursOf } from "./neighbours.ts";
import { lockFileOf, prepareStateFile } from "./state-file.ts";
import { StateChangedError, VersionedFile } from "./versioned-file.ts";

/** How long the lock is waited for, in milliseconds. A process needs it for moments; one that keeps it longer is suspended. */
const LONGEST_WAIT = 5000;

/** The time between two tries to take the lock, in milliseconds. */
const BETWEEN_TRIES = 2;

/** How often the start is tried if another program, which does not heed the lock, keeps writing the file. */
const MOST_STARTS = 5;

/** The state file cannot be used at this moment, so that nothing was changed. */
export class StateBusyError extends Error {}

/** The state in memory that a file keeps. */
export interface StateInMemory<Snapshot> {
  snapshot: () => Snapshot;
  /** Replaces the whole state. @throws Error if it cannot go on from this snapshot */
  restore: (snapshot: Snapshot) => void;
}

/** A file that keeps a state. */
interface SharedFile<Snapshot> {
  path: string;
  /** Checks the content, and throws if it is not a sandbox's state. */
  parse: (value: unknown) => Snapshot;
  /** Called with the reason when the file can no longer be read or written, once until it can be written again. */
  warn: (message: string) => void;
}

/**
 * The state of a sandbox in a file that several processes can use at the same time. Requests and controls act on the newest
 * state, one process after the other: each takes the lock, reads the file if another process has written it, acts, and
 * writes what it has changed.
 *
 * If the file can no longer be written while the sandbox runs, it continues in memory, warns of that once, and tries again
 * with each change.
 */
export class SharedState<Snapshot extends object> {
  readonly #file: VersionedFile<Snapshot>;
  readonly #warn: (message: string) => void;
  readonly #lock: FileLock;
  readonly #neighbours: Neighbours;
  #memory: StateInMemory<Snapshot> | undefined;
  /** How many requests and controls act on the state at this moment. */
  #inside = 0;
  #isLocked = false;
  /** Whether there are changes that are to be written at once. */
  #isUnsaved = false;
  /** Whether there are changes that are to be written soon, while the lock is kept: what a GET counts. */
  #isCounted = false;
  readonly #hold = new Hold(() => this.giveBack());
  /** Whether the sandbox continues in memory, and has said so. */
  #isReported = false;
  #isClosed = false;

  private constructor({ path, parse, warn }: SharedFile<Snapshot>, lock: FileLock) {
    this.#file = new VersionedFile(path, parse);
    this.#warn = warn;
    this.#lock = lock;
    this.#neighbours = neighboursOf(lock.path, this);
  }

  /** @throws Error if the file cannot be written */
  static open<Snapshot extends object>(file: SharedFile<Snapshot>): SharedState<Snapshot> {
    // The program may change its working directory later.
    const path = resolve(file.path);
    prepareStateFile(path);
    return new SharedState({ ...file, path }, FileLock.at(lockFileOf(path)));
  }

  /**
   * Begins with what the file holds, and writes what `begin` makes of it.
   *
   * @param begin makes the state in memory of a snapshot, or a new one if there is none
   * @throws Error if the file cannot be read or written, or another process does not release it
   */
  async start<Memory extends StateInMemory<Snapshot>>(
    begin: (known: Snapshot | undefined) => Memory,
  ): Promise<Memory> {
    for (let tries = 1; ; tries += 1) {
      await this.#waitFor(() => {
        this.#neighbours.giveBack();
        return this.#tryLock();
      });
      try {
        this.#isLocked = true;
        const memory = this.#file.read(begin);
        this.#memory = memory;
        this.#write();
        return memory;
      } catch (error) {
        if (!(error instanceof StateChangedError) || tries === MOST_STARTS) throw error;
      } finally {
        this.#release();
      }
    }
  }

  /** Notes that the state has changed, so that it is written as soon as what acts on it is done. */
  readonly changed = (): void => {
    this.#isUnsaved = true;
  };

  /** Notes that the state has changed, so that it is written soon. Only what is counted may be lost if the process is killed. */
  readonly counted = (): void => {
    this.#isCounted = true;
  };

  /** Acts on the newest state. The work must not wait for anything outside of the process: it holds up the other ones. */
  async exclusively<T>(work: () => Promise<T>): Promise<T> {
    await this.#waitFor(() => this.#tryEnter());
    try {
      return await work();
    } finally {
      this.#leave();
    }
  }

  /** Acts on the newest state at once, as controls do, and waits for other processes if it has to. */
  act<T>(work: () => T): T {
    const until = performance.now() + LONGEST_WAIT;
    while (!this.#tryEnter()) {
      if (performance.now() > until) throw this.#busy();
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BETWEEN_TRIES);
    }
    try {
      return work();
    } finally {
      this.#leave();
    }
  }

  /** Looks at the newest state without changing it. It takes no lock, as a file is always replaced as a whole. */
  look<T>(work: () => T): T {
    if (this.#inside === 0 && !this.#isLocked && !this.#isClosed) {
      this.#neighbours.giveBack();
      this.#refresh();
    }
    return work();
  }

  /**
   * Changes the newest state after a request, if the sandbox still runs. As nobody waits for it, a failure is passed to
   * `warn` instead of thrown.
   */
  afterwards(work: () => void): void {
    if (this.#isClosed) return;
    this.#attempt(() => {
      this.act(() => {
        work();
        this.#isCounted = true;
      });
    });
  }

  /** Writes what could not be written before. @throws Error if it still cannot be written */
  close(): void {
    try {
      this.act(() => undefined);
      this.#settle();
      if (this.#isUnsaved) this.#write();
    } finally {
      this.abandon();
    }
  }

  /** Leaves the file as it is, if the sandbox could not be started. */
  abandon(): void {
    this.#isClosed = true;
    this.#neighbours.leave();
    this.#release();
    this.#lock.remove();
  }

  /** Waits until something succeeds. @throws StateBusyError if that takes too long */
  async #waitFor(succeeds: () => boolean): Promise<void> {
    const until = performance.now() + LONGEST_WAIT;
    while (!succeeds()) {
      if (performance.now() > until) throw this.#busy();
      await new Promise((resolve) => setTimeout(resolve, BETWEEN_TRIES));
    }
  }

  /** Enters if the state in memory is the newest; it then stays so until this one leaves. */
  #tryEnter(): boolean {
    const isReady = this.#isReady();
    if (isReady) this.#inside += 1;
    return isReady;
  }

  #leave(): void {
    this.#inside -= 1;
    if (this.#inside > 0 || this.#isClosed) return;
    const isOnlyCounted = this.#isCounted && !this.#isUnsaved && this.#isLocked;
    if (isOnlyCounted && this.#hold.continues()) return;
    if (!this.#settle() && !isOnlyCounted)
      throw new StateBusyError(
        `The state file ${this.#file.path} was changed by another program at the same time, so nothing was done: try again.`,
      );
  }

  /** Writes what has changed and releases the lock, unless something acts on the state at this moment. */
  readonly giveBack = (): void => {
    if (this.#inside === 0 && this.#isLocked) this.#settle();
  };

  /** Writes what has changed and releases the lock. @returns false if the changes gave way to those of another program */
  #settle(): boolean {
    try {
      this.#isUnsaved ||= this.#isCounted;
      if (this.#isUnsaved) this.#write();
      return true;
    } catch (error) {
      if (error instanceof StateChangedError && this.#adopt()) return false;
      this.#report(error);
      return true;
    } finally {
      this.#release();
    }
  }

  /**
   * Continues with what another sandbox has written although this one had the lock, as happens if somebody removes the lock
   * file. Changes that could not be written for longer than that are kept in memory.
   */
  #adopt(): boolean {
    if (this.#isReported) return false;
    this.#isUnsaved = false;
    this.#isCounted = false;
    this.#refresh();
    this.#isUnsaved ||= this.#isReported;
    return !this.#isReported;
  }

  /** Whether the state in memory is the newest, and stays so until it is left. */
  #isReady(): boolean {
    // A request that a fault has delayed may come after the end, when nobody can see its effect.
    if (this.#inside > 0 || this.#isLocked || this.#isClosed) return true;
    this.#neighbours.giveBack();
    // Without a lock, as when the folder was removed, the sandbox continues in memory.
    const isTaken = this.#attempt(() => this.#tryLock());
    if (isTaken === false) return false;
    this.#isLocked = isTaken === true;
    this.#refresh();
    return true;
  }

  /** Reads the file if another process has written it, unless there are changes that could not be written. */
  #refresh(): void {
    if (this.#isUnsaved || this.#file.isCurrent()) return;
    this.#attempt(() => {
      this.#file.read((snapshot) => {
        if (snapshot === undefined) this.#isUnsaved = true;
        else this.#memory?.restore(snapshot);
      });
    });
  }

  #write(): void {
    if (this.#memory === undefined) return;
    const before = performance.now();
    this.#file.write(this.#memory.snapshot());
    this.#hold.setCost(performance.now() - before);
    this.#isUnsaved = false;
    this.#isCounted = false;
    this.#isReported = false;
  }

  /** Does something with the files. If it fails, the sandbox continues in memory. */
  #attempt<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      this.#report(error);
      return undefined;
    }
  }

  /** Says once why the sandbox continues in memory. */
  #report(error: unknown): void {
    if (!this.#isReported) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#warn(`${reason} The sandbox continues in memory, and tries again with each change.`);
    }
    this.#isReported = true;
  }

  #tryLock(): boolean {
    try {
      return this.#lock.tryTake();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(`The state file ${this.#file.path} cannot be locked: ${reason} (${this.#lock.path}).`, {
        cause: error,
      });
    }
  }

  #release(): void {
    if (this.#isLocked) this.#lock.release();
    this.#isLocked = false;
    this.#hold.end();
  }

  #busy(): StateBusyError {
    return new StateBusyError(
      `The state file ${this.#file.path} is held by another process that does not respond: end that process, or name another file.`,
    );
  }
}
