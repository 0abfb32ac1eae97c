import type { HttpBindings } from "@hono/node-server";
import { type Context, Hono } from "hono";

/** A part of the sandbox's application, to be mounted under a path. */
export type SandboxApp = Hono<{ Bindings: HttpBindings }>;

/** The context of a request, with Node's own request and response for what hono cannot do. */
export type SandboxContext = Context<{ Bindings: HttpBindings }>;

/** An empty part. */
export function newApp(): SandboxApp {
  return new Hono<{ Bindings: HttpBindings }>();
}

/** The bytes of a request's body; undefined if there are more than `most`. */
export async function bytesOf(c: SandboxContext, most: number): Promise<Buffer<ArrayBuffer> | undefined> {
  if (Number(c.req.header("content-length") ?? 0) > most) return undefined;
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of c.req.raw.body ?? []) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > most) return undefined;
  }
  return Buffer.concat(chunks);
}

/** Reads the body before the request is handled, so that a slow client holds up nobody else. */
export async function readAhead(c: SandboxContext, most: number): Promise<void> {
  const { method, url, headers } = c.req.raw;
  if (method === "GET" || method === "HEAD") return;
  const bytes = await bytesOf(c, most);
  // Of a body that is too large, one byte too many stands for all.
  const body = bytes ?? Buffer.alloc(most + 1);
  if (body.length > 0) c.req.raw = new Request(url, { method, headers, body });
}
