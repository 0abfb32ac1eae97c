import { Random } from "../banks/random.ts";
import type { TimeSpan } from "./clock.ts";

/** What a fault of any service can say: which requests it meets, when, and what happens to them. */
export interface BaseFault {
  /** @default any method */
  method?: string | undefined;
  /** The whole path below the base URL, without the query; a RegExp is searched in it. @default any path */
  path?: string | RegExp | undefined;
  /** How many requests it meets before it is used up. @default 1; without end if `probability` or `lasting` is given */
  times?: number | undefined;
  /** From 0 to 1: how likely it meets a request that fits. @default 1 */
  probability?: number | undefined;
  /** The same seed picks the same ones of a series of requests. @default 1 */
  seed?: number | undefined;
  /** How much later it begins, on the sandbox's clock. @default at once */
  after?: TimeSpan | undefined;
  /** How long after its beginning it ends, on the sandbox's clock. @default when it is used up */
  lasting?: TimeSpan | undefined;

  /** The status of the response. @default 200 if a body is given, else the usual response is let through */
  status?: number | undefined;
  /** The body of the response: JSON, or a string as it is. */
  body?: unknown;
  /** Sends the client elsewhere, with status 302 unless another is given. */
  redirect?: string | undefined;
  /** Headers of the response, the usual one too. */
  headers?: Readonly<Record<string, string>> | undefined;
  /** The content type of the response, the usual one too. */
  contentType?: string | undefined;
  /** How long the response is held back, in milliseconds of real time. */
  delayMs?: number | undefined;
  /** Sends the body no faster than this, in real time. */
  bytesPerSecond?: number | undefined;
  /** Cuts the connection before the response, or in the middle of its body. */
  drop?: "connection" | "body" | undefined;
}

/** What a service adds to the faults of its own. */
interface ServiceRules<Fault> {
  /** @throws TypeError if the service's part of a fault is invalid */
  check: (fault: Fault) => void;
  /** Whether the service's part of a fault fits a request. */
  fits: (fault: Fault, method: string, path: string) => boolean;
}

interface Waiting<Fault> {
  fault: Fault;
  left: number;
  /** Milliseconds since 1970, on the sandbox's clock. */
  from: number;
  until: number;
  random: Random;
}

/** Faults in the order in which they were injected; the first that fits a request meets it. */
export class Faults<Fault extends BaseFault> {
  readonly #rules: ServiceRules<Fault>;
  #waiting: Waiting<Fault>[] = [];

  constructor(rules: ServiceRules<Fault>) {
    this.#rules = rules;
  }

  /** @throws TypeError if it could never meet a request, or do anything */
  add(fault: Fault, now: number): void {
    check(fault);
    this.#rules.check(fault);
    const endless = fault.probability !== undefined || fault.lasting !== undefined;
    const from = now + milliseconds(fault.after ?? {});
    this.#waiting.push({
      fault,
      left: fault.times ?? (endless ? Number.POSITIVE_INFINITY : 1),
      from,
      until: fault.lasting === undefined ? Number.POSITIVE_INFINITY : from + milliseconds(fault.lasting),
      random: new Random(fault.seed ?? 1, "fault"),
    });
  }

  clear(): void {
    this.#waiting = [];
  }

  /** The fault that meets this request, if any; it is used up by one. */
  take(method: string, path: string, now: number): Fault | undefined {
    this.#waiting = this.#waiting.filter(({ until }) => until > now);
    for (const waiting of this.#waiting) {
      const { fault, from, random } = waiting;
      if (from > now || !fits(fault, method, path) || !this.#rules.fits(fault, method, path)) continue;
      if (fault.probability !== undefined && random.fraction() >= fault.probability) continue;
      waiting.left -= 1;
      if (waiting.left <= 0) this.#waiting = this.#waiting.filter((one) => one !== waiting);
      return fault;
    }
    return undefined;
  }

  /** What still waits, as JSON. */
  list(): Record<string, unknown>[] {
    return this.#waiting.map(asJson);
  }
}

function asJson({ fault, left, from, until }: Waiting<BaseFault>): Record<string, unknown> {
  return {
    ...fault,
    path: fault.path instanceof RegExp ? String(fault.path) : fault.path,
    times: Number.isFinite(left) ? left : undefined,
    from: new Date(from).toISOString(),
    until: Number.isFinite(until) ? new Date(until).toISOString() : undefined,
  };
}

function check(fault: BaseFault): void {
  const { times, delayMs, status, probability, bytesPerSecond } = fault;
  const reject = (wrong: boolean, message: string) => {
    if (wrong) throw new TypeError(message);
  };
  reject(times !== undefined && !(times >= 1), "times must be at least 1.");
  reject(delayMs !== undefined && !(delayMs >= 0), "delayMs must not be negative.");
  reject(status !== undefined && !(status >= 200 && status <= 599), "status must be from 200 to 599.");
  reject(
    probability !== undefined && !(probability > 0 && probability <= 1),
    "probability must be above 0, and at most 1.",
  );
  reject(bytesPerSecond !== undefined && !(bytesPerSecond >= 1), "bytesPerSecond must be at least 1.");
}

function milliseconds({ days = 0, hours = 0, minutes = 0, seconds = 0 }: TimeSpan): number {
  const span = (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000;
  if (Number.isFinite(span) && span >= 0) return span;
  throw new TypeError("A span of time must be a number of days, hours, minutes or seconds, not below 0.");
}

function fits({ method, path: wanted }: BaseFault, asked: string, path: string): boolean {
  if (method !== undefined && method.toUpperCase() !== asked) return false;
  if (wanted === undefined) return true;
  return typeof wanted === "string" ? wanted === path : path.search(wanted) !== -1;
}
