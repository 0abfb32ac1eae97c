import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from "node:crypto";
import { z } from "zod";
import { parsedJson } from "../base/parsed-json.ts";
import type { KeyValueStore } from "./kv.ts";

/**
 * A string as it is stored: sealed with AES-256-GCM, whose tag reveals a changed string or a wrong key. All parts are
 * base64.
 */
const Sealed = z.object({ format: z.literal(1), iv: z.string(), tag: z.string(), data: z.string() });

const CIPHER = "aes-256-gcm";

/** How records are sealed and named. */
export interface SealingOptions {
  /** The name of a record begins with this and a colon. */
  prefix: string;
  /**
   * The sealing key is derived from this. It is long and random, so a slow derivation, as for passwords, would add
   * nothing.
   */
  secret: string;
  /** Separates what the same secret seals for different owners. */
  salt: string;
  /** Separates what the same secret seals for different purposes, and for later formats. */
  purpose: string;
}

/**
 * Keeps secret strings in a store that others can read. They are encrypted with a key that is derived from a secret
 * which the store does not hold, so that the store alone reveals neither the strings nor their keys.
 */
export class SealedRecords {
  readonly #records: KeyValueStore;
  readonly #options: SealingOptions;
  #sealingKey: Buffer | undefined;

  constructor(records: KeyValueStore, options: SealingOptions) {
    this.#records = records;
    this.#options = options;
  }

  /**
   * The text; undefined if there is none, or if it cannot be opened: it was changed, truncated, or sealed with another
   * secret.
   */
  async get(key: string): Promise<string | undefined> {
    const record = await this.#records.get(this.#nameOf(key));
    return record === undefined ? undefined : this.#open(record, key);
  }

  /** Stores a string, and replaces any that is there. */
  async set(key: string, text: string): Promise<void> {
    const name = this.#nameOf(key);
    const record = this.#seal(text, key);
    for (;;) {
      const known = await this.#records.get(name);
      if (await this.#records.compareAndSet(name, known, record)) return;
    }
  }

  #nameOf(key: string): string {
    return `${this.#options.prefix}:${createHash("sha256").update(key).digest("hex")}`;
  }

  /** The key is authenticated, so that a record which was moved to another name does not open. */
  #seal(text: string, key: string): string {
    const iv = randomBytes(12);
    const cipher = createCipheriv(CIPHER, this.#derivedKey(), iv).setAAD(Buffer.from(key));
    const data = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
    const base64 = (bytes: Buffer) => bytes.toString("base64");
    return JSON.stringify({
      format: 1,
      iv: base64(iv),
      tag: base64(cipher.getAuthTag()),
      data: base64(data),
    } satisfies z.infer<typeof Sealed>);
  }

  #open(record: string, key: string): string | undefined {
    const sealed = Sealed.safeParse(parsedJson(record));
    if (!sealed.success) return undefined;
    const { iv, tag, data } = sealed.data;
    const bytes = (base64: string) => Buffer.from(base64, "base64");
    try {
      const decipher = createDecipheriv(CIPHER, this.#derivedKey(), bytes(iv), { authTagLength: 16 })
        .setAAD(Buffer.from(key))
        .setAuthTag(bytes(tag));
      return Buffer.concat([decipher.update(bytes(data)), decipher.final()]).toString("utf8");
    } catch {
      return undefined;
    }
  }

  #derivedKey(): Buffer {
    const { secret, salt, purpose } = this.#options;
    this.#sealingKey ??= Buffer.from(hkdfSync("sha256", secret, salt, purpose, 32));
    return this.#sealingKey;
  }
}
