/** A control was used in a way that makes no sense; the message says what is wrong with it. */
export class ControlError extends Error {}
