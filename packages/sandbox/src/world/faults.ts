import type { z } from "zod";
import { Random } from "../banks/random.ts";
import { checked } from "./checked.ts";
import { isPossibleTime, milliseconds, type TimeSpan } from "./clock.ts";
import { matches } from "./path-pattern.ts";

/** The fields of a fault that every service has: which requests it affects, when, and what happens to them. */
export interface BaseFault {
  /** The HTTP method of the requests that it affects. @default any method */
  method?: string | undefined;
  /** The whole path below the base URL, without the query, or a RegExp that matches anywhere in it. @default any path */
  path?: string | RegExp | undefined;
  /** How many requests it affects. @default 1, or no limit if `probability` or `lasting` is given */
  times?: number | undefined;
  /** The probability, above 0 and at most 1, that it affects a matching request. @default 1 */
  probability?: number | undefined;
  /** With the same seed, `probability` selects the same requests of a series. @default 1 */
  seed?: number | undefined;
  /** How long after its injection it begins, on the sandbox's clock. @default at once */
  after?: TimeSpan | undefined;
  /** How long after its beginning it ends, on the sandbox's clock. @default when `times` is reached */
  lasting?: TimeSpan | undefined;

  /** The status of the response. @default 200 if a body is given; otherwise the usual response is sent */
  status?: number | undefined;
  /** The body of the response: a string is sent as it is, anything else as JSON. */
  body?: unknown;
  /** The address of a redirect, sent with status 302 unless `status` is given. */
  redirect?: string | undefined;
  /** Headers to set on the response, including the usual one. */
  headers?: Readonly<Record<string, string>> | undefined;
  /** The content type of the response, including the usual one. */
  contentType?: string | undefined;
  /** How long the response is delayed, in milliseconds of real time, at most a day. */
  delayMs?: number | undefined;
  /** The highest speed at which the body is sent, in real time. @default no limit */
  bytesPerSecond?: number | undefined;
  /** Cuts the connection before the response, or in the middle of its body. */
  drop?: "connection" | "body" | undefined;
}

/** How a service checks and matches the fields that it adds to a fault. */
interface ServiceRules<Fault> {
  /** Checks all fields. */
  schema: z.ZodType<Fault>;
  /** Whether the service's fields match a request. */
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

/** Faults in the order of their injection; a request is affected by the first that matches it. */
export class Faults<Fault extends BaseFault> {
  readonly #rules: ServiceRules<Fault>;
  #waiting: Waiting<Fault>[] = [];

  constructor(rules: ServiceRules<Fault>) {
    this.#rules = rules;
  }

  /** @throws TypeError that names an invalid field; RangeError if the fault begins or ends after the year 2199 */
  add(fault: Fault, now: number): void {
    this.#waiting.push(this.#begun(fault, now));
  }

  /** Replaces all faults, unless one of the new ones is invalid. @throws as {@link Faults.add} does */
  replace(faults: readonly Fault[], now: number): void {
    this.#waiting = faults.map((fault) => this.#begun(fault, now));
  }

  /** A fault as it is kept from its injection on. */
  #begun(given: Fault, now: number): Waiting<Fault> {
    const fault = checked(this.#rules.schema, given, "the fault");
    const endless = fault.probability !== undefined || fault.lasting !== undefined;
    const from = now + milliseconds(fault.after ?? {});
    const until = fault.lasting === undefined ? Number.POSITIVE_INFINITY : from + milliseconds(fault.lasting);
    if (!isPossibleTime(from) || (Number.isFinite(until) && !isPossibleTime(until)))
      throw new RangeError("after and lasting must end before the year 2200.");
    return {
      fault,
      left: fault.times ?? (endless ? Number.POSITIVE_INFINITY : 1),
      from,
      until,
      random: new Random(fault.seed ?? 1, "fault"),
    };
  }

  clear(): void {
    this.#waiting = [];
  }

  /** The fault that affects this request, if any; the call counts against its `times`. */
  take(method: string, path: string, now: number): Fault | undefined {
    this.#waiting = this.#waiting.filter(({ until }) => until > now);
    for (const waiting of this.#waiting) {
      const { fault, from, random } = waiting;
      if (from > now || !this.#affects(waiting, method, path)) continue;
      if (fault.probability !== undefined && random.fraction() >= fault.probability) continue;
      waiting.left -= 1;
      if (waiting.left <= 0) this.#waiting = this.#waiting.filter((one) => one !== waiting);
      return fault;
    }
    return undefined;
  }

  /** Whether a fault is for such requests. @throws ControlError if its pattern takes too long; the fault is removed */
  #affects(waiting: Waiting<Fault>, method: string, path: string): boolean {
    const { fault } = waiting;
    try {
      return this.#rules.fits(fault, method, path) && fits(fault, method, path);
    } catch (error) {
      this.#waiting = this.#waiting.filter((one) => one !== waiting);
      throw error;
    }
  }

  /** The faults that are not used up, as JSON. */
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

function fits({ method, path: wanted }: BaseFault, asked: string, path: string): boolean {
  if (method !== undefined && method.toUpperCase() !== asked) return false;
  if (wanted === undefined) return true;
  return typeof wanted === "string" ? wanted === path : matches(wanted, path);
}
