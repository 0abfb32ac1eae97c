/** Whether a value is an Error, also one of another realm, such as that of a test runner, whose class is another one. */
export function isError(value: unknown): value is Error {
  return value instanceof Error || Object.prototype.toString.call(value) === "[object Error]";
}
