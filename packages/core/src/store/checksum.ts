import { createHash, hash } from "node:crypto";

/** A text of so many characters takes longer to be joined than to be hashed in parts. */
const LARGE = 8192;

/**
 * A checksum of what is kept, to be kept beside it: a disk that turns a bit does not turn an amount into another. It
 * finds accidents; whoever may write the file can write a checksum too.
 */
export function checksumOf(parts: readonly (string | number | null)[], body: string | Uint8Array): string {
  const head = JSON.stringify(parts);
  // In one step a small text takes a third of the time.
  const whole =
    typeof body === "string" && body.length < LARGE
      ? hash("sha256", head + body, "base64url")
      : createHash("sha256").update(head).update(body).digest("base64url");
  return whole.slice(0, 22);
}
