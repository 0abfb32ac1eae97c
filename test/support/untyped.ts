/** An argument as JavaScript without types passes it. */
export function untyped<T>(value: unknown): T {
  return value as T;
}
