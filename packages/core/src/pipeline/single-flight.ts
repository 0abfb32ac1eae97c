import { TimeoutError } from "../base/errors.ts";
import { untilAborted } from "../base/until-aborted.ts";
import type { Leases } from "../store/lease.ts";
import type { Call } from "./call.ts";

/** Work whose result several callers may want at the same time. */
export interface Flight<T> {
  /** The request key: flights with the same key are the same work. */
  key: string;
  /** How messages name the work: "GET /accounts/". */
  describe(): string;
  call: Call;
  /**
   * Returns the result of another process since the moment `since` (milliseconds since 1970); undefined while there is
   * none. Without this function, the work does not wait for other processes.
   */
  fetchedElsewhere?: ((since: number) => Promise<T | undefined>) | undefined;
  /** Whether the work's result was invalidated after it was requested: who comes later needs another one. */
  isOutdated?(): boolean;
  /**
   * Does the work for all callers.
   *
   * @param call whose signal aborts once no caller waits any more, and whose time left is the longest of all callers
   * @param onResult called with the result as soon as it is known, if the work then goes on, for example to store it
   */
  work(call: Call, onResult: (result: T) => void): Promise<T>;
}

/** Work in flight. */
interface SharedWork<T> {
  flight: Flight<T>;
  promise: Promise<T>;
  controller: AbortController;
  waiting: Set<Call>;
  /** The result, if only storing it remains to be done. */
  earlyResult?: { value: T };
  isSettled: boolean;
}

export interface FlightContext {
  now: () => number;
  /** How long to wait for another process's result, in milliseconds, before doing the work here as well. */
  maxWait: number;
}

/**
 * Sends a request once for all that want it at the same time: the callers of this process, and, by leases, all
 * processes that share the cache. It is sent with the headers of the first. A caller that leaves early does not affect
 * the others; when the last one leaves, the work is aborted.
 */
export class SingleFlight<T> {
  readonly #inFlight = new Map<string, SharedWork<T>>();
  readonly #leases: Leases | undefined;
  readonly #context: FlightContext;

  constructor(leases: Leases | undefined, context: FlightContext) {
    this.#leases = leases;
    this.#context = context;
  }

  /**
   * Joins the work under this key, or starts it.
   *
   * @throws what the work throws; TimeoutError if the caller's time is up before there is a result; the signal's reason
   */
  async join(flight: Flight<T>): Promise<T> {
    const { key, call } = flight;
    const known = this.#inFlight.get(key);
    const shared = known === undefined || known.flight.isOutdated?.() ? this.#start(flight) : known;
    shared.waiting.add(call);
    try {
      return await untilAborted(shared.promise, call.signal);
    } catch (error) {
      if (error instanceof TimeoutError && shared.earlyResult !== undefined) return shared.earlyResult.value;
      throw error;
    } finally {
      shared.waiting.delete(call);
      if (shared.waiting.size === 0 && !shared.isSettled) {
        this.#forget(key, shared);
        shared.controller.abort(call.signal.reason);
      }
    }
  }

  #start(flight: Flight<T>): SharedWork<T> {
    const controller = new AbortController();
    const waiting = new Set<Call>();
    const call: Call = {
      options: flight.call.options,
      headers: flight.call.headers,
      report: (request, facts) => flight.call.report(request, facts),
      signal: controller.signal,
      graceSignal: controller.signal,
      throwIfGraceIsOver: () => controller.signal.throwIfAborted(),
      left: () => Math.max(0, ...[...waiting].map((one) => one.left())),
    };
    const { promise, resolve } = Promise.withResolvers<T>();
    const shared: SharedWork<T> = { flight, promise, controller, waiting, isSettled: false };
    this.#inFlight.set(flight.key, shared);
    waiting.add(flight.call);
    resolve(this.#settle(flight, call, shared));
    return shared;
  }

  async #settle(flight: Flight<T>, call: Call, shared: SharedWork<T>): Promise<T> {
    const onResult = (result: T) => {
      shared.earlyResult = { value: result };
    };
    try {
      return await this.#runAcrossProcesses(flight, call, onResult);
    } finally {
      shared.isSettled = true;
      this.#forget(flight.key, shared);
    }
  }

  async #runAcrossProcesses(flight: Flight<T>, call: Call, onResult: (result: T) => void): Promise<T> {
    const { key, fetchedElsewhere, work } = flight;
    if (this.#leases === undefined || fetchedElsewhere === undefined) return await work(call, onResult);
    const since = this.#context.now();
    return await this.#leases.run<T>({
      name: `lease:ask:${key}`,
      get about() {
        return flight.describe();
      },
      maxWait: this.#context.maxWait,
      signal: call.signal,
      done: () => fetchedElsewhere(since),
      work: () => work(call, onResult),
    });
  }

  #forget(key: string, shared: SharedWork<T>): void {
    if (this.#inFlight.get(key) === shared) this.#inFlight.delete(key);
  }
}
