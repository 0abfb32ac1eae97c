import { TimeoutError } from "../base/errors.ts";

/** A signal that follows another one and also ends by itself; disposing of it stops its timer. */
export interface Deadline extends Disposable {
  readonly signal: AbortSignal;
}

/**
 * Starts a deadline.
 *
 * @param timeout milliseconds from now
 * @param message what the TimeoutError says that the signal then carries
 * @param outer another signal that ends this one too, with its own reason
 */
export function startDeadline(timeout: number, message: string, outer: AbortSignal | undefined): Deadline {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(new TimeoutError(message, timeout)), timeout);
  const follow = () => controller.abort(outer?.reason);
  if (outer?.aborted) follow();
  else outer?.addEventListener("abort", follow, { once: true });
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      clearTimeout(timer);
      outer?.removeEventListener("abort", follow);
    },
  };
}

/** Settles as the promise does, or rejects with the signal's reason as soon as that ends. */
export async function unlessEnded<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: ended, reject } = Promise.withResolvers<never>();
  const end = () => reject(signal.reason);
  if (signal.aborted) end();
  signal.addEventListener("abort", end, { once: true });
  try {
    return await Promise.race([ended, promise]);
  } finally {
    signal.removeEventListener("abort", end);
  }
}
