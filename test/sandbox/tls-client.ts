import { readFileSync } from "node:fs";
import {
  type ClientRequest,
  request as httpRequest,
  type IncomingMessage,
  type OutgoingHttpHeaders,
} from "node:http";
import { Agent, request as httpsRequest } from "node:https";
import type { Socket } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { type SandboxOptions, startSandbox } from "../../packages/sandbox/src/index.ts";
import { temporaryFolder } from "../support/folder.ts";

/** What programs call whose base URL cannot be set. */
export const SERVICE = "https://bankaccountdata.gocardless.com";
const NOW = "2026-11-23T09:00:00Z";

/** A response as a program reads it. */
export interface ReadResponse {
  status: number;
  headers: IncomingMessage["headers"];
  text: string;
}

/** What a request is sent with. */
interface Sending {
  method?: string;
  headers?: OutgoingHttpHeaders;
  body?: string;
  /** The certificate to trust, in PEM. */
  ca?: string;
  /** The URL of a proxy. */
  proxy?: string;
  /** The address to connect to in place of that of the URL. */
  connectTo?: string;
}

/** Sends a request over HTTP or HTTPS, with any `Host`, and reads its response. */
export async function ask(url: string, sending: Sending = {}): Promise<ReadResponse> {
  const { method = "GET", headers = {}, body, ca, proxy, connectTo } = sending;
  const options = {
    method,
    headers,
    ...(connectTo === undefined
      ? {}
      : {
          lookup: (_host: string, _options: object, done: Found) =>
            done(null, [{ address: connectTo, family: 4 }]),
        }),
  };
  const agent = new Agent({ ca, ...(proxy === undefined ? {} : { proxyEnv: { HTTPS_PROXY: proxy } }) });
  try {
    const response = await responseTo(
      url.startsWith("https:") ? httpsRequest(url, { ...options, agent }) : httpRequest(url, options),
      body,
    );
    return { status: response.statusCode ?? 0, headers: response.headers, text: await text(response) };
  } finally {
    agent.destroy();
  }
}

type Found = (error: null, addresses: { address: string; family: number }[]) => void;

function responseTo(sent: ClientRequest, body: string | undefined): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    sent.once("response", resolve).once("error", reject).end(body);
  });
}

/** Asks a proxy for a tunnel. Returns its response, and the connection. */
export function askForTunnel(
  proxy: string,
  target: string,
): Promise<{ response: IncomingMessage; socket: Socket; head: Buffer }> {
  return new Promise((resolve, reject) => {
    httpRequest(proxy, { method: "CONNECT", path: target })
      .once("connect", (response, socket, head) => resolve({ response, socket, head }))
      .once("error", reject)
      .end();
  });
}

/** A sandbox that serves the service's own name, with an authority of its own until the test ends. */
export async function withTls(options: SandboxOptions = {}, port?: number) {
  const folder = join(temporaryFolder(), "authority");
  const sandbox = await startSandbox({ seed: 1, now: NOW, tls: { folder, port }, ...options });
  const { tls } = sandbox;
  if (tls === undefined) throw new Error("There is no HTTPS.");
  const ca = readFileSync(tls.ca, "utf8");
  return {
    sandbox,
    tls,
    ca,
    folder,
    through: { ca, proxy: tls.proxy },
    [Symbol.asyncDispose]: () => sandbox.close(),
  };
}
