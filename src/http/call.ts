import { TimeoutError } from "../errors.ts";
import type { AnswerFacts } from "./answer-info.ts";
import { accountDataOf, type ServiceRequest } from "./operation.ts";
import { type AnswerInfo, type CallOptions, milliseconds, type Settings } from "./settings.ts";

/** One call of a client's method, however many requests it makes: what they have in common. */
export interface Call {
  readonly options: CallOptions;
  /** Ends with the call's time, or when the caller or the client's owner wants it to. */
  readonly signal: AbortSignal;
  /** The same, but a second after the call's time: for the cache, which may still have what could not be had in time. */
  readonly lateSignal: AbortSignal;
  /** How much of its time is left, in milliseconds by the client's clock. */
  left(): number;
  /** Says of a response, or of what stood in for one, where it came from. */
  tell(request: ServiceRequest, facts: AnswerFacts): void;
}

/** A call whose time is running; disposing of it stops its timer. */
export interface RunningCall extends Call, Disposable {
  /** Takes note of the request that the call makes now, for the error if time is up. */
  begin(request: ServiceRequest): void;
  /** Stops its time while the caller is busy. */
  pause(): void;
  /** Lets its time run on. */
  resume(): void;
}

/** How a call is started. */
export interface CallStart {
  /** The client's method, if it may make several requests. */
  name?: string | undefined;
  options: CallOptions;
  /** Told of each response that the call gets, in this order. */
  observers: readonly (((info: AnswerInfo) => void) | undefined)[];
}

/**
 * Starts a call, and its one deadline: all its requests, their tries and the waits between them share its time.
 *
 * @throws ConfigurationError if the timeout is no time
 */
export function startCall(settings: Settings, { name, options, observers }: CallStart): RunningCall {
  const { secrets, now } = settings;
  const timeout = milliseconds(options.timeout ?? settings.timeout.perCall, "timeout");
  const outer = eitherSignal(options.signal, settings.signal);
  const controller = new AbortController();
  const late = new AbortController();
  const real = countdown(timeout, () => performance.now());
  const injected = countdown(timeout, now);
  let at: string | undefined;
  let timer: NodeJS.Timeout | undefined;

  const end = () => {
    const what = [name, at].filter((part) => part !== undefined).join(", at ");
    const error = new TimeoutError(`${what || "The call"} took longer than ${timeout} ms.`, timeout);
    timer = setTimeout(() => late.abort(error), LATE);
    controller.abort(error);
  };
  const stopWith = (reason: unknown) => {
    controller.abort(reason);
    late.abort(reason);
  };
  const follow = () => stopWith(outer?.reason);
  const stop = () => {
    clearTimeout(timer);
    outer?.removeEventListener("abort", follow);
  };
  const run = () => {
    if (outer?.aborted) return follow();
    outer?.addEventListener("abort", follow, { once: true });
    timer = setTimeout(end, Math.max(0, real.left()));
  };
  run();

  return {
    options,
    signal: controller.signal,
    lateSignal: late.signal,
    left: injected.left,
    begin({ operation, path }) {
      at = `${operation.method} ${secrets.clean(path)}`;
    },
    tell(request, facts) {
      const { operation } = request;
      const dataKind = accountDataOf(request)?.scope ?? null;
      const info: AnswerInfo = {
        operation: operation.name,
        method: operation.method,
        path: secrets.clean(request.path),
        dataKind,
        ...facts,
      };
      for (const observer of observers) observer?.(info);
    },
    pause() {
      stop();
      real.pause();
      injected.pause();
    },
    resume() {
      real.resume();
      injected.resume();
      run();
    },
    [Symbol.dispose]() {
      stop();
      stopWith(ENDED); // Whatever the call has left behind, as when one of several requests has failed.
    },
  };
}

/** For how long after a call's time the cache is still waited for, in milliseconds. */
const LATE = 1000;

/** What ends the requests of a call that is over; nobody waits for them any more. */
const ENDED = new DOMException("The call is over.", "AbortError");

/** What is left of a time, by a clock that can be held. */
function countdown(length: number, clock: () => number) {
  let spent = 0;
  let since: number | undefined = clock();
  const elapsed = () => (since === undefined ? 0 : clock() - since);
  return {
    left: () => length - spent - elapsed(),
    pause() {
      spent += elapsed();
      since = undefined;
    },
    resume() {
      since ??= clock();
    },
  };
}

function eitherSignal(one: AbortSignal | undefined, other: AbortSignal | undefined): AbortSignal | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return AbortSignal.any([one, other]);
}
