import { constants } from "node:os";
import { CommandFailure } from "./failure.ts";
import { line } from "./printable.ts";
import type { Output } from "./terminal.ts";

/** The signals by which a person, the system or a closed terminal ends a command. */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
type StopSignal = (typeof SIGNALS)[number];

/** A command ends at most this long after a signal to stop, in milliseconds. */
const MAX_SHUTDOWN = 3000;

/** Until disposed, a signal aborts instead of ending the process, so that what was started can be removed. */
export interface Stopping extends Disposable {
  signal: AbortSignal;
}

/**
 * While a session is open, a signal to end aborts its calls, so that it releases the leases that other processes wait
 * for. A second one ends the process at once.
 */
export class StopSignals implements Disposable {
  readonly #session = new AbortController();
  /** What a signal aborts: the session, or what is under way in it. */
  #current = this.#session;
  #reason: (name: StopSignal) => Error = stopped;
  #deadline: NodeJS.Timeout | undefined;

  constructor() {
    for (const name of SIGNALS) process.on(name, this.#stop);
  }

  /** Aborted once the session is to end. */
  get signal(): AbortSignal {
    return this.#session.signal;
  }

  /**
   * From now on a signal aborts only the work under way, with `reason`, as the session is needed to remove what was
   * started. An uncaught error aborts it too, any number of times: when a terminal closes, each line written to it fails.
   * So does `err` if its reader is gone, as nobody then sees what to do next.
   */
  instead(reason: Error, err: Output): Stopping {
    const stop = new AbortController();
    const failed = (error: unknown) => stop.abort(error);
    this.#current = stop;
    this.#reason = () => reason;
    process.on("uncaughtException", failed);
    const closing = err.whenClosed(failed);
    return {
      signal: stop.signal,
      [Symbol.dispose]: () => {
        this.#current = this.#session;
        this.#reason = stopped;
        process.off("uncaughtException", failed);
        closing[Symbol.dispose]();
      },
    };
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#deadline);
    for (const name of SIGNALS) process.off(name, this.#stop);
  }

  readonly #stop = (name: StopSignal): void => {
    if (this.#current.signal.aborted) process.exit(exitCodeOf(name));
    this.#current.abort(this.#reason(name));
    if (this.#current !== this.#session) return;
    this.#deadline = setTimeout(() => process.exit(exitCodeOf(name)), MAX_SHUTDOWN).unref();
  };
}

function stopped(name: StopSignal): Error {
  return new CommandFailure(line`Stopped.`, exitCodeOf(name));
}

/** As in shells: 128 plus the signal's number. */
function exitCodeOf(name: StopSignal): number {
  return 128 + constants.signals[name];
}

/** Whether the system ended a command, and not the person at the keyboard. */
export function wasToldToEnd(exitCode: unknown): boolean {
  return exitCode === exitCodeOf("SIGTERM") || exitCode === exitCodeOf("SIGHUP");
}
