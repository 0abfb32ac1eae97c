import type { ListeningOptions } from "../world/listening.ts";
import { SERVICE_HOST } from "./service-address.ts";

/** In days. A sandbox makes a new certificate at each start. */
const LIFETIME = 397;

/** What the authority can vouch for. */
const PERMITTED = [SERVICE_HOST, "localhost", "127.0.0.0/8", "::1/128"];

/**
 * What the sandbox needs to listen for HTTPS, and the path of the authority's certificate.
 *
 * @param folder of the authority
 * @param warn is called once with a sentence if a program does not trust the authority
 */
export async function prepareTls(
  folder: string,
  warn: (message: string) => void,
): Promise<{ listening: NonNullable<ListeningOptions["tls"]>; ca: string }> {
  // They are only loaded for HTTPS, because they take long.
  const { certificateFor } = await import("../world/certificates.ts");
  const { authorityIn } = await import("../world/authority.ts");
  const authority = authorityIn(folder, PERMITTED);
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
