import { connect } from "node:net";

/** A response as it arrived. */
export interface RawResponse {
  status: number;
  /** The lines of the headers, with their names as they were sent. */
  headers: string[];
  body: string;
  /** Whether the connection was reset: on some systems, the response would then be lost. */
  isReset: boolean;
}

/** Sends bytes on a connection of their own, and returns all that comes back until the other side closes it. */
async function exchange(baseUrl: string, bytes: string | Uint8Array) {
  const { port, hostname } = new URL(baseUrl);
  const socket = connect({ port: Number(port), host: hostname.replaceAll(/[[\]]/g, "") });
  const chunks: Buffer[] = [];
  socket.on("data", (chunk) => chunks.push(Buffer.from(chunk)));
  socket.on("error", () => {});
  socket.end(bytes);
  const isReset = await new Promise<boolean>((resolve) => socket.once("close", resolve));
  return { received: Buffer.concat(chunks), isReset };
}

/**
 * Sends the bytes of one request, and returns its response; undefined if the connection was closed without one. What
 * follows the response, such as that to bytes after the request, is ignored.
 */
export async function sendRaw(baseUrl: string, bytes: string | Uint8Array): Promise<RawResponse | undefined> {
  let { received, isReset } = await exchange(baseUrl, bytes);
  // An interim response announces the real one.
  while (/^HTTP\/1\.1 1\d\d /.test(received.toString("latin1", 0, 13)))
    received = received.subarray(received.indexOf("\r\n\r\n") + 4);
  const end = received.indexOf("\r\n\r\n");
  if (end === -1) return undefined;
  const [line = "", ...headers] = received.toString("utf8", 0, end).split("\r\n");
  const body = bodyOf(received.subarray(end + 4), headers);
  return { status: Number(line.split(" ")[1]), headers, body, isReset };
}

function bodyOf(sent: Buffer, headers: readonly string[]): string {
  const headerOf = (name: string) =>
    headers
      .find((header) => header.toLowerCase().startsWith(`${name}:`))
      ?.slice(name.length + 1)
      .trim();
  if (headerOf("transfer-encoding") === "chunked") return unchunked(sent);
  return sent.subarray(0, Number(headerOf("content-length") ?? sent.length)).toString();
}

function unchunked(chunks: Buffer): string {
  let rest = chunks;
  let body = "";
  for (;;) {
    const end = rest.indexOf("\r\n");
    const length = Number.parseInt(rest.toString("latin1", 0, end), 16);
    if (!(length > 0)) return body;
    body += rest.toString("utf8", end + 2, end + 2 + length);
    rest = rest.subarray(end + 4 + length);
  }
}
