/** A request that the sandbox received. */
export interface SandboxRequest {
  /** The HTTP method, in capitals. */
  method: string;
  /** The path below /api/v2, or the whole path if it is not below that. */
  path: string;
  /** The parameters by name, decoded; the last one of a name that occurs several times. */
  query: Record<string, string>;
  /** The status of the response; 0 if the connection was cut instead. */
  status: number;
  /** The time on the sandbox's clock, ISO 8601. */
  at: string;
}

/** The log keeps at most this many requests; older ones are dropped. */
const LONGEST_LOG = 10_000;

/** Adds a request to the log. */
export function logRequest(requests: SandboxRequest[], request: SandboxRequest): void {
  requests.push(request);
  if (requests.length > LONGEST_LOG) requests.shift();
}
