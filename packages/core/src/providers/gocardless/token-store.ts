import { createHash } from "node:crypto";
import { z } from "zod";
import { isRecord } from "../../base/is-record.ts";
import { parsedJson } from "../../base/parsed-json.ts";
import { withFileLock } from "../../store/file-lock.ts";
import { writePrivateFile } from "../../store/private-file.ts";
import { readSmallFile } from "../../store/regular-file.ts";
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

/** The largest token file, in bytes; a larger file is another one, named by mistake. */
const LARGEST = 1_000_000;

/**
 * Keeps tokens in a JSON file that only its owner can read (mode 0600). It is written completely or not at all, and by
 * one process at a time, which holds the lock `.FILE.bankdata-lock` beside it.
 */
export class FileTokenStore implements TokenStore {
  readonly #file: string;

  /** @param file the path of the file; a missing folder is created, readable only by its owner */
  constructor(file: string) {
    this.#file = file;
  }

  async load(key: string): Promise<unknown> {
    return Object.entries(this.#read()).find(([name]) => name === key)?.[1];
  }

  async save(key: string, token: StoredToken): Promise<void> {
    for (let isSaved = false; !isSaved; ) {
      isSaved = await withFileLock(this.#file, (lock) => {
        const all = new Map(Object.entries(this.#read())).set(key, token);
        const text = `${JSON.stringify(Object.fromEntries(all))}\n`;
        // If this process was suspended for long, its lock may be broken, and what it has read outdated.
        if (!lock.isHeld()) return false;
        writePrivateFile(this.#file, text);
        return true;
      });
    }
  }

  /**
   * The tokens in the file; none if it is empty or missing.
   *
   * @throws Error if it is another file, which a save would destroy
   */
  #read(): Record<string, unknown> {
    const text = readSmallFile(this.#file, LARGEST)?.trim() ?? "";
    const content = text === "" ? {} : parsedJson(text);
    if (isRecord(content) && Object.values(content).every(isRecord)) return content;
    throw new Error(`${this.#file} is not a token file: name another file, or move this one away`);
  }
}
