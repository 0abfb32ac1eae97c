import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { onText } from "../support/text.ts";

/** What any program on the machine may send to a port: a description and the bytes. */
export const RAW_REQUESTS: readonly (readonly [string, string])[] = [
  ...[
    "//",
    "///",
    "/\\",
    "/\\\\",
    "//[",
    "//[::1",
    "http://[::1",
    "http://",
    "*",
    "/%",
    "/?%",
    "/%00",
    "?",
    "#",
  ].map((target) => [`GET ${target}`, `GET ${target} HTTP/1.1\r\nHost: x\r\n\r\n`] as const),
  ["OPTIONS *", "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n"],
  ["CONNECT", "CONNECT //[ HTTP/1.1\r\nHost: x\r\n\r\n"],
  ["absolute form", "GET http://127.0.0.1/return/x?ref=y HTTP/1.1\r\nHost: x\r\n\r\n"],
  ["an upgrade", "GET // HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"],
  ["HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
  ["an expectation", "POST / HTTP/1.1\r\nHost: x\r\nExpect: x\r\nContent-Length: 5\r\n\r\nhello"],
  ["no host", "GET / HTTP/1.1\r\n\r\n"],
  ["a half request", "GET /return/"],
  ["half a body", "POST // HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\nx"],
  ["a bad chunk", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"],
  ["bytes", "\u0016\u0003\u0001\0\u00a5\u00ff\0\r\n\r\n"],
  ["long headers", `GET / HTTP/1.1\r\nHost: x\r\nCookie: ${"x".repeat(65_536)}\r\n\r\n`],
  ["a long target", `GET /${"?ref=x&".repeat(2000)} HTTP/1.1\r\nHost: x\r\n\r\n`],
  ["many requests", "GET // HTTP/1.1\r\nHost: x\r\n\r\n".repeat(500)],
];

/** A connection to a port, whose errors are ignored. */
export async function connectionTo(port: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => {});
  await once(socket, "connect");
  return socket;
}

/** Sends bytes and ends. @returns what comes back */
export async function responseTo(port: number, bytes: string): Promise<string> {
  const socket = await connectionTo(port);
  let received = "";
  onText(socket, (text) => (received += text));
  socket.end(bytes, "latin1");
  // `once` would reject if the connection is reset.
  await new Promise((resolve) => socket.on("close", resolve));
  return received;
}
