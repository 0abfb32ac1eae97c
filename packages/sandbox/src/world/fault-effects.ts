import type { BaseFault } from "./faults.ts";
import type { SandboxContext } from "./http.ts";

/** Applies to a response what a fault changes about it: headers, content type, speed. */
export function withEffects(response: Response, fault: BaseFault): Response {
  const { headers: added, contentType, bytesPerSecond } = fault;
  if (added === undefined && contentType === undefined && bytesPerSecond === undefined) return response;
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(added ?? {})) headers.set(name, value);
  if (contentType !== undefined) headers.set("content-type", contentType);
  const slow = response.body !== null && bytesPerSecond !== undefined;
  const body = slow ? slowly(response.body, bytesPerSecond) : response.body;
  return new Response(body, { status: response.status, headers });
}

/** Waits in real time, but does not keep a process that is otherwise done. */
export async function delay(milliseconds: number): Promise<void> {
  await new Promise<void>((resolve) => {
    setTimeout(resolve, milliseconds).unref();
  });
}

/** Milliseconds between two pieces of a slow body. */
const PIECE_EVERY = 100;

/** Sends a body piece by piece, at most at this speed. */
function slowly(body: ReadableStream<Uint8Array>, bytesPerSecond: number): ReadableStream<Uint8Array> {
  const piece = Math.max(1, Math.floor((bytesPerSecond * PIECE_EVERY) / 1000));
  const every = (piece / bytesPerSecond) * 1000;
  const cut = new TransformStream<Uint8Array, Uint8Array>({
    async transform(chunk, controller) {
      for (let at = 0; at < chunk.length; at += piece) {
        await delay(every);
        controller.enqueue(chunk.subarray(at, at + piece));
      }
    },
  });
  return body.pipeThrough(cut);
}

/** Cuts the connection before the response or in the middle of its body, if the fault says so. */
export async function cutConnection(c: SandboxContext, { drop }: BaseFault): Promise<void> {
  if (drop === "connection") c.env.incoming.socket.destroy();
  if (drop === "body") await dropBody(c);
}

/** Announces the length of the whole body, sends half of it, and cuts the connection. */
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
