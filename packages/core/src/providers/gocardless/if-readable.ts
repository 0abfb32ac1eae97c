import { BankDataError } from "../../base/errors.ts";

/** The result of a call; undefined if it rejects with a BankDataError. */
export async function ifReadable<T>(call: Promise<T>): Promise<T | undefined> {
  const result = await call.catch(errorOrThrow);
  return result instanceof BankDataError ? undefined : result;
}

/** An error that calls may reject with. @throws anything else, such as the reason of a signal */
export function errorOrThrow(error: unknown): BankDataError {
  if (error instanceof BankDataError) return error;
  throw error;
}
