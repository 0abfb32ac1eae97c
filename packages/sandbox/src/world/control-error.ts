/** A control was called with invalid arguments; the message says which. */
export class ControlError extends Error {}
