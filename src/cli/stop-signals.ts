/** The signals by which a person, the system or a closed terminal ends a command. */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Aborts instead of ending the process, so that what was begun can be removed; until it is disposed of. */
export interface Stopping extends Disposable {
  signal: AbortSignal;
}

/**
 * From now on a signal to end aborts, with `reason`, once each: whoever presses Ctrl-C again does not want to wait for
 * the removal either. An error that nobody caught aborts with that error, any number of times: when a terminal closes,
 * each line written to it fails.
 */
export function stopInsteadOfEnding(reason: Error): Stopping {
  const stop = new AbortController();
  const stopped = () => stop.abort(reason);
  const failed = (error: unknown) => stop.abort(error);
  for (const name of SIGNALS) process.once(name, stopped);
  process.on("uncaughtException", failed);
  return {
    signal: stop.signal,
    [Symbol.dispose]() {
      for (const name of SIGNALS) process.off(name, stopped);
      process.off("uncaughtException", failed);
    },
  };
}
