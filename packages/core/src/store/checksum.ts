import crypto, { createHash } from "node:crypto";

/** From this length on, in characters, hashing a string in parts is faster than joining it first. */
const LARGE = 8192;

/**
 * A checksum to keep with a string, so that a bit which flips on the disk does not turn one amount into another. It
 * only reveals accidents: whoever can write the file can also write a checksum.
 */
export function checksumOf(parts: readonly (string | number | null)[], body: string | Uint8Array): string {
  const head = JSON.stringify(parts);
  // A small text takes a third of the time if it is hashed in one step.
  const whole =
    typeof body === "string" && body.length < LARGE
      ? crypto.hash("sha256", head + body, "base64url")
      : createHash("sha256").update(head).update(body).digest("base64url");
  return whole.slice(0, 22);
}
