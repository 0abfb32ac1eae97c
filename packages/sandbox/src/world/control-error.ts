/** A control was called with invalid arguments; the message says which. */
export class ControlError extends Error {}

/** Runs a control for a request, and reports an error that it throws as a mistake of the caller, not of the sandbox. */
export function attempt<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw asControlError(error);
  }
}

export function asControlError(error: unknown): ControlError {
  return new ControlError(error instanceof Error ? error.message : String(error));
}
