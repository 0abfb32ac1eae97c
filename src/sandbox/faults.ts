/** A fault to inject: which requests it meets, and what happens to them. */
export interface Fault {
  /** @default any method */
  method?: string | undefined;
  /** The whole path below /api/v2, without the query; a RegExp is searched in it. @default any path */
  path?: string | RegExp | undefined;
  /** How many requests it meets before it is used up. @default 1 */
  times?: number | undefined;
  /** The status of the answer. @default 200 where a body is given, else the usual answer is let through */
  status?: number | undefined;
  /** The body of the answer: JSON, or a string as it is. */
  body?: unknown;
  headers?: Readonly<Record<string, string>> | undefined;
  /** How long the answer is held back, in milliseconds of real time. */
  delayMs?: number | undefined;
  /** Cuts the connection before the answer, or in the middle of its body. */
  drop?: "connection" | "body" | undefined;
}

/** Faults in the order in which they were injected; the first that fits a request meets it. */
export class Faults {
  #waiting: { fault: Fault; left: number }[] = [];

  /** @throws TypeError where it could never meet a request, or do anything */
  add(fault: Fault): void {
    const left = fault.times ?? 1;
    if (!(left >= 1)) throw new TypeError("times must be at least 1.");
    if (fault.delayMs !== undefined && !(fault.delayMs >= 0))
      throw new TypeError("delayMs must not be negative.");
    if (fault.status !== undefined && !(fault.status >= 200 && fault.status <= 599)) {
      throw new TypeError("status must be from 200 to 599.");
    }
    this.#waiting.push({ fault, left });
  }

  clear(): void {
    this.#waiting = [];
  }

  /** The fault that meets this request, if any; it is used up by one. */
  take(method: string, path: string): Fault | undefined {
    const met = this.#waiting.find(({ fault }) => meets(fault, method, path));
    if (met === undefined) return undefined;
    met.left -= 1;
    if (met.left <= 0) this.#waiting = this.#waiting.filter((one) => one !== met);
    return met.fault;
  }

  /** What still waits, as JSON. */
  list(): unknown[] {
    return this.#waiting.map(({ fault, left }) => ({
      ...fault,
      path: fault.path instanceof RegExp ? String(fault.path) : fault.path,
      times: left,
    }));
  }
}

function meets(fault: Fault, method: string, path: string): boolean {
  if (fault.method !== undefined && fault.method.toUpperCase() !== method) return false;
  if (fault.path === undefined) return true;
  return typeof fault.path === "string" ? fault.path === path : path.search(fault.path) !== -1;
}
