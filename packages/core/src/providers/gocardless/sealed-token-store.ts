import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from "node:crypto";
import { z } from "zod";
import type { KeyValueStore } from "../../store/kv.ts";
import type { StoredToken, TokenStore } from "./token-store.ts";

/** A token as it is kept: with AES-256-GCM, whose tag tells a changed text and a wrong key. Parts are base64. */
const Sealed = z.object({ format: z.literal(1), iv: z.string(), tag: z.string(), data: z.string() });

/** The credentials that open a sealed token. */
export interface SealingCredentials {
  baseUrl: string;
  secretId: string;
  secretKey: string;
}

const CIPHER = "aes-256-gcm";

/**
 * Keeps tokens beside the cache, for every process that shares it. They are encrypted with a key that is derived from
 * the secret key, so that whoever gets hold of the cache alone gets no access.
 */
export class SealedTokenStore implements TokenStore {
  readonly #records: KeyValueStore;
  readonly #credentials: SealingCredentials;
  #sealingKey: Buffer | undefined;

  constructor(records: KeyValueStore, credentials: SealingCredentials) {
    this.#records = records;
    this.#credentials = credentials;
  }

  /** The token; undefined where there is none, or none that these credentials open. */
  async load(key: string): Promise<unknown> {
    const text = await this.#records.get(recordName(key));
    return text === undefined ? undefined : this.#open(text, key);
  }

  /** Keeps a token in the place of whatever is there. */
  async save(key: string, token: StoredToken): Promise<void> {
    const name = recordName(key);
    const text = this.#seal(token, key);
    for (;;) {
      const known = await this.#records.get(name);
      if (await this.#records.compareAndSet(name, known, text)) return;
    }
  }

  #seal(token: StoredToken, key: string): string {
    const iv = randomBytes(12);
    const cipher = createCipheriv(CIPHER, this.#key(), iv).setAAD(Buffer.from(key));
    const data = Buffer.concat([cipher.update(JSON.stringify(token), "utf8"), cipher.final()]);
    const base64 = (bytes: Buffer) => bytes.toString("base64");
    return JSON.stringify({
      format: 1,
      iv: base64(iv),
      tag: base64(cipher.getAuthTag()),
      data: base64(data),
    } satisfies z.infer<typeof Sealed>);
  }

  #open(text: string, key: string): unknown {
    try {
      const { iv, tag, data } = Sealed.parse(JSON.parse(text));
      const bytes = (base64: string) => Buffer.from(base64, "base64");
      const decipher = createDecipheriv(CIPHER, this.#key(), bytes(iv), { authTagLength: 16 })
        .setAAD(Buffer.from(key))
        .setAuthTag(bytes(tag));
      return JSON.parse(Buffer.concat([decipher.update(bytes(data)), decipher.final()]).toString("utf8"));
    } catch {
      return undefined; // Changed, cut off, of another version: a new token takes its place.
    }
  }

  /** The secret key is long and random, so that a slow derivation as for passwords would buy nothing. */
  #key(): Buffer {
    const { secretKey, secretId, baseUrl } = this.#credentials;
    this.#sealingKey ??= Buffer.from(
      hkdfSync("sha256", secretKey, `${baseUrl}\n${secretId}`, "bankdata token store 1", 32),
    );
    return this.#sealingKey;
  }
}

function recordName(key: string): string {
  return `token:${createHash("sha256").update(key).digest("hex")}`;
}
