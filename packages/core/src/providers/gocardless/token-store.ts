import { createHash } from "node:crypto";
import { z } from "zod";
import { isRecord } from "../../base/is-record.ts";
import { parsedJson } from "../../base/parsed-json.ts";
import { withFileLock } from "../../store/file-lock.ts";
import { writePrivateFile } from "../../store/private-file.ts";
import { readSmallFile } from "../../store/regular-file.ts";
import { TokenText } from "./models/token.ts";

/** Both tokens and when each ends, in milliseconds since 1970. */
export const StoredToken = z.object({
  access: TokenText,
  accessExpiresAt: z.number(),
  refresh: TokenText,
  refreshExpiresAt: z.number(),
});
export type StoredToken = z.infer<typeof StoredToken>;

/** Keeps tokens across processes. What it throws is logged, and the client goes on without it. */
export interface TokenStore {
  /** What was saved under the key; undefined where nothing was. Whatever comes back is checked before it is used. */
  load(key: string): Promise<unknown>;
  save(key: string, token: StoredToken): Promise<void>;
}

/** Under what a token is kept: the base URL and a hash of the credentials, so that neither is ever mixed up or shown. */
export function tokenKey(baseUrl: string, secretId: string, secretKey: string): string {
  const hash = createHash("sha256").update(`${secretId}\n${secretKey}`).digest("hex").slice(0, 32);
  return `${baseUrl}#${hash}`;
}

/** A file of tokens is small; a larger one is another file, named by mistake. */
const LARGEST = 1_000_000;

/**
 * Keeps tokens in a JSON file that only its owner can read (mode 0600). It is written whole or not at all, and by one
 * process after the other: `.FILE.bankdata-lock` beside it says which.
 */
export class FileTokenStore implements TokenStore {
  readonly #file: string;

  /** @param file the path of the file; its folder is made if it is missing, for its owner alone */
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
        // A process that slept for long may find its lock broken, and what it has read outdated.
        if (!lock.isHeld()) return false;
        writePrivateFile(this.#file, text);
        return true;
      });
    }
  }

  /** An empty file holds no token. @throws Error if the file is another one, which a save would destroy */
  #read(): Record<string, unknown> {
    const text = readSmallFile(this.#file, LARGEST)?.trim() ?? "";
    const content = text === "" ? {} : parsedJson(text);
    if (isRecord(content) && Object.values(content).every(isRecord)) return content;
    throw new Error(`${this.#file} is not a file of tokens: name another one, or move it away`);
  }
}
