import type { SandboxContext } from "../world/http.ts";

/** A JSON response whose pieces are generated only as fast as the client reads them. */
export function streamed(c: SandboxContext, pieces: Iterator<string>): Response {
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const next = pieces.next();
      if (next.done) controller.close();
      else controller.enqueue(encoder.encode(next.value));
    },
  });
  return c.body(body, 200, { "content-type": "application/json" });
}
