import type { ListeningOptions } from "../world/listening.ts";

/** The host name of the service. */
export const SERVICE_HOST = "bankaccountdata.gocardless.com";

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

/** In days. A sandbox makes a new certificate at each start. */
const LIFETIME = 397;

/** What the authority can vouch for. */
const VOUCHED = [SERVICE_HOST, "localhost", "127.0.0.0/8", "::1/128"];

/**
 * What the sandbox needs to listen for HTTPS, and the path of the authority's certificate.
 *
 * @param folder of the authority
 * @param warn is called once with a sentence if a program does not trust the authority
 */
export async function tlsWith(
  folder: string,
  warn: (message: string) => void,
): Promise<{ listening: NonNullable<ListeningOptions["tls"]>; ca: string }> {
  // They are only loaded for HTTPS, because they take long.
  const { certificateFor } = await import("../world/certificates.ts");
  const { authorityIn } = await import("../world/authority.ts");
  const authority = authorityIn(folder, VOUCHED);
  const hosts = [SERVICE_HOST, "localhost", "127.0.0.1", "::1"];
  const certificate = certificateFor({ subject: SERVICE_HOST, days: LIFETIME, hosts }, authority);
  let isWarned = false;
  const onDistrust = () => {
    if (!isWarned)
      warn(`A program does not trust the certificate of the sandbox: let it trust ${authority.path}.`);
    isWarned = true;
  };
  return { listening: { name: SERVICE_HOST, certificate, onDistrust }, ca: authority.path };
}

/** What a program needs to know. */
export function sandboxTls(ca: string, proxy: string, port: number | undefined): SandboxTls {
  return {
    name: SERVICE_HOST,
    ca,
    proxy,
    port,
    environment: {
      HTTPS_PROXY: proxy,
      https_proxy: proxy,
      NODE_EXTRA_CA_CERTS: ca,
      NODE_USE_ENV_PROXY: "1",
      SSL_CERT_FILE: ca,
      REQUESTS_CA_BUNDLE: ca,
      CURL_CA_BUNDLE: ca,
    },
  };
}
