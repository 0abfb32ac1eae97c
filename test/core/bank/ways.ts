import type { BegunConnection } from "../../../packages/core/src/bank/index.ts";
import type { ConsentWay } from "../../../packages/core/src/connect/index.ts";

export const WISH = { returnTo: "http://localhost:8000/" };
export const EUR = { hash: "W10=.eur", iban: "FI2112345600000785", currency: "EUR" };
export const USD = { hash: "W10=.usd", iban: "FI2112345600000785", currency: "USD" };
export const BLOCKED = { hash: "W10=.old", iban: "FI5542345670000081", currency: "EUR", isBlocked: true };

/** A way on which sleeping takes no time, but lets other work go on. */
export function wayOf(given: Partial<ConsentWay> = {}) {
  let time = 0;
  const slept: number[] = [];
  let link: BegunConnection | undefined;
  const removed: number[] = [];
  const way: ConsentWay = {
    show: (begun) => {
      link = begun;
    },
    now: () => time,
    sleep: async (milliseconds) => {
      slept.push(milliseconds);
      time += milliseconds;
      await new Promise((resolve) => setImmediate(resolve));
    },
    removed: () => removed.push(time),
    ...given,
  };
  const begun = () => {
    if (link === undefined) throw new Error("no link was shown");
    return link;
  };
  return { way, slept, removed, begun, time: () => time };
}

/** A promise that never resolves, and rejects when the signal aborts. */
export function never(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
}

/** The error with which a promise rejects. */
export async function errorFrom(promise: Promise<unknown>): Promise<unknown> {
  return await promise.then(
    () => {
      throw new Error("it did not reject");
    },
    (error: unknown) => error,
  );
}
