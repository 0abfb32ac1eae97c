import { bytesOf, type SandboxContext } from "../world/http.ts";
import { boundedJson } from "./bounded-json.ts";
import { flatError, invalidUuid, unknownFields } from "./errors/error-response.ts";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export function isUuid(text: string): boolean {
  return UUID.test(text);
}

/** The id in the path, in lower case. @throws ErrorResponse if it is not a UUID */
export function uuidParam(c: SandboxContext): string {
  const id = c.req.param("id") ?? "";
  if (!isUuid(id)) throw invalidUuid(id);
  return id.toLowerCase();
}

/** Larger bodies are rejected. In bytes; bodies that the service expects are below one kilobyte. */
const LARGEST_BODY = 1_000_000;

/** The fields of a body, before they are checked. */
export type Fields = Readonly<Record<string, unknown>>;

/**
 * The fields of a body: JSON, or a form in either encoding. In a form, every value is a string. Of a name that occurs
 * several times the last value counts, but all of them if the field is a list.
 *
 * @throws ErrorResponse if the body is malformed, of another type, or too large
 */
export async function fieldsOf(c: SandboxContext): Promise<Fields> {
  const type = (c.req.header("content-type") ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
  const bytes = await readBytes(c);
  if (bytes.length === 0) return {};
  if (type === "application/json") return jsonFields(bytes);
  if (type === "application/x-www-form-urlencoded")
    return formFields(new URLSearchParams(bytes.toString("utf8")));
  if (type === "multipart/form-data") return await multipartFields(c, bytes);
  throw flatError(415, "Unsupported media type", `Unsupported media type "${type}" in request.`);
}

async function readBytes(c: SandboxContext): Promise<Buffer<ArrayBuffer>> {
  const bytes = await bytesOf(c, LARGEST_BODY);
  if (bytes !== undefined) return bytes;
  throw flatError(413, "Payload too large", `A body may hold at most ${LARGEST_BODY} bytes.`);
}

function jsonFields(bytes: Uint8Array): Fields {
  let value: unknown;
  try {
    // As the service does, this rejects invalid UTF-8 and a byte order mark.
    value = boundedJson(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    throw flatError(400, "JSON parse error", "JSON parse error: the body is not valid JSON.");
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  throw flatError(400, "Invalid data", "Invalid data. Expected a dictionary.");
}

/** The fields of the service that are lists. */
const LISTS: readonly string[] = ["access_scope"];

function formFields(form: Iterable<[string, unknown]>): Fields {
  const fields = new Map<string, unknown>();
  for (const [name, value] of form) {
    const known = LISTS.includes(name) ? fields.get(name) : undefined;
    fields.set(name, known === undefined ? value : [...(Array.isArray(known) ? known : [known]), value]);
  }
  return Object.fromEntries(fields);
}

async function multipartFields(c: SandboxContext, bytes: Buffer<ArrayBuffer>): Promise<Fields> {
  try {
    const headers = { "content-type": c.req.header("content-type") ?? "" };
    return formFields(await new Response(bytes, { headers }).formData());
  } catch {
    throw flatError(400, "Multipart form parse error", "Multipart form parse error: the body is malformed.");
  }
}

/** The parameters of the query by name, decoded; the last one of a name that occurs several times, as at the service. */
export function queryOf(c: SandboxContext): ReadonlyMap<string, string> {
  const query = new Map<string, string>();
  if (!c.req.url.includes("?")) return query;
  for (const [name, value] of new URL(c.req.url).searchParams) {
    query.set(name, value);
  }
  return query;
}

/** @throws ErrorResponse that names the fields that the operation does not know */
export function rejectUnknown(
  names: Iterable<string>,
  known: readonly string[],
  where: "query" | "payload",
): void {
  const unknown = [...names].filter((name) => !known.includes(name));
  if (unknown.length > 0) throw unknownFields(unknown, where);
}
