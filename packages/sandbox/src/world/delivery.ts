import type { SandboxContext } from "./http.ts";

/** Headers that decide how much of a body a client reads, and how. The sandbox sets none of them on a streamed response. */
const FRAMING = ["content-length", "transfer-encoding", "content-encoding"];

/**
 * Calls `then` once the whole response has been handed to the operating system. It never does if the connection ends
 * before, the request is a HEAD, or a fault has set a header by which the body cannot be read as it is.
 *
 * That is all that a server can know: a client that dies afterwards may still miss what the buffers of its connection
 * hold, on the loopback interface up to some megabytes. A client that has read the whole response has done so after
 * this call, because Node emits "finish" in the same turn in which the operating system takes the last bytes.
 */
export function whenSentWhole(c: SandboxContext, then: () => void): void {
  if (c.req.method === "HEAD") return;
  // Unlike "close", "finish" is not emitted if the connection is closed, by either side, before all is written.
  c.env.outgoing.once("finish", () => {
    if (!FRAMING.some((name) => c.res.headers.has(name))) then();
  });
}
