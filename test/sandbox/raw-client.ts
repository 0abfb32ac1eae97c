import { once } from "node:events";
import { connect } from "node:net";

/** A response as it arrived. */
export interface RawResponse {
  status: number;
  /** The lines of the headers, with their names as they were sent. */
  headers: string[];
  body: string;
}

/** Sends bytes on a connection of their own, and returns all that comes back until the other side closes it. */
async function exchange(baseUrl: string, bytes: string | Uint8Array): Promise<string> {
  const { port, hostname } = new URL(baseUrl);
  const socket = connect({ port: Number(port), host: hostname.replaceAll(/[[\]]/g, "") });
  const chunks: Buffer[] = [];
  socket.on("data", (chunk) => chunks.push(Buffer.from(chunk)));
  // A server that refuses the rest of a request may reset the connection.
  socket.on("error", () => {});
  socket.end(bytes);
  await once(socket, "close");
  return Buffer.concat(chunks).toString("utf8");
}

/** Sends the bytes of one request, and returns its response; undefined if the connection was closed without one. */
export async function sendRaw(baseUrl: string, bytes: string | Uint8Array): Promise<RawResponse | undefined> {
  const text = await exchange(baseUrl, bytes);
  const end = text.indexOf("\r\n\r\n");
  if (end === -1) return undefined;
  const [line = "", ...headers] = text.slice(0, end).split("\r\n");
  const sent = text.slice(end + 4);
  const isChunked = headers.some((header) => /^transfer-encoding: *chunked$/i.test(header));
  return { status: Number(line.split(" ")[1]), headers, body: isChunked ? unchunked(sent) : sent };
}

function unchunked(text: string): string {
  let rest = Buffer.from(text);
  let body = "";
  for (;;) {
    const end = rest.indexOf("\r\n");
    const length = Number.parseInt(rest.subarray(0, end).toString(), 16);
    if (!(length > 0)) return body;
    body += rest.subarray(end + 2, end + 2 + length).toString();
    rest = rest.subarray(end + 4 + length);
  }
}
