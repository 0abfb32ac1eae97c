import { fetchTransport } from "../../packages/core/src/pipeline/fetch-transport.ts";
import { nodeTransport } from "../../packages/core/src/pipeline/node-transport.ts";
import {
  type Transport,
  TransportError,
  type TransportRequest,
  type TransportResponse,
} from "../../packages/core/src/pipeline/transport.ts";

/** The transports, which must behave the same; `it.each(transports)` names the test after each. */
export const transports: readonly (readonly [name: "node" | "fetch", (baseUrl: string) => Transport])[] = [
  ["node", (baseUrl) => nodeTransport(baseUrl, { env: {} })],
  ["fetch", (baseUrl) => fetchTransport((url, init) => fetch(url, init), baseUrl)],
];

/** A GET, unless told otherwise. */
export function requestOf(changes: Partial<TransportRequest> = {}): TransportRequest {
  return {
    method: "GET",
    target: "/items/?a=1",
    headers: { accept: "application/json" },
    body: undefined,
    maxResponseBytes: 1024 * 1024,
    ...changes,
  };
}

/** A signal that nothing aborts. */
export const never = (): AbortSignal => new AbortController().signal;

/** A response without its headers, or the loss. */
export type Outcome = Omit<TransportResponse, "headers"> | { lost: string | null; sent: boolean };

/** What becomes of a request. */
export async function outcomeOf(sent: Promise<TransportResponse>): Promise<Outcome> {
  try {
    const { status, text, truncated } = await sent;
    return { status, text, truncated };
  } catch (error) {
    if (error instanceof TransportError) return { lost: error.code, sent: error.loss.sent };
    throw error;
  }
}
