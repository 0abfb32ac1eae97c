import type { z } from "zod";
import type { CallOptions } from "../../pipeline/index.ts";

/** Fields of a query or a body, in the service's spelling. */
export type Fields = Readonly<Record<string, unknown>>;

/** Options of a call to any path, with the schema that checks and types its response. */
export interface TypedCallOptions<S extends z.ZodType> extends CallOptions {
  schema: S;
}

/** Fields of a request and options of the call in one object. */
export type WithCall<T> = T & CallOptions;

/** Separates the options of a call from the fields that are sent; options in `given` take precedence over `call`. */
export function splitCall<T extends object>(
  given: WithCall<T>,
  call: CallOptions = {},
): { fields: Omit<WithCall<T>, keyof CallOptions>; call: CallOptions } {
  const {
    signal = call.signal,
    timeout = call.timeout,
    onResponse = call.onResponse,
    force = call.force,
    refresh = call.refresh,
    forceRefresh = call.forceRefresh,
    onlyIfCached = call.onlyIfCached,
    expireAfter = call.expireAfter,
    ...fields
  } = given;
  const options = { signal, timeout, onResponse, force, refresh, forceRefresh, onlyIfCached, expireAfter };
  return { fields, call: options };
}

/** Query parameters from an object: undefined and null are left out, everything else becomes a string. */
export function queryFrom(params: Readonly<Record<string, unknown>>): [string, string][] {
  return Object.entries(params)
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([name, value]) => [name, String(value)]);
}
