import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { Records } from "../quota/records.ts";

/** Who does a piece of work for all processes, and until when that is believed. */
const Lease = z.object({ holder: z.string(), until: z.number() });

/** What a lease is about. */
export interface SharedWork<T> {
  /** The record that holds the lease. */
  name: string;
  /** After so many milliseconds a holder is taken to have died. */
  holdFor: number;
  /** What another process has done meanwhile; undefined while there is nothing. */
  done(): Promise<T | undefined>;
  work(): Promise<T>;
}

/** What waiting for another process needs. */
export interface LeaseContext {
  now: () => number;
  sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

/** Between two looks at whether another process is done, in milliseconds. */
const LOOK_EVERY = 50;

/**
 * Does a piece of work in one process, while the others that want it wait for what it brings. Where the records cannot
 * be used, or nobody brings anything for long, each does the work for itself.
 */
export async function underLease<T>(
  records: Records,
  context: LeaseContext,
  { name, holdFor, done, work }: SharedWork<T>,
): Promise<T> {
  const { signal } = new AbortController();
  for (let waited = 0; waited < 2 * holdFor; waited += LOOK_EVERY) {
    const lease = await take(records, name, context.now(), holdFor);
    if (lease !== "held") {
      try {
        return (await done()) ?? (await work());
      } finally {
        await lease.release();
      }
    }
    const brought = await done();
    if (brought !== undefined) return brought;
    await context.sleep(LOOK_EVERY, signal);
  }
  return await work();
}

const FREE = "";

async function take(
  records: Records,
  name: string,
  now: number,
  holdFor: number,
): Promise<"held" | { release(): Promise<void> }> {
  const mine = JSON.stringify({ holder: randomUUID(), until: now + holdFor });
  try {
    const text = await records.get(name);
    if (!isFree(text, now, holdFor) || !(await records.compareAndSet(name, text, mine))) return "held";
  } catch {
    return { release: async () => {} }; // Nobody can be asked to wait, so nobody is.
  }
  return {
    async release() {
      // A lease that cannot be given back ends by itself.
      await records.compareAndSet(name, mine, FREE).catch(() => false);
    },
  };
}

/** A lease that ends later than it could have been taken is of a clock that was wrong. */
function isFree(text: string | undefined, now: number, holdFor: number): boolean {
  if (text === undefined || text === FREE) return true;
  try {
    const lease = Lease.safeParse(JSON.parse(text));
    return !lease.success || lease.data.until <= now || lease.data.until > now + holdFor;
  } catch {
    return true;
  }
}
