import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { Records } from "../quota/records.ts";

/** Who does a piece of work for all processes, and until when that is believed. */
const Lease = z.object({ holder: z.string(), until: z.number() });

/** What a lease is about. */
export interface SharedWork<T> {
  /** The record that holds the lease. */
  name: string;
  /** For how long the work of another is waited for, in milliseconds; then each does it for itself. */
  patience: number;
  /** What another process has done meanwhile; undefined while there is nothing. */
  done(): Promise<T | undefined>;
  work(): Promise<T>;
}

/** What waiting for another process needs. */
export interface LeaseContext {
  now: () => number;
  sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  signal: AbortSignal;
}

/** Between two looks at whether another process is done, in milliseconds. */
const LOOK_EVERY = 50;

/** A lease that its holder has not prolonged for so many milliseconds is free: the holder was killed. */
const HOLD_FOR = 10_000;

/** The clocks of two machines may differ by so many milliseconds without a lease being taken for nonsense. */
const CLOCKS_APART = 60_000;

/**
 * Does a piece of work in one process, while the others that want it wait for what it brings. Where the records cannot
 * be used, or nobody brings anything for long, each does the work for itself.
 *
 * @throws what the work throws, or the signal's reason
 */
export async function underLease<T>(
  records: Records,
  context: LeaseContext,
  { name, patience, done, work }: SharedWork<T>,
): Promise<T> {
  for (let waited = 0; waited < patience; waited += LOOK_EVERY) {
    const lease = await take(records, name, context.now);
    if (lease !== "held") {
      try {
        return (await done()) ?? (await work());
      } finally {
        await lease.release();
      }
    }
    const brought = await done();
    if (brought !== undefined) return brought;
    await context.sleep(LOOK_EVERY, context.signal);
  }
  return await work();
}

async function take(
  records: Records,
  name: string,
  now: () => number,
): Promise<"held" | { release(): Promise<void> }> {
  const holder = randomUUID();
  const text = () => JSON.stringify({ holder, until: now() + HOLD_FOR } satisfies z.input<typeof Lease>);
  let mine = text();
  try {
    const held = await records.get(name);
    if (!isFree(held, now()) || !(await records.compareAndSet(name, held, mine))) return "held";
  } catch {
    return { release: async () => {} }; // Nobody can be asked to wait, so nobody is.
  }
  let prolonging = Promise.resolve();
  const timer = setInterval(() => {
    const next = text();
    prolonging = records.compareAndSet(name, mine, next).then(
      (prolonged) => {
        if (prolonged) mine = next;
      },
      () => {}, // A lease that cannot be prolonged ends by itself, and another process asks too.
    );
  }, HOLD_FOR / 3);
  timer.unref();
  return {
    async release() {
      clearInterval(timer);
      await prolonging;
      // A lease that cannot be given back ends by itself.
      await records.compareAndSet(name, mine, undefined).catch(() => false);
    },
  };
}

/** A lease that ends far later than it could have been taken is of a clock that was wrong. */
function isFree(text: string | undefined, now: number): boolean {
  if (text === undefined) return true;
  try {
    const lease = Lease.safeParse(JSON.parse(text));
    return !lease.success || lease.data.until <= now || lease.data.until > now + HOLD_FOR + CLOCKS_APART;
  } catch {
    return true;
  }
}
