import { parsedJson } from "../../base/parsed-json.ts";
import type { KeyValueStore } from "../../store/kv.ts";
import { SealedRecords } from "../../store/sealed-records.ts";
import type { StoredToken, TokenStore } from "./token-store.ts";

/** The credentials that open a sealed token. */
export interface SealingCredentials {
  baseUrl: string;
  secretId: string;
  secretKey: string;
}

/**
 * Keeps tokens with the cache, for every process that shares it. They are sealed with a key that is derived from the
 * secret key, so that the cache alone gives no access.
 */
export class SealedTokenStore implements TokenStore {
  readonly #records: SealedRecords;

  constructor(records: KeyValueStore, { baseUrl, secretId, secretKey }: SealingCredentials) {
    this.#records = new SealedRecords(records, {
      prefix: "token",
      secret: secretKey,
      salt: `${baseUrl}\n${secretId}`,
      purpose: "bankdata token store 1",
    });
  }

  /** The token; undefined if there is none, or none that these credentials open. */
  async load(key: string): Promise<unknown> {
    return parsedJson(await this.#records.get(key));
  }

  /** Saves a token, and replaces any that is there. */
  async save(key: string, token: StoredToken): Promise<void> {
    await this.#records.set(key, JSON.stringify(token));
  }
}
