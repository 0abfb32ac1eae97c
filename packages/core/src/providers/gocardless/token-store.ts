import { createHash } from "node:crypto";
import { z } from "zod";
import { TokenText } from "./models/token.ts";

/** Both tokens, and when each expires. */
export interface StoredToken {
  /** The access token, which is secret. */
  access: string;
  /** In milliseconds since 1970; the client renews the token a little earlier. */
  accessExpiresAt: number;
  /** The refresh token, which is secret: it renews the access token without the credentials. */
  refresh: string;
  /** In milliseconds since 1970; afterwards the credentials are exchanged for new tokens. */
  refreshExpiresAt: number;
}

/** The schema of a saved token, as whoever wrote the store may have changed it. */
export const storedToken: z.ZodType<StoredToken> = z.object({
  access: TokenText,
  accessExpiresAt: z.number(),
  refresh: TokenText,
  refreshExpiresAt: z.number(),
});

/** Keeps tokens across processes. If it throws, a warning is logged, and the client goes on without it. */
export interface TokenStore {
  /** Returns what was saved under the key, or undefined. It is checked before it is used. */
  load(key: string): Promise<unknown>;
  /** Saves a token, and replaces what was saved under the key, which reveals no credentials. */
  save(key: string, token: StoredToken): Promise<void>;
}

/** The key of a token: the base URL and a hash of the credentials, which tells them apart and reveals neither. */
export function tokenKey(baseUrl: string, secretId: string, secretKey: string): string {
  const hash = createHash("sha256").update(`${secretId}\n${secretKey}`).digest("hex").slice(0, 32);
  return `${baseUrl}#${hash}`;
}
