import { codeOf } from "../base/cleaned-cause.ts";
import type { HeaderFields } from "../base/header-fields.ts";
import type { BodyText } from "./body-text.ts";

/** One HTTP request, complete with its authentication. */
export interface TransportRequest {
  /** In capitals. */
  readonly method: string;
  /** What follows the base URL: a path, and a query if there is one. */
  readonly target: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  /** The longest body of a success, in bytes after decompression. */
  readonly maxResponseBytes: number;
}

/** A response, read to its end, or as far as its status and the limit need it. */
export interface TransportResponse extends BodyText {
  readonly status: number;
  readonly headers: HeaderFields;
}

/**
 * Sends one request and reads the response. Redirects are not followed.
 *
 * @throws the signal's reason once that aborts; the error of the time limit once that is over; a TransportError, or
 * whatever the HTTP library throws, if there is no response, or if the body of a success is not complete
 */
export type Transport = (
  request: TransportRequest,
  signal: AbortSignal,
  limit?: TimeLimit,
) => Promise<TransportResponse>;

/** How long a request may take, from its start to the end of its response. */
export interface TimeLimit {
  /** In milliseconds. */
  readonly timeout: number;
  /** @param headers of the response, if they had arrived */
  errorOf(headers: HeaderFields | undefined): Error;
}

/** What became of a request that has no response. */
export interface Loss {
  /** False if there was no connection to the service, so that nothing was sent. */
  readonly sent: boolean;
  /** Whether the server closed a connection that was idle just as it was used again. */
  readonly wasIdle: boolean;
  /** Whether there is a proxy, unless the service's host is exempt from it. */
  readonly isProxied: boolean;
  /** Of the response, if they had arrived. */
  readonly headers?: HeaderFields | undefined;
}

/** There is no response, or not all of it. */
export class TransportError extends Error {
  override name = "TransportError";
  /** The system's or the HTTP library's code; null if there is none. */
  readonly code: string | null;
  readonly loss: Loss;

  constructor(error: unknown, loss: Loss) {
    const code = codeOf(error);
    super(code ?? "no response", { cause: error });
    this.code = code;
    this.loss = loss;
  }
}
