/** The fields that errors of the library may have. */
export type BankDataFailure = Error & { status?: number; sent?: boolean };

/** The error that a call rejects with. */
export async function failureOf(call: Promise<unknown>): Promise<BankDataFailure> {
  try {
    await call;
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error("the call was expected to fail with an Error");
}
