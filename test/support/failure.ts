/** What any error of the library has. */
export type BankDataFailure = Error & { status?: number; sent?: boolean };

/** The error that a call ends in. */
export async function failureOf(call: Promise<unknown>): Promise<BankDataFailure> {
  try {
    await call;
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error("the call was expected to fail with an Error");
}
