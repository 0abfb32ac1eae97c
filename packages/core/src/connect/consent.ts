import { setTimeout as delay } from "node:timers/promises";
import type {
  Bank,
  BankProvider,
  BankReturn,
  BegunConnection,
  Connection,
  ConsentWish,
  ReturnAddress,
} from "../bank/index.ts";
import {
  ApiError,
  ConfigurationError,
  ConnectionError,
  type ConsentRefusedError,
  InvalidResponseError,
  NotFoundError,
  TimeoutError,
} from "../base/errors.ts";
import { messageOf } from "../base/message-of.ts";
import { untilAborted } from "../base/until-aborted.ts";

import { ConsentFailedError, ConsentTimeoutError, UnfinishedConnectionError } from "./errors.ts";

/** How long to wait for a link to be used, in milliseconds. A bank's pages last no longer. */
const MAX_WAIT = 45 * 60_000;

/** How often to ask the provider whether the end user has agreed, in milliseconds. */
const POLL_INTERVAL = 2000;

/** Interprets a return; undefined if it does not belong to this connection. */
export type ReadReturn = (address: ReturnAddress) => BankReturn | undefined;

/** How the end user gets to the bank and back. */
export interface ConsentWay {
  /** Shows the end user the link to the bank. */
  show(begun: BegunConnection): void | Promise<void>;
  /**
   * Resolves with the address to which the end user returned, and ignores a return for which `read` returns undefined.
   * Rejects with the signal's reason. Not needed if the provider can be polled, which goes on if this fails.
   */
  returned?: ((read: ReadReturn, signal: AbortSignal) => Promise<ReturnAddress>) | undefined;
  /** Called each time the connection was looked up; with undefined if its state is unknown right now. */
  progress?: ((connection: Connection | undefined) => void) | undefined;
  /** Called once an unsuccessful connection has been removed. */
  removed?: (() => void) | undefined;
  /** Stops waiting; the connection is removed. */
  signal?: AbortSignal | undefined;
  /** How long to wait for the end user, in milliseconds. @default 2700000 */
  maxWait?: number | undefined;
  /** How often to ask a provider that can be polled, in milliseconds. @default 2000 */
  pollInterval?: number | undefined;
  /** The clock, in milliseconds. @default a clock that never runs backwards */
  now?: (() => number) | undefined;
  /** Waits, and resolves early if the signal aborts. @default a timer */
  sleep?: ((milliseconds: number, signal: AbortSignal) => Promise<void>) | undefined;
}

/**
 * Begins a connection and waits until the end user has agreed at the bank: for their return, and, if the provider can
 * be polled, for the provider to report it, as the browser may never return.
 *
 * @returns the active connection
 * @throws ConsentRefusedError, ConsentTimeoutError, ConsentFailedError, the signal's reason, or whatever ended it. The
 * connection is removed first; if that fails, an UnfinishedConnectionError is thrown instead.
 * @throws ConfigurationError if the provider cannot be polled, and the way has no return
 */
export async function obtainConsent(
  provider: BankProvider,
  bank: Bank,
  wish: ConsentWish,
  way: ConsentWay,
): Promise<Connection> {
  way.signal?.throwIfAborted();
  if (way.returned === undefined && !provider.capabilities.polls)
    throw new ConfigurationError(
      `${provider.name} cannot be polled: pass "returned", which resolves with the address to which the end user returns.`,
    );
  // The signal is not passed on: an aborted request may have been carried out, and could not be undone.
  const begun = await provider.begin(bank, wish);
  const made: Made = { id: begun.connectionId, canBeLookedUp: provider.capabilities.polls };
  try {
    way.signal?.throwIfAborted();
    const shown = way.show(begun);
    await (way.signal === undefined ? shown : untilAborted(Promise.resolve(shown), way.signal));
    return await waitForConsent(provider, begun, made, way);
  } catch (error) {
    await removeMade(provider, made, begun, error);
    if (made.id !== null) way.removed?.();
    throw error;
  }
}

/** What exists of a connection so far. */
interface Made {
  /** Null until the provider has given it an id. */
  id: string | null;
  /** Whether it can be looked up by its id; if not, it must be completed first. */
  canBeLookedUp: boolean;
}

async function waitForConsent(
  provider: BankProvider,
  begun: BegunConnection,
  made: Made,
  way: ConsentWay,
): Promise<Connection> {
  const { now = () => performance.now(), sleep = timer, maxWait = MAX_WAIT } = way;
  const done = new AbortController();
  const signal = way.signal === undefined ? done.signal : AbortSignal.any([way.signal, done.signal]);
  const returning = returnOf(provider, begun, way, signal);
  const until = now() + maxWait;
  try {
    for (;;) {
      way.signal?.throwIfAborted();
      const connection = await look(
        provider,
        made,
        { state: begun.state, address: returning.address },
        signal,
      );
      way.signal?.throwIfAborted();
      // From here on it is not removed any more, even if `progress` throws.
      if (connection?.state === "active") made.id = null;
      way.progress?.(connection);
      if (connection?.state === "active") return connection;
      if (returning.refusal !== undefined) throw returning.refusal;
      if (returning.failure !== undefined && !provider.capabilities.polls) throw returning.failure.error;
      if (connection !== undefined && isFinal(connection)) {
        const message = `The connection is ${connection.state} (${connection.stateAsSent ?? "no status"}) and gives no access. Connect the bank again.`;
        throw new ConsentFailedError(message, connection);
      }
      if (!(now() <= until)) throw new ConsentTimeoutError("The link was not used in time.");
      const wait = sleep(way.pollInterval ?? POLL_INTERVAL, signal);
      // A return ends only one wait early: after it, the bank may still need a few polls.
      await (returning.seen ? wait : Promise.race([wait, returning.arrived]));
      returning.seen ||= [returning.address, returning.refusal, returning.failure].some(
        (one) => one !== undefined,
      );
    }
  } finally {
    done.abort();
  }
}

/** How the end user returned, once they have. */
interface Returning {
  /** Resolves once there is an address, a refusal or a failure. */
  arrived: Promise<void>;
  address: ReturnAddress | undefined;
  refusal: ConsentRefusedError | undefined;
  /** Why no return can be awaited; polling may still find out the result. */
  failure: { readonly error: unknown } | undefined;
  /** Whether it has been acted upon. */
  seen: boolean;
}

function returnOf(
  provider: BankProvider,
  { state }: BegunConnection,
  { returned }: ConsentWay,
  signal: AbortSignal,
): Returning {
  const returning: Returning = {
    arrived: Promise.resolve(),
    address: undefined,
    refusal: undefined,
    failure: undefined,
    seen: returned === undefined,
  };
  const read: ReadReturn = (address) => provider.readReturn(state, address);
  if (returned !== undefined) {
    returning.arrived = returned(read, signal)
      .then((address) => {
        const back = read(address);
        if (back === undefined)
          throw new ConfigurationError("This address does not belong to the connection that was started.");
        if (back.outcome === "refused") returning.refusal = back.error;
        else returning.address = address;
      })
      .catch((error: unknown) => {
        returning.failure = { error };
      });
  }
  return returning;
}

/** The connection as it is now; undefined if that is unknown, for example because the end user is still at the bank. */
async function look(
  provider: BankProvider,
  made: Made,
  { state, address }: { state: string; address: ReturnAddress | undefined },
  signal: AbortSignal,
): Promise<Connection | undefined> {
  try {
    if (made.id !== null && made.canBeLookedUp)
      return await provider.connection(made.id, { forceRefresh: true, signal });
    if (address === undefined) return undefined;
    // Without the signal, as for `begin`. Repeated only after a transient failure, as a code works only once.
    const connection = await provider.finish(state, address);
    made.id = connection.id;
    made.canBeLookedUp = true;
    return connection;
  } catch (error) {
    signal.throwIfAborted();
    if (!isTransient(error)) throw error;
    return undefined;
  }
}

/** Whether a failure says nothing about the connection: the provider could not be reached, or could not respond. */
function isTransient(error: unknown): boolean {
  return (
    error instanceof ConnectionError ||
    error instanceof TimeoutError ||
    error instanceof InvalidResponseError ||
    (error instanceof ApiError && (error.status >= 500 || error.status === 429))
  );
}

/** Whether the state will no longer change by itself. */
function isFinal({ state }: Connection): boolean {
  return state !== "open" && state !== "unknown";
}

/** Ends a connection, if it has an id and still exists. @throws UnfinishedConnectionError if that fails */
async function removeMade(
  provider: BankProvider,
  { id: connectionId }: Made,
  { reference }: BegunConnection,
  cause: unknown,
): Promise<void> {
  if (connectionId === null) return;
  try {
    await provider.end(connectionId);
  } catch (removalError) {
    if (removalError instanceof NotFoundError) return;
    const message = `${messageOf(cause)} The unfinished connection ${reference} could not be removed: ${messageOf(removalError)}`;
    throw new UnfinishedConnectionError(message, { connectionId, reference, cause, removalError });
  }
}

/** A timer that the signal ends early. */
async function timer(milliseconds: number, signal: AbortSignal): Promise<void> {
  try {
    await delay(milliseconds, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
