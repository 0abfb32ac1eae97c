import type { HttpBindings } from "@hono/node-server";
import type { Context } from "hono";
import { flat, invalidUuid, unknownFields } from "../world/refusal.ts";

/** The context of a request: Node's own request and response are at hand for what hono cannot do. */
export type SandboxContext = Context<{ Bindings: HttpBindings }>;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export function isUuid(text: string): boolean {
  return UUID.test(text);
}

/** The id in the path, in small letters. @throws Refusal where it is no UUID */
export function uuidParam(c: SandboxContext): string {
  const id = c.req.param("id") ?? "";
  if (!isUuid(id)) throw invalidUuid(id);
  return id.toLowerCase();
}

/** Larger bodies are refused; the service's own are below one kilobyte. */
const LARGEST_BODY = 1_000_000;

/** Members that only text forms carry as words. */
type Members = Record<string, unknown>;

/**
 * The members of a body: JSON, a form, or a form in parts. In a form every value is a text, and a repeated name a list.
 *
 * @throws Refusal where it is malformed, of another kind, or too large
 */
export async function membersOf(c: SandboxContext): Promise<Members> {
  const type = (c.req.header("content-type") ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
  const text = await readText(c);
  if (text === "") return {};
  if (type === "application/json") return jsonMembers(text);
  if (type === "application/x-www-form-urlencoded") return formMembers(new URLSearchParams(text));
  if (type === "multipart/form-data") return await multipartMembers(c, text);
  throw flat(415, "Unsupported media type", `Unsupported media type "${type}" in request.`);
}

async function readText(c: SandboxContext): Promise<string> {
  const declared = Number(c.req.header("content-length") ?? 0);
  if (declared > LARGEST_BODY) throw tooLarge();
  let text = "";
  const decoder = new TextDecoder();
  for await (const chunk of c.req.raw.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > LARGEST_BODY) throw tooLarge();
  }
  return text + decoder.decode();
}

const tooLarge = () => flat(413, "Payload too large", `A body may hold at most ${LARGEST_BODY} bytes.`);

function jsonMembers(text: string): Members {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw flat(400, "JSON parse error", "JSON parse error: the body is not valid JSON.");
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  throw flat(400, "Invalid data", "Invalid data. Expected a dictionary.");
}

function formMembers(form: Iterable<[string, unknown]>): Members {
  const members: Members = {};
  for (const [name, value] of form) {
    const known = members[name];
    members[name] = known === undefined ? value : [...(Array.isArray(known) ? known : [known]), value];
  }
  return members;
}

async function multipartMembers(c: SandboxContext, text: string): Promise<Members> {
  try {
    const headers = { "content-type": c.req.header("content-type") ?? "" };
    return formMembers(await new Response(text, { headers }).formData());
  } catch {
    throw flat(400, "Multipart form parse error", "Multipart form parse error: the body is malformed.");
  }
}

/** @throws Refusal naming the members that the operation does not know */
export function refuseUnknown(
  names: Iterable<string>,
  known: readonly string[],
  where: "query" | "payload",
): void {
  const unknown = [...names].filter((name) => !known.includes(name));
  if (unknown.length > 0) throw unknownFields(unknown, where);
}
