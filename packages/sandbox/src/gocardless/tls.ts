import { SERVICE_HOST } from "./service-address.ts";

/** Where the consent pages and the controls are, besides the address to listen on. */
const LOOPBACK = ["127.0.0.1", "localhost"];

/** How a program reaches the sandbox under the name of the service. */
export interface SandboxTls {
  /** The host name of the service. */
  readonly name: string;
  /** The absolute path of the certificate that a program has to trust, in PEM. */
  readonly ca: string;
  /** The URL of the sandbox as a proxy: `http://127.0.0.1:PORT`. It leads to the service's name only. */
  readonly proxy: string;
  /** The port for HTTPS, if it listens on one. With 443 and the name in the hosts file, a program needs no proxy. */
  readonly port: number | undefined;
  /** The variables with which programs in Node.js, Python, Go and others, and curl, use the proxy and trust the certificate. */
  readonly environment: Readonly<Record<string, string>>;
}

/** What a program needs to know. */
export function sandboxTls(ca: string, proxy: string, port: number | undefined): SandboxTls {
  const direct = withoutProxy(new URL(proxy).hostname);
  return {
    name: SERVICE_HOST,
    ca,
    proxy,
    port,
    environment: {
      HTTPS_PROXY: proxy,
      https_proxy: proxy,
      // The service's name in them would lead past the proxy, to the service itself.
      NO_PROXY: direct,
      no_proxy: direct,
      SSL_CERT_FILE: ca,
      REQUESTS_CA_BUNDLE: ca,
      CURL_CA_BUNDLE: ca,
      NODE_EXTRA_CA_CERTS: ca,
      NODE_USE_ENV_PROXY: "1",
    },
  };
}

/** The hosts that are reached without any proxy, even if one is set for `http:`. Some programs know `[::1]`, others `::1`. */
function withoutProxy(host: string): string {
  return [...new Set([...LOOPBACK, host, host.replace(/^\[(.+)\]$/, "$1")])].join(",");
}
