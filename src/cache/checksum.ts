import { createHash } from "node:crypto";

/**
 * A checksum of what is kept, to be kept beside it: a disk that turns a bit does not turn an amount into another. It
 * finds accidents; whoever may write the file can write a checksum too.
 */
export function checksumOf(parts: readonly (string | number | null)[], body: string | Uint8Array): string {
  const hash = createHash("sha256").update(JSON.stringify(parts)).update(body);
  return hash.digest("base64url").slice(0, 22);
}
