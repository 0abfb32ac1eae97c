import { resolve } from "node:path";
import { FileLock } from "./file-lock.ts";
import { lockFileOf, prepareStateFile, readStateFile, versionOf, writeStateFile } from "./state-file.ts";

/** In milliseconds: another process holds the lock for moments, so one that keeps it for so long does not run. */
const LONGEST_WAIT = 5000;

/** In milliseconds, between two tries to take the lock. */
const BETWEEN_TRIES = 2;

/**
 * In milliseconds: for at most this long, and ten times as long as writing takes, the lock is kept so that several counted
 * calls are written at once.
 */
const LONGEST_HOLD = 250;

/** Who may keep a lock. */
interface Holder {
  /** Gives the lock back, unless it is needed at this moment. */
  giveBack: () => void;
}

/** The sandboxes of this process by their lock files. As they cannot wait for each other, they ask each other for the lock. */
const inProcess = new Map<string, Set<Holder>>();

/** The state file is held by another process that does not respond. */
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
  /** Called once with the reason if the file can no longer be read or written, and again after it could be. */
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
  readonly #path: string;
  readonly #parse: (value: unknown) => Snapshot;
  readonly #warn: (message: string) => void;
  readonly #lock: FileLock;
  readonly #neighbours: Set<Holder>;
  #memory: StateInMemory<Snapshot> | undefined;
  /** The version of the file that the memory began from; undefined for no file. */
  #seen: string | undefined;
  /** How many requests and controls act on the state at this moment. */
  #inside = 0;
  #isLocked = false;
  /** Whether there are changes that are to be written at once. */
  #isUnsaved = false;
  /** Whether there are changes that are to be written soon, while the lock is kept: what a GET counts. */
  #isCounted = false;
  #heldSince: number | undefined;
  #holding: NodeJS.Timeout | undefined;
  #hold = 0;
  #isReported = false;
  #isClosed = false;

  private constructor({ path, parse, warn }: SharedFile<Snapshot>, lock: FileLock) {
    this.#path = path;
    this.#parse = parse;
    this.#warn = warn;
    this.#lock = lock;
    this.#neighbours = inProcess.get(lock.path) ?? new Set();
    this.#neighbours.add(this);
    inProcess.set(lock.path, this.#neighbours);
  }

  /** @throws Error if the file cannot be written */
  static async open<Snapshot extends object>(file: SharedFile<Snapshot>): Promise<SharedState<Snapshot>> {
    // The program may change its working directory later.
    const path = resolve(file.path);
    prepareStateFile(path);
    return new SharedState({ ...file, path }, await FileLock.at(lockFileOf(path)));
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
    await this.#take();
    try {
      this.#isLocked = true;
      this.#seen = versionOf(this.#path);
      const memory = begin(readStateFile(this.#path, this.#parse));
      this.#memory = memory;
      this.#write();
      return memory;
    } finally {
      this.#release();
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
    await this.#enter();
    try {
      return await work();
    } finally {
      this.#leave();
    }
  }

  /** Acts on the newest state at once, as controls do, and waits for other processes if it has to. */
  act<T>(work: () => T): T {
    const until = performance.now() + LONGEST_WAIT;
    while (!this.#isReady()) {
      if (performance.now() > until) throw this.#busy();
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BETWEEN_TRIES);
    }
    this.#inside += 1;
    try {
      return work();
    } finally {
      this.#leave();
    }
  }

  /** Looks at the newest state without changing it. */
  look<T>(work: () => T): T {
    if (this.#inside === 0 && !this.#isLocked && !this.#isClosed) {
      this.#settleNeighbours();
      this.#refresh();
    }
    return work();
  }

  /** Changes the newest state after a request, if the sandbox still runs; a failure is only reported. */
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
    this.#neighbours.delete(this);
    if (this.#neighbours.size === 0) inProcess.delete(this.#lock.path);
    this.#release();
    this.#lock.remove();
  }

  async #enter(): Promise<void> {
    const until = performance.now() + LONGEST_WAIT;
    while (!this.#isReady()) {
      if (performance.now() > until) throw this.#busy();
      await pause();
    }
    this.#inside += 1;
  }

  #leave(): void {
    this.#inside -= 1;
    if (this.#inside > 0 || this.#isClosed) return;
    if (this.#isCounted && !this.#isUnsaved && this.#isLocked) this.#holdOn();
    else this.#settle();
  }

  /** Keeps the lock for what is counted next, unless that has been done for long enough. */
  #holdOn(): void {
    const now = performance.now();
    if (this.#heldSince === undefined) {
      this.#heldSince = now;
      this.#holding = setTimeout(this.giveBack, this.#hold).unref();
    } else if (now - this.#heldSince > this.#hold) this.#settle();
  }

  /** Writes what has changed and releases the lock, unless something acts on the state at this moment. */
  readonly giveBack = (): void => {
    if (this.#inside === 0 && this.#isLocked) this.#settle();
  };

  #settle(): void {
    try {
      this.#isUnsaved ||= this.#isCounted;
      if (this.#isUnsaved) this.#attempt(() => this.#write());
    } finally {
      this.#release();
    }
  }

  /** Whether the state in memory is the newest, and stays so until it is left. */
  #isReady(): boolean {
    // A request that a fault has delayed may come after the end, when nobody can see its effect.
    if (this.#inside > 0 || this.#isLocked || this.#isClosed) return true;
    this.#settleNeighbours();
    // Without a lock, as when the folder was removed, the sandbox continues in memory.
    const isTaken = this.#attempt(() => this.#tryLock());
    if (isTaken === false) return false;
    this.#isLocked = isTaken === true;
    this.#refresh();
    return true;
  }

  #settleNeighbours(): void {
    for (const neighbour of this.#neighbours) if (neighbour !== this) neighbour.giveBack();
  }

  /** Reads the file if another process has written it, unless there are changes that could not be written. */
  #refresh(): void {
    const version = versionOf(this.#path);
    if (version === this.#seen || this.#isUnsaved) return;
    this.#attempt(() => {
      const snapshot = readStateFile(this.#path, this.#parse);
      if (snapshot === undefined) this.#isUnsaved = true;
      else this.#memory?.restore(snapshot);
      this.#seen = version;
    });
  }

  #write(): void {
    const version = versionOf(this.#path);
    if (version !== undefined && version !== this.#seen)
      throw new Error(`The state file ${this.#path} was changed by another program, and is not overwritten.`);
    if (this.#memory === undefined) return;
    const before = performance.now();
    writeStateFile(this.#path, this.#memory.snapshot());
    this.#hold = Math.min(LONGEST_HOLD, 10 * (performance.now() - before));
    this.#seen = versionOf(this.#path);
    this.#isUnsaved = false;
    this.#isCounted = false;
    this.#isReported = false;
  }

  /** Does something with the files. If it fails, the sandbox continues in memory, and says so once. */
  #attempt<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      if (!this.#isReported) {
        const reason = error instanceof Error ? error.message : String(error);
        this.#warn(`${reason} The sandbox continues in memory, and tries again with each change.`);
      }
      this.#isReported = true;
      return undefined;
    }
  }

  #tryLock(): boolean {
    try {
      return this.#lock.tryTake();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(
        `The state file ${this.#path} cannot be locked with ${this.#lock.path}: ${reason}.`,
        { cause: error },
      );
    }
  }

  async #take(): Promise<void> {
    const until = performance.now() + LONGEST_WAIT;
    for (;;) {
      this.#settleNeighbours();
      if (this.#tryLock()) return;
      if (performance.now() > until) throw this.#busy();
      await pause();
    }
  }

  #release(): void {
    if (this.#isLocked) this.#lock.release();
    this.#isLocked = false;
    this.#heldSince = undefined;
    clearTimeout(this.#holding);
  }

  #busy(): StateBusyError {
    return new StateBusyError(
      `The state file ${this.#path} is held by another process that does not respond: end that process, or name another file.`,
    );
  }
}

async function pause(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, BETWEEN_TRIES));
}
