import { isIPv6 } from "node:net";

/** The origin of a server without HTTPS: `http://127.0.0.1:4010`, and `http://[::1]:4010` for an address of IPv6. */
export function originOf(host: string, port: number): string {
  return `http://${hostInUrl(host)}:${port}`;
}

/** A host as it stands in a URL and in the header `Host`: an address of IPv6 is in brackets. */
export function hostInUrl(host: string): string {
  return isIPv6(host) ? `[${host}]` : host;
}

/** Whether an address to listen on stands for all addresses of this machine. */
export function isEveryAddress(host: string): boolean {
  return host === "0.0.0.0" || host === "::";
}
