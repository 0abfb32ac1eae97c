import type { z } from "zod";
import type { CallOptions } from "../../pipeline/index.ts";

/** Fields of a query or a body, in the service's spelling. */
export type Fields = Readonly<Record<string, unknown>>;

/** Options of a call to any path, with what its answer is checked against and typed by. */
export interface TypedCallOptions<S extends z.ZodType> extends CallOptions {
  schema: S;
}

/** Fields of the service beside the options of a call, as methods with one object take them. */
export type WithCall<T> = T & CallOptions;

/** Parts the options of a call from the members that go to the service; either may stand in either object. */
export function splitCall<T extends object>(
  given: WithCall<T>,
  call: CallOptions = {},
): { members: Omit<WithCall<T>, keyof CallOptions>; call: CallOptions } {
  const {
    signal = call.signal,
    timeout = call.timeout,
    onResponse = call.onResponse,
    force = call.force,
    refresh = call.refresh,
    forceRefresh = call.forceRefresh,
    onlyIfCached = call.onlyIfCached,
    expireAfter = call.expireAfter,
    ...members
  } = given;
  const options = { signal, timeout, onResponse, force, refresh, forceRefresh, onlyIfCached, expireAfter };
  return { members, call: options };
}

/** Query parameters from an object: absent ones are left out, everything else becomes text. */
export function queryFrom(params: Readonly<Record<string, unknown>>): [string, string][] {
  return Object.entries(params)
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([name, value]) => [name, String(value)]);
}
