import { z } from "zod";
import {
  checkedRequest,
  isJson,
  localError,
  type Method,
  type Operation,
  type PathParameters,
  pathFromOutside,
  pathOf,
  type Query,
  type RequestTarget,
  type ServiceRequest,
} from "../../pipeline/index.ts";
import { type Fields, queryFrom } from "./call-options.ts";
import { operationAt } from "./operations.ts";

/** The parameters of an operation's path, by name. */
export type OperationParameters<Path extends string> = PathParameters<Path> &
  Readonly<Record<string, string>>;

/**
 * The request for an operation.
 *
 * @param fields of the query or the body
 * @throws InvalidRequestError if a parameter of the path, or a field, is not valid
 */
export function requestFor<Path extends string, Value>(
  operation: Operation<Path, Value>,
  parameters: OperationParameters<Path>,
  fields: object = {},
): ServiceRequest<Value> & { body?: Fields } {
  const { method, request: schema, response } = operation;
  const path = pathOf(operation, parameters);
  const base = { operation, parameters, path, schema: response };
  if (schema === undefined) return { ...base, query: [] };
  const checked = checkedRequest(schema, fields, method, path);
  return method === "GET" ? { ...base, query: queryFrom(checked) } : { ...base, query: [], body: checked };
}

const ANY_JSON = z.unknown();

/** What a caller gives for a request to any path. */
export interface AnyRequest {
  method: Method;
  /** Below the base URL, or the whole URL; may have a query. */
  endpoint: string;
  /** Further parameters of the query. */
  query?: Query;
  body?: Fields;
}

/**
 * The request to any path, which accepts any JSON. Its operation is the one of that path, if there is one.
 *
 * @throws InvalidRequestError if the path is not below the base URL, or not valid, or if the body is no JSON
 */
export function requestToPath(
  { method, endpoint, query = [], body }: AnyRequest,
  baseUrl: string,
): ServiceRequest {
  const address = pathFromOutside(method, endpoint, baseUrl);
  if (!isJson(body)) throw localError(method, address.path, { body: ["cannot be written as JSON"] });
  return {
    ...operationAt(method, address.path),
    path: address.path,
    query: [...address.query, ...query],
    body,
    schema: ANY_JSON,
  };
}

/** What the cache needs to know of a request to a path. */
export function requestAt(
  method: Method,
  path: string,
  query: Query,
): RequestTarget & { path: string; query: Query } {
  return { ...operationAt(method, path), path, query };
}
