import { TimeoutError } from "../base/errors.ts";
import type { Leases } from "../store/lease.ts";
import type { Call } from "./call.ts";
import { unlessEnded } from "./deadline.ts";

/** A piece of work that several may want at the same time. */
export interface Flight<T> {
  /** Who asks for the same, asks with the same key. */
  key: string;
  /** What is asked, as a part of a sentence: "GET /accounts/". */
  about: string;
  call: Call;
  /**
   * What another process has brought since the moment `since` (milliseconds); undefined while there is nothing. Without
   * it, other processes are not waited for.
   */
  brought?: ((since: number) => Promise<T | undefined>) | undefined;
  /**
   * Does the work for everyone who wants it.
   *
   * @param call whose signal ends once nobody waits any more, and which has as much time as whoever has most
   * @param came takes the result as soon as it is there, if there is something left to do with it
   */
  work(call: Call, came: (result: T) => void): Promise<T>;
}

/** Work under way. */
interface Shared<T> {
  promise: Promise<T>;
  controller: AbortController;
  waiting: Set<Call>;
  /** The result, if only writing it down is left to do. */
  came?: { result: T };
  isSettled: boolean;
}

/** What waiting for others needs. */
export interface FlightContext {
  now: () => number;
  /** For how long the work of another process is waited for, in milliseconds; then each does it for itself. */
  maxWait: number;
}

/**
 * Sends what several ask at the same time once: the callers of this process, and, by leases, all processes that share the
 * cache. Who leaves early leaves the others their result; when the last one leaves, the work is ended.
 */
export class SingleFlight<T> {
  readonly #underWay = new Map<string, Shared<T>>();
  readonly #leases: Leases | undefined;
  readonly #context: FlightContext;

  constructor(leases: Leases | undefined, context: FlightContext) {
    this.#leases = leases;
    this.#context = context;
  }

  /**
   * Joins the work under this key, or starts it.
   *
   * @throws what the work throws; TimeoutError if the caller's time is up before a result has come; the signal's reason
   */
  async join(flight: Flight<T>): Promise<T> {
    const { key, call } = flight;
    const shared = this.#underWay.get(key) ?? this.#start(flight);
    shared.waiting.add(call);
    try {
      return await unlessEnded(shared.promise, call.signal);
    } catch (error) {
      if (error instanceof TimeoutError && shared.came !== undefined) return shared.came.result;
      throw error;
    } finally {
      shared.waiting.delete(call);
      if (shared.waiting.size === 0 && !shared.isSettled) {
        this.#forget(key, shared);
        shared.controller.abort(call.signal.reason);
      }
    }
  }

  #start(flight: Flight<T>): Shared<T> {
    const controller = new AbortController();
    const waiting = new Set<Call>();
    const call: Call = {
      options: flight.call.options,
      tell: flight.call.tell,
      signal: controller.signal,
      lateSignal: controller.signal,
      left: () => Math.max(0, ...[...waiting].map((one) => one.left())),
    };
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const shared: Shared<T> = { promise, controller, waiting, isSettled: false };
    this.#underWay.set(flight.key, shared);
    waiting.add(flight.call);
    const came = (result: T) => {
      shared.came = { result };
    };
    this.#acrossProcesses(flight, call, came)
      .finally(() => {
        shared.isSettled = true;
        this.#forget(flight.key, shared);
      })
      .then(resolve, reject);
    return shared;
  }

  async #acrossProcesses(flight: Flight<T>, call: Call, came: (result: T) => void): Promise<T> {
    const { key, about, brought, work } = flight;
    if (this.#leases === undefined || brought === undefined) return await work(call, came);
    const since = this.#context.now();
    return await this.#leases.run<T>({
      name: `lease:ask:${key}`,
      about,
      maxWait: this.#context.maxWait,
      signal: call.signal,
      done: () => brought(since),
      work: () => work(call, came),
    });
  }

  #forget(key: string, shared: Shared<T>): void {
    if (this.#underWay.get(key) === shared) this.#underWay.delete(key);
  }
}
