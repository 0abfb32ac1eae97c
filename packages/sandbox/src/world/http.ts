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

/**
 * Reads the body before the request is handled, so that a slow client holds up nobody else. Of a body that is larger than
 * `most` bytes, only so much is read that it is still too large.
 */
export async function readAhead(c: SandboxContext, most: number): Promise<void> {
  const { method, url, headers, body } = c.req.raw;
  if (method === "GET" || method === "HEAD" || body === null) return;
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > most) break;
  }
  c.req.raw = new Request(url, { method, headers, body: Buffer.concat(chunks) });
}
