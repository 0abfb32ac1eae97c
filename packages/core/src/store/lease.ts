import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { Logger } from "../base/logger.ts";
import { parsedJson } from "../base/parsed-json.ts";
import type { KeyValueStore } from "./kv.ts";
import { currentProcess, hasEnded, ProcessMark } from "./process-mark.ts";

/** Who does a piece of work for all processes, and until when that is believed. Earlier versions left no mark. */
const Lease = z.object({ holder: z.string(), until: z.number(), process: ProcessMark.optional() });

/** What a lease is about. */
export interface SharedWork<T> {
  /** The record that holds the lease. */
  name: string;
  /** What the work is, as a part of a sentence: "GET /accounts/". */
  about: string;
  /** For how long the work of another is waited for, in milliseconds; then each does it for itself. */
  maxWait: number;
  signal: AbortSignal;
  /** What another process has done meanwhile; undefined while there is nothing. */
  done(): Promise<T | undefined>;
  work(): Promise<T>;
}

/** What waiting for another process needs. */
export interface LeaseContext {
  now: () => number;
  sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  logger: Logger;
}

/** Between two looks at whether another process is done, in milliseconds. */
const LOOK_EVERY = 50;

/** A lease that its holder has not prolonged for so many milliseconds is free, whatever became of its holder. */
const HOLD_FOR = 10_000;

/** The clocks of two machines may differ by so many milliseconds without a lease being taken for nonsense. */
const CLOCKS_APART = 60_000;

/** A wait of so many milliseconds is told. */
const LONG_WAIT = 2000;

/** A lease that this process holds. */
interface Held {
  release(): Promise<void>;
}

/**
 * Lets one of several processes do a piece of work, while the others that want it wait for what it brings. A holder that
 * was killed is recognised by its process and holds nothing; on another machine its lease ends after 10 seconds. If the
 * records cannot be used, or nobody brings anything for long, each process does the work for itself.
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
    for (let waited = 0; waited < maxWait; waited += LOOK_EVERY) {
      const lease = await this.#take(name);
      if ("release" in lease) {
        try {
          return (await done()) ?? (await work());
        } finally {
          await lease.release();
        }
      }
      const brought = await done();
      if (brought !== undefined) return brought;
      if (waited === LONG_WAIT) this.#tellWait(shared, lease.holder);
      await sleep(LOOK_EVERY, signal);
    }
    return await work();
  }

  #tellWait({ about }: Pick<SharedWork<unknown>, "about">, holder: ProcessMark | undefined): void {
    const who = holder === undefined ? "another process" : `another process (${holder.pid})`;
    this.#context.logger.warn(`Waiting for ${who}, which is busy with ${about} already.`);
  }

  /** The lease, or who holds it. */
  async #take(name: string): Promise<Held | { holder: ProcessMark | undefined }> {
    const id = randomUUID();
    let mine = this.#textFor(id);
    try {
      const held = await this.#records.get(name);
      const holder = this.#holderOf(held);
      if (holder !== undefined || !(await this.#records.compareAndSet(name, held, mine))) {
        return { holder: holder?.process };
      }
    } catch {
      return { release: async () => {} }; // Nobody can be asked to wait, so nobody is.
    }
    let prolonging = Promise.resolve();
    const prolong = async () => {
      const next = this.#textFor(id);
      // A lease that cannot be prolonged ends by itself, and another process asks too.
      if (await this.#records.compareAndSet(name, mine, next).catch(() => false)) mine = next;
    };
    const timer = setInterval(() => {
      prolonging = prolonging.then(prolong);
    }, HOLD_FOR / 3);
    timer.unref();
    return {
      release: async () => {
        clearInterval(timer);
        await prolonging;
        // A lease that cannot be given back ends by itself.
        await this.#records.compareAndSet(name, mine, undefined).catch(() => false);
      },
    };
  }

  #textFor(holder: string): string {
    this.#self ??= currentProcess();
    const lease = { holder, until: this.#context.now() + HOLD_FOR, process: this.#self };
    return JSON.stringify(lease satisfies z.input<typeof Lease>);
  }

  /** Whoever holds a lease now. One that ends far later than it could have been taken is of a clock that was wrong. */
  #holderOf(text: string | undefined): z.infer<typeof Lease> | undefined {
    const lease = Lease.safeParse(parsedJson(text));
    if (!lease.success) return undefined;
    const now = this.#context.now();
    const { until, process } = lease.data;
    if (until <= now || until > now + HOLD_FOR + CLOCKS_APART) return undefined;
    this.#self ??= currentProcess();
    return process !== undefined && hasEnded(process, this.#self) ? undefined : lease.data;
  }
}
