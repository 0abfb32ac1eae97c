/**
 * Where a request comes from, and which host it asks for. A web page in a browser can reach the loopback interface, and a
 * name that its author controls can resolve to it, so only known hosts are served.
 */
import { isIPv4 } from "node:net";
import type { SandboxContext } from "./http.ts";
import { hostInUrl, originOf } from "./origin.ts";

/** The origin at which a browser finds the pages of the sandbox, by a request. */
export type OriginOfPages = (c: SandboxContext) => string;

/** Whether a request names only hosts that are known. An address is known if the request came to it. */
export function isForKnownHost(c: SandboxContext, known: readonly string[]): boolean {
  const own = hostInUrl(withoutMapping(c.env.incoming.socket.localAddress ?? ""));
  return hostsOf(c).every((host) => host === own || isLoopbackHost(host) || known.includes(host));
}

/** Whether a web page of another host has sent a request. */
export function isFromForeignPage(c: SandboxContext): boolean {
  const origin = c.req.header("origin");
  const host = c.req.header("host") ?? "";
  // Behind a proxy that ends HTTPS, the sandbox does not see the scheme of the page.
  return origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`;
}

/** Headers by which a proxy says that it passes a request on. Many proxies put their own target into `Host`. */
const PASSED_ON = [
  "forwarded",
  "via",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-proto",
  "x-real-ip",
];

/**
 * Whether a request comes from this machine and asks for it by a name of the loopback interface. What a proxy on this
 * machine passes on is not local unless it hides both that it does and whom it was asked for.
 */
export function isLocal(c: SandboxContext): boolean {
  const { remoteAddress = "" } = c.env.incoming.socket;
  const isFromHere = isLoopbackHost(hostInUrl(withoutMapping(remoteAddress)));
  const isPassedOn = PASSED_ON.some((name) => c.req.header(name) !== undefined);
  return isFromHere && !isPassedOn && hostsOf(c).every(isLoopbackHost);
}

/**
 * The origin at which a browser finds the pages of the sandbox: where the request came in, but never over HTTPS, because
 * browsers do not know the authority of the certificate.
 *
 * @param port for HTTP
 */
export function originOfPages(c: SandboxContext, port: number): string {
  const { protocol, origin } = new URL(c.req.url);
  if (protocol !== "https:") return origin;
  return originOf(withoutMapping(c.env.incoming.socket.localAddress ?? "127.0.0.1"), port);
}

/** The host of the header and, if the address of a request is a whole URL, the host of that, which the links in a response repeat. */
function hostsOf(c: SandboxContext): string[] {
  const host = (c.req.header("host") ?? "").replace(/:\d+$/, "");
  const isWholeUrl = c.env.incoming.url?.startsWith("/") !== true;
  const hosts = isWholeUrl ? [host, new URL(c.req.url).hostname] : [host];
  return hosts.map((one) => one.toLowerCase());
}

function isLoopbackHost(host: string): boolean {
  return host === "localhost" || host === "[::1]" || (isIPv4(host) && host.startsWith("127."));
}

/** A socket for both versions of IP has addresses of version 4 in the form `::ffff:127.0.0.1`. */
function withoutMapping(address: string): string {
  return address.replace(/^::ffff:(?=[\d.]+$)/i, "");
}
