import type { SandboxContext } from "./http.ts";

/** Headers that decide how much of a body a client reads, and how. The sandbox sets none of them itself. */
const FRAMING = ["content-length", "transfer-encoding", "content-encoding"];

/**
 * Calls `then` once the whole response has been handed to the operating system. It never does if the connection is cut
 * before, the request is a HEAD, or a fault has added headers by which the body cannot be read as it is.
 *
 * That is all that a server can know: of a response so handed over, a client that dies may still miss the end, up to what
 * the buffers of its connection hold. A client that has read the whole response always comes after this call.
 */
export function whenSentWhole(c: SandboxContext, then: () => void): void {
  if (c.req.method === "HEAD") return;
  const { incoming, outgoing } = c.env;
  // Before Node's own listener, which may close the connection. Node also emits "finish" if it was destroyed meanwhile.
  outgoing.prependOnceListener("finish", () => {
    const readable = !FRAMING.some((name) => c.res.headers.has(name));
    if (readable && !outgoing.destroyed && !incoming.socket.destroyed) then();
  });
}
