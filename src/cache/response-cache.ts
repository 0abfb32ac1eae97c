import type { Logger } from "../logger.ts";
import { type StoredAnswer, stripCachingHeaders } from "./answer.ts";
import { deletedRequisition, pathsChangedBy, pathsUnderRequisition } from "./forget.ts";
import type { CacheSettings } from "./options.ts";
import { type CacheRequest, keyOf, normalPath } from "./request.ts";
import type { AnswerStore, StoredRecords } from "./store.ts";
import { timeToLive } from "./time-to-live.ts";

/** What a cache works with. */
export interface CacheContext {
  /** Tells sets of credentials apart without giving them away: a hash. */
  scope: string;
  /** The clock, in milliseconds. */
  now: () => number;
  logger: Logger;
}

/** An answer that is kept, and what may be done with it now. */
export interface KnownAnswer extends StoredAnswer {
  fresh: boolean;
  /** Whether it may stand in where the service fails. */
  usableOnError: boolean;
}

/**
 * Keeps answers to GET. What goes wrong with the store is a miss and a warning, never the caller's error.
 */
export class ResponseCache {
  readonly #store: AnswerStore;
  readonly #settings: CacheSettings;
  readonly #context: CacheContext;

  constructor(store: AnswerStore, settings: CacheSettings, context: CacheContext) {
    this.#store = store;
    this.#settings = settings;
    this.#context = context;
  }

  /** Records that outlive the process, beside the answers; undefined where the answers do not outlive it either. */
  get records(): StoredRecords | undefined {
    return this.#store.records;
  }

  /** The key of a question: a hash that holds no secret and no IBAN. */
  keyOf(request: CacheRequest): string {
    const { scope, now } = this.#context;
    return keyOf(request, { scope, now: now(), matchHeaders: this.#settings.matchHeaders });
  }

  /** What is kept for a question. */
  async find(request: CacheRequest): Promise<KnownAnswer | undefined> {
    const answer = await this.#guarded("read", () => this.#store.get(this.keyOf(request)));
    if (answer === undefined) return undefined;
    const now = this.#context.now();
    return { ...answer, fresh: isFresh(answer, now), usableOnError: this.#isUsableOnError(answer, now) };
  }

  /** Keeps an answer with status 200 to a GET. Gives what is kept. */
  async store(
    request: CacheRequest,
    answer: { status: number; headers: Headers; body: string },
  ): Promise<StoredAnswer | undefined> {
    if (request.method.toUpperCase() !== "GET" || answer.status !== 200) return undefined;
    const createdAt = this.#context.now();
    const seconds = timeToLive(request.path, answer, this.#settings, createdAt);
    const stored: StoredAnswer = {
      status: answer.status,
      headers: Object.fromEntries(stripCachingHeaders(answer.headers)),
      body: answer.body,
      createdAt,
      expiresAt: Number.isFinite(seconds) ? createdAt + seconds * 1000 : null,
    };
    const where = { key: this.keyOf(request), scope: this.#context.scope, path: normalPath(request.path) };
    await this.#guarded("written", () => this.#store.set(where, stored));
    return stored;
  }

  /** Forgets what a write has made wrong. */
  async forgetChangedBy({ method, path }: Pick<CacheRequest, "method" | "path">): Promise<void> {
    const { scope } = this.#context;
    await this.#guarded("written", async () => {
      const paths = pathsChangedBy(path);
      const deleted = deletedRequisition(method, path);
      if (deleted !== undefined) {
        const known = await this.#store.getPaths(scope, [deleted]);
        paths.push(...known.flatMap((answer) => pathsUnderRequisition(answer.body)));
      }
      await this.#store.deletePaths(scope, paths);
    });
  }

  /** What is kept for a question, without the answer. */
  async status(request: CacheRequest): Promise<{ keyExists: boolean; isExpired: boolean; cacheKey: string }> {
    const known = await this.find(request);
    return {
      keyExists: known !== undefined,
      isExpired: known?.fresh === false,
      cacheKey: this.keyOf(request),
    };
  }

  /** Closes the store; the next use opens it again. */
  async close(): Promise<void> {
    await this.#guarded("closed", () => this.#store.close());
  }

  #isUsableOnError(answer: StoredAnswer, now: number): boolean {
    const { oldDataOnError } = this.#settings;
    if (oldDataOnError === undefined) return isFresh(answer, now);
    return answer.expiresAt === null || now <= answer.expiresAt + oldDataOnError * 1000;
  }

  async #guarded<T>(what: string, work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#context.logger.warn(`The cache could not be ${what} (${reason}); the call goes on without it.`);
      return undefined;
    }
  }
}

/** A clock that was set back does not make an answer fresh that was made in its future. */
function isFresh(answer: StoredAnswer, now: number): boolean {
  return answer.createdAt <= now && (answer.expiresAt === null || now < answer.expiresAt);
}
