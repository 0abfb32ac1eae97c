import { createHash, randomUUID } from "node:crypto";
import { chmod, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { z } from "zod";
import { isRecord } from "../models/as-is.ts";

/** Both tokens and when each ends, in milliseconds since 1970. */
export const StoredToken = z.object({
  access: z.string().min(1),
  accessExpiresAt: z.number(),
  refresh: z.string().min(1),
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

/**
 * Keeps tokens in a JSON file that only its owner can read (mode 0600). Written whole to a new file which then takes
 * the old one's place, so that a process that is killed leaves the old state or the new one.
 */
export class FileTokenStore implements TokenStore {
  readonly #file: string;

  /** @param file the path of the file; its folder is made where it is missing, for its owner alone */
  constructor(file: string) {
    this.#file = file;
  }

  async load(key: string): Promise<unknown> {
    return (await this.#read())[key];
  }

  async save(key: string, token: StoredToken): Promise<void> {
    const all = { ...(await this.#read()), [key]: token };
    await mkdir(dirname(this.#file), { recursive: true, mode: 0o700 });
    const next = `${this.#file}.${randomUUID()}`;
    try {
      await writeFile(next, `${JSON.stringify(all)}\n`, { mode: 0o600, flag: "wx" });
      await chmod(next, 0o600);
      await rename(next, this.#file);
    } catch (error) {
      await rm(next, { force: true });
      throw error;
    }
  }

  /** A file that is missing or broken holds no token: the next save makes it whole. */
  async #read(): Promise<Record<string, unknown>> {
    try {
      const content: unknown = JSON.parse(await readFile(this.#file, "utf8"));
      return isRecord(content) ? content : {};
    } catch (error) {
      if (error instanceof SyntaxError || isMissing(error)) return {};
      throw error;
    }
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
