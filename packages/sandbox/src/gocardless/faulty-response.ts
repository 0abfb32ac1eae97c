import type { Fault } from "../world/faults.ts";
import { namedError } from "../world/named-errors.ts";
import type { SandboxContext } from "./request.ts";

/** The answer that a fault puts in the place of the usual one, with its body; undefined where the usual one is let through. */
export function faultyResponse(
  fault: Fault,
  path: string,
): { response: Response; body: unknown } | undefined {
  if (fault.redirect !== undefined) {
    const headers = { location: fault.redirect };
    return { response: new Response(null, { status: fault.status ?? 302, headers }), body: undefined };
  }
  const named = fault.error === undefined ? undefined : namedError(fault.error, path);
  const body = fault.body ?? named?.body;
  const status = fault.status ?? named?.status ?? (body === undefined ? undefined : 200);
  if (status === undefined) return undefined;
  const empty = body === undefined || status === 204 || status === 304;
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const headers = { "content-type": named?.contentType ?? "application/json" };
  return { response: new Response(empty ? null : text, { status, headers }), body };
}

/** The answer with what a fault adds to it: headers, another name for its content, slowness. */
export function touchedUp(answer: Response, fault: Fault): Response {
  const { headers: added, contentType, bytesPerSecond } = fault;
  if (added === undefined && contentType === undefined && bytesPerSecond === undefined) return answer;
  const headers = new Headers(answer.headers);
  for (const [name, value] of Object.entries(added ?? {})) headers.set(name, value);
  if (contentType !== undefined) headers.set("content-type", contentType);
  const slow = answer.body !== null && bytesPerSecond !== undefined;
  const body = slow ? slowly(answer.body, bytesPerSecond) : answer.body;
  return new Response(body, { status: answer.status, headers });
}

/** So often a slow body sends a piece, in milliseconds. */
const PIECE_EVERY = 100;

/** A body that comes no faster than so many bytes a second, piece by piece. */
function slowly(body: ReadableStream<Uint8Array>, bytesPerSecond: number): ReadableStream<Uint8Array> {
  const piece = Math.max(1, Math.floor((bytesPerSecond * PIECE_EVERY) / 1000));
  const every = (piece / bytesPerSecond) * 1000;
  const cut = new TransformStream<Uint8Array, Uint8Array>({
    async transform(chunk, controller) {
      for (let at = 0; at < chunk.length; at += piece) {
        await new Promise((resolve) => setTimeout(resolve, every));
        controller.enqueue(chunk.subarray(at, at + piece));
      }
    },
  });
  return body.pipeThrough(cut);
}

/** Hangs up, before the answer or in the middle of its body. */
export async function cutConnection(c: SandboxContext, { drop }: Fault): Promise<void> {
  if (drop === "connection") c.env.incoming.socket.destroy();
  if (drop === "body") await dropBody(c);
}

/** Promises the whole body, sends half of it, and hangs up. */
async function dropBody(c: SandboxContext): Promise<void> {
  const body = Buffer.from(await c.res.arrayBuffer());
  const { outgoing } = c.env;
  outgoing.writeHead(c.res.status, {
    "content-type": "application/json",
    "content-length": String(body.length + 1),
  });
  outgoing.write(body.subarray(0, Math.ceil(body.length / 2)), () => outgoing.destroy());
  c.res = new Response(null, { headers: { "x-hono-already-sent": "true" } });
}
