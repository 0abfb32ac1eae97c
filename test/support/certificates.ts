import type { TlsOptions } from "node:tls";
import { generate } from "selfsigned";

/** An authority of its own, in PEM. */
export interface Authority {
  key: string;
  cert: string;
}

const DAY = 24 * 60 * 60 * 1000;

/** What a certificate says. */
export interface CertificateWish {
  /** The host it is for: a name, or an address of IPv4. */
  host: string;
  /** Signed by it; by itself if there is none. */
  authority?: Authority;
  /** Whether its time is over. */
  isExpired?: boolean;
}

/** Makes an authority that begins at a time, and lasts ten years. */
export async function authorityOf(name: string, begins = new Date()): Promise<Authority> {
  const { private: key, cert } = await generate([{ name: "commonName", value: name }], {
    keyType: "ec",
    algorithm: "sha256",
    notBeforeDate: begins,
    notAfterDate: new Date(begins.getTime() + 3650 * DAY),
    extensions: [
      { name: "basicConstraints", cA: true, critical: true },
      { name: "keyUsage", keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  return { key, cert };
}

/** Makes a certificate, and the key for a server to listen with. */
export async function certificateFor({
  host,
  authority,
  isExpired = false,
}: CertificateWish): Promise<TlsOptions & { key: string; cert: string }> {
  const isAddress = /^[\d.]+$/.test(host);
  const { private: key, cert } = await generate([{ name: "commonName", value: host }], {
    keyType: "ec",
    algorithm: "sha256",
    notBeforeDate: new Date(Date.now() - 30 * DAY),
    notAfterDate: new Date(Date.now() + (isExpired ? -1 : 30) * DAY),
    extensions: [
      { name: "basicConstraints", cA: false, critical: true },
      { name: "keyUsage", digitalSignature: true, critical: true },
      { name: "subjectAltName", altNames: [isAddress ? { type: 7, ip: host } : { type: 2, value: host }] },
    ],
    ...(authority === undefined ? {} : { ca: authority }),
  });
  return { key, cert };
}
