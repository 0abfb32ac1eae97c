import { Draw } from "../banks/random.ts";
import type { TimeSpan } from "./clock.ts";
import type { NamedError } from "./named-errors.ts";
import { isOf, isOperation, type Operation } from "./operations.ts";

/** A fault to inject: which requests it meets, when, and what happens to them. */
export interface Fault {
  /** @default any method */
  method?: string | undefined;
  /** The whole path below /api/v2, without the query; a RegExp is searched in it. @default any path */
  path?: string | RegExp | undefined;
  /** The operation by its short name, such as "balances" or "createRequisition". @default any */
  operation?: Operation | undefined;
  /** The id of the account that is asked for. @default any, and none */
  account?: string | undefined;
  /** How many requests it meets before it is used up. @default 1; without end where `probability` or `lasting` is given */
  times?: number | undefined;
  /** From 0 to 1: how likely it meets a request that fits. @default 1 */
  probability?: number | undefined;
  /** The same seed meets the same ones of a row of requests. @default 1 */
  seed?: number | undefined;
  /** It begins so much later, on the sandbox's clock. @default at once */
  after?: TimeSpan | undefined;
  /** It ends so much after it began, on the sandbox's clock. @default when it is used up */
  lasting?: TimeSpan | undefined;

  /** The status of the answer. @default 200 where a body is given, else the usual answer is let through */
  status?: number | undefined;
  /** The body of the answer: JSON, or a string as it is. */
  body?: unknown;
  /** A refusal in the service's own words, instead of status and body. */
  error?: NamedError | undefined;
  /** Sends the client elsewhere, with status 302 unless another is given. */
  redirect?: string | undefined;
  /** Headers of the answer, the usual one too. */
  headers?: Readonly<Record<string, string>> | undefined;
  /** What the answer calls itself, the usual one too. */
  contentType?: string | undefined;
  /** How long the answer is held back, in milliseconds of real time. */
  delayMs?: number | undefined;
  /** Sends the body no faster than this, in real time. */
  bytesPerSecond?: number | undefined;
  /** Cuts the connection before the answer, or in the middle of its body. */
  drop?: "connection" | "body" | undefined;
}

interface Waiting {
  fault: Fault;
  left: number;
  /** Milliseconds since 1970, on the sandbox's clock. */
  from: number;
  until: number;
  draw: Draw;
}

/** Faults in the order in which they were injected; the first that fits a request meets it. */
export class Faults {
  #waiting: Waiting[] = [];

  /** @throws TypeError where it could never meet a request, or do anything */
  add(fault: Fault, now: number): void {
    check(fault);
    const endless = fault.probability !== undefined || fault.lasting !== undefined;
    const from = now + milliseconds(fault.after ?? {});
    this.#waiting.push({
      fault,
      left: fault.times ?? (endless ? Number.POSITIVE_INFINITY : 1),
      from,
      until: fault.lasting === undefined ? Number.POSITIVE_INFINITY : from + milliseconds(fault.lasting),
      draw: new Draw(fault.seed ?? 1, "fault"),
    });
  }

  clear(): void {
    this.#waiting = [];
  }

  /** The fault that meets this request, if any; it is used up by one. */
  take(method: string, path: string, now: number): Fault | undefined {
    this.#waiting = this.#waiting.filter(({ until }) => until > now);
    for (const waiting of this.#waiting) {
      const { fault, from, draw } = waiting;
      if (from > now || !fits(fault, method, path)) continue;
      if (fault.probability !== undefined && draw.fraction() >= fault.probability) continue;
      waiting.left -= 1;
      if (waiting.left <= 0) this.#waiting = this.#waiting.filter((one) => one !== waiting);
      return fault;
    }
    return undefined;
  }

  /** What still waits, as JSON. */
  list(): Record<string, unknown>[] {
    return this.#waiting.map(({ fault, left, from, until }) => ({
      ...fault,
      path: fault.path instanceof RegExp ? String(fault.path) : fault.path,
      times: Number.isFinite(left) ? left : undefined,
      from: new Date(from).toISOString(),
      until: Number.isFinite(until) ? new Date(until).toISOString() : undefined,
    }));
  }
}

function check(fault: Fault): void {
  const { times, delayMs, status, probability, bytesPerSecond, operation } = fault;
  const refuse = (wrong: boolean, message: string) => {
    if (wrong) throw new TypeError(message);
  };
  refuse(times !== undefined && !(times >= 1), "times must be at least 1.");
  refuse(delayMs !== undefined && !(delayMs >= 0), "delayMs must not be negative.");
  refuse(status !== undefined && !(status >= 200 && status <= 599), "status must be from 200 to 599.");
  refuse(
    probability !== undefined && !(probability > 0 && probability <= 1),
    "probability must be above 0, and at most 1.",
  );
  refuse(bytesPerSecond !== undefined && !(bytesPerSecond >= 1), "bytesPerSecond must be at least 1.");
  refuse(
    operation !== undefined && !isOperation(operation),
    `operation is none of the service's: ${operation}`,
  );
}

function milliseconds({ days = 0, hours = 0, minutes = 0, seconds = 0 }: TimeSpan): number {
  const span = (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000;
  if (Number.isFinite(span) && span >= 0) return span;
  throw new TypeError("A span of time must be a number of days, hours, minutes or seconds, not below 0.");
}

function fits({ method, path: wanted, operation, account }: Fault, asked: string, path: string): boolean {
  if (method !== undefined && method.toUpperCase() !== asked) return false;
  if (operation !== undefined && !isOf(operation, asked, path)) return false;
  if (account !== undefined && !path.toLowerCase().startsWith(`/accounts/${account.toLowerCase()}/`))
    return false;
  if (wanted === undefined) return true;
  return typeof wanted === "string" ? wanted === path : path.search(wanted) !== -1;
}
