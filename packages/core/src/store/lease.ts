import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { Logger } from "../base/logger.ts";
import { parsedJson } from "../base/parsed-json.ts";
import { UNREPORTED_WAIT, type WaitInfo } from "../base/wait-info.ts";
import type { KeyValueStore } from "./kv.ts";
import { currentProcess, hasEnded, ProcessMark } from "./process-mark.ts";

/** The process that does a piece of work for all, and until when the lease lasts. Earlier versions wrote no mark. */
const Lease = z.object({ holder: z.string(), until: z.number(), process: ProcessMark.optional() });

/** Work that one process does for all. */
export interface SharedWork<T> {
  /** The record that holds the lease. */
  name: string;
  /** What the work is, as a part of a sentence: "GET /accounts/". */
  about: string;
  /** How long to wait for the work of another process, in milliseconds. After that, each process does it itself. */
  maxWait: number;
  signal: AbortSignal;
  /** The result of another process; undefined while there is none. */
  done(): Promise<T | undefined>;
  work(): Promise<T>;
}

export interface LeaseContext {
  now: () => number;
  sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  logger: Logger;
  /** Called instead of a warning when the wait for another process lasts longer than a moment. */
  onWait?: ((wait: WaitInfo) => void) | undefined;
}

/** How often to check whether another process is done, in milliseconds. */
const POLL_INTERVAL = 50;

/** A lease that its holder has not renewed for this long is free, in milliseconds. */
const LEASE_DURATION = 10_000;

/** How far the clocks of two machines may differ before a lease counts as invalid, in milliseconds. */
const MAX_CLOCK_SKEW = 60_000;

/** A lease that this process holds. */
interface Held {
  release(): Promise<void>;
}

/**
 * Lets one of several processes do a piece of work, while the others that need it wait for its result. The lease of a
 * killed process is free at once, as its process mark shows; on another machine it ends after 10 seconds. If the
 * records cannot be used, or if no result arrives in time, each process does the work itself.
 */
export class Leases {
  readonly #records: KeyValueStore;
  readonly #context: LeaseContext;
  #self: ProcessMark | undefined;

  constructor(records: KeyValueStore, context: LeaseContext) {
    this.#records = records;
    this.#context = context;
  }

  /** @throws what the work throws, or the signal's reason */
  async run<T>(shared: SharedWork<T>): Promise<T> {
    const { name, maxWait, signal, done, work } = shared;
    const { sleep } = this.#context;
    for (let waited = 0; waited < maxWait; waited += POLL_INTERVAL) {
      const lease = await this.#take(name);
      if ("release" in lease) {
        try {
          return (await done()) ?? (await work());
        } finally {
          await lease.release();
        }
      }
      const found = await done();
      if (found !== undefined) return found;
      if (waited === UNREPORTED_WAIT) this.#reportWait(shared, lease.holder);
      await sleep(POLL_INTERVAL, signal);
    }
    return await work();
  }

  #reportWait({ about }: Pick<SharedWork<unknown>, "about">, holder: ProcessMark | undefined): void {
    const { onWait } = this.#context;
    if (onWait !== undefined) {
      onWait({ reason: "otherProcess", until: null });
      return;
    }
    const who = holder === undefined ? "another process" : `another process (${holder.pid})`;
    this.#context.logger.warn(`Waiting for ${who}, which is busy with ${about} already.`);
  }

  /** The lease, or its current holder. */
  async #take(name: string): Promise<Held | { holder: ProcessMark | undefined }> {
    const id = randomUUID();
    let mine = this.#textFor(id);
    try {
      // Mostly there is none, which one write finds out and changes.
      if (!(await this.#records.compareAndSet(name, undefined, mine))) {
        const held = await this.#records.get(name);
        const holder = this.#holderOf(held);
        if (holder !== undefined || !(await this.#records.compareAndSet(name, held, mine)))
          return { holder: holder?.process };
      }
    } catch {
      // Without records, no process can see that another is at work, so this one goes ahead.
      return { release: async () => {} };
    }
    let renewing = Promise.resolve();
    const renew = async () => {
      const next = this.#textFor(id);
      // A lease that cannot be renewed ends by itself, and another process does the work as well.
      if (await this.#records.compareAndSet(name, mine, next).catch(() => false)) mine = next;
    };
    const timer = setInterval(() => {
      renewing = renewing.then(renew);
    }, LEASE_DURATION / 3);
    timer.unref();
    return {
      release: async () => {
        clearInterval(timer);
        await renewing;
        // A lease that cannot be released ends by itself.
        await this.#records.compareAndSet(name, mine, undefined).catch(() => false);
      },
    };
  }

  #textFor(holder: string): string {
    this.#self ??= currentProcess();
    const lease = { holder, until: this.#context.now() + LEASE_DURATION, process: this.#self };
    return JSON.stringify(lease satisfies z.input<typeof Lease>);
  }

  /** The current holder of a lease. One that ends later than possible was taken by a process whose clock was wrong. */
  #holderOf(text: string | undefined): z.infer<typeof Lease> | undefined {
    const lease = Lease.safeParse(parsedJson(text));
    if (!lease.success) return undefined;
    const now = this.#context.now();
    const { until, process } = lease.data;
    if (until <= now || until > now + LEASE_DURATION + MAX_CLOCK_SKEW) return undefined;
    this.#self ??= currentProcess();
    return process !== undefined && hasEnded(process, this.#self) ? undefined : lease.data;
  }
}
