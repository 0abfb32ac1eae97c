import { createHash } from "node:crypto";
import { ApiError } from "../../base/errors.ts";
import { type Authentication, type AuthenticationParts, localError } from "../../pipeline/index.ts";
import type { Leases } from "../../store/lease.ts";
import type { ClientSettings } from "./client-options.ts";
import { type NewToken, type RefreshedToken, TokenText } from "./models/token.ts";
import { operations } from "./operations.ts";
import { SealedTokenStore } from "./sealed-token-store.ts";
import { TokenRejections } from "./token-rejections.ts";
import { type StoredToken, storedToken, type TokenStore, tokenKey } from "./token-store.ts";

/** How long before it expires a token is renewed, in milliseconds, so that it does not expire on the way. */
const MARGIN = 30_000;

/** Lifetimes of tokens if the response does not state them, in seconds: one day and thirty days. */
const ACCESS_EXPIRES = 86_400;
const REFRESH_EXPIRES = 2_592_000;

/** How long other processes wait for the one that renews, in milliseconds, before one of them takes over. */
const MAX_WAIT = 60_000;

/** Sends the two requests that return tokens, and need none. */
export interface TokenEndpoints {
  create(secretId: string, secretKey: string, signal: AbortSignal): Promise<NewToken>;
  refresh(refresh: string, signal: AbortSignal): Promise<RefreshedToken>;
}

/** A token, and the response that it came with; there is none if another process had saved it. */
interface Obtained {
  token: StoredToken;
  /** The response to the credentials. */
  created?: NewToken;
  /** The response to the refresh token. */
  refreshed?: RefreshedToken;
}

/**
 * Supplies a valid access token: the current one, one that another process saved, a refreshed one, or a new one.
 * However many callers need it at once, one request is made.
 */
export class TokenSource implements Authentication {
  readonly #settings: ClientSettings;
  readonly #endpoints: TokenEndpoints;
  readonly #key: string;
  readonly #store: TokenStore | undefined;
  /** With these, processes agree on which of them renews the token. */
  readonly #leases: Leases | undefined;
  readonly #rejections: TokenRejections;
  #token: StoredToken | undefined;
  #pending: Promise<Obtained> | undefined;
  /** Exchanges in progress of refresh tokens that are not the client's own. */
  readonly #foreign = new Map<string, Promise<RefreshedToken>>();

  /**
   * @param lasting storage that outlives the process, with the cache; holds the tokens unless a token store is given
   */
  constructor(settings: ClientSettings, endpoints: TokenEndpoints, lasting: AuthenticationParts["lasting"]) {
    this.#settings = settings;
    this.#endpoints = endpoints;
    this.#leases = lasting?.leases;
    this.#store = settings.tokenStore ?? (lasting && new SealedTokenStore(lasting.records, settings));
    this.#key = tokenKey(settings.baseUrl, settings.secretId, settings.secretKey);
    this.#rejections = new TokenRejections(lasting?.records, this.#key, settings.now);
  }

  /**
   * A token that the service should accept now.
   *
   * @param rejected a token that the service has just rejected, so that another one is needed
   * @throws AuthenticationError if the credentials are rejected, or were a moment ago
   */
  async token(rejected?: string): Promise<string> {
    this.#rejections.throwOwn("token");
    const token = this.#token;
    if (token !== undefined && token.access !== rejected && this.#isFresh(token)) return token.access;
    const isReplaced = token !== undefined && token.access !== rejected;
    return (await this.#once(() => this.#obtain(isReplaced ? undefined : rejected))).token.access;
  }

  /** Exchanges the credentials for new tokens, even if the current ones are valid. */
  async create(): Promise<NewToken> {
    for (;;) {
      const { created } = await this.#once(() => this.#create());
      if (created === undefined) continue; // This joined a renewal that was in progress.
      await this.#rejections.forget("token");
      return created;
    }
  }

  /** Renews the access token with the refresh token; gets new tokens if there is none, or if it is rejected. */
  async refresh(): Promise<RefreshedToken> {
    return await this.#responseOf(async () => await this.#renew(await this.#own()));
  }

  /**
   * Exchanges a refresh token for an access token. If it is the client's own, the client uses the new access token from
   * then on; otherwise its own tokens stay as they are.
   *
   * @throws InvalidRequestError if it cannot be a token; AuthenticationError or InvalidRequestError if it is rejected
   */
  async refreshWith(refresh: string): Promise<RefreshedToken> {
    const { secrets } = this.#settings;
    if (!TokenText.safeParse(refresh).success) {
      const { method, path } = operations.refreshToken;
      throw localError(method, path, { refresh: ["must be a refresh token, as getAccessToken returns it"] });
    }
    secrets.add(refresh);
    const own = await this.#own();
    if (own?.refresh === refresh) return await this.#responseOf(() => this.#refresh(own));
    const known = this.#foreign.get(refresh);
    if (known !== undefined) return await known;
    const exchange = this.#endpoints
      .refresh(refresh, this.#signal())
      .finally(() => this.#foreign.delete(refresh));
    this.#foreign.set(refresh, exchange);
    const refreshed = await exchange;
    secrets.add(refreshed.access);
    // Only the newest tokens are remembered, and the client's own must be among them.
    if (own !== undefined) secrets.add(own.access, own.refresh);
    return accessOf(refreshed);
  }

  /** Remembers that the service rejected a token that had just been renewed: renewing it again would not help. */
  async reportRenewedTokenRejected(error: unknown): Promise<void> {
    await this.#rejections.note("token", error);
  }

  #once(obtain: () => Promise<Obtained>): Promise<Obtained> {
    this.#pending ??= obtain().finally(() => {
      this.#pending = undefined;
    });
    return this.#pending;
  }

  /** What the service sent for an access token. */
  async #responseOf(obtain: () => Promise<Obtained>): Promise<RefreshedToken> {
    for (;;) {
      const { created, refreshed = created } = await this.#once(obtain);
      // Without either, this joined a call that found a saved token.
      if (refreshed !== undefined) return accessOf(refreshed);
    }
  }

  /** The client's own tokens, which another process may have replaced. */
  async #own(): Promise<StoredToken | undefined> {
    return (await this.#load()) ?? this.#token;
  }

  /** Looks for a token that another process has saved, before it requests one. */
  async #obtain(rejected: string | undefined): Promise<Obtained> {
    const done = async () => {
      await this.#rejections.throwAny("token");
      return await this.#takeSaved(rejected);
    };
    const work = async () => await this.#renew(await this.#own());
    const saved = await done();
    if (saved !== undefined) return saved;
    if (this.#leases === undefined) return await work();
    const name = `lease:token:${createHash("sha256").update(this.#key).digest("hex")}`;
    const about = "renewing the access token";
    return await this.#leases.run({ name, about, maxWait: MAX_WAIT, signal: this.#signal(), done, work });
  }

  /** The token that another process saved; undefined if there is none, or if it is rejected or about to expire. */
  async #takeSaved(rejected: string | undefined): Promise<Obtained | undefined> {
    const saved = await this.#load();
    if (saved === undefined || saved.access === rejected || !this.#isFresh(saved)) return undefined;
    this.#token = saved;
    return { token: saved };
  }

  async #renew(token: StoredToken | undefined): Promise<Obtained> {
    if (token === undefined || token.refreshExpiresAt - MARGIN <= this.#settings.now())
      return this.#createUnlessRejected();
    try {
      return await this.#refresh(token);
    } catch (error) {
      if (!isRefreshTokenRejected(error)) throw error;
      this.#settings.logger.info(
        "The refresh token was rejected; exchanging the credentials for new tokens.",
      );
      return await this.#createUnlessRejected();
    }
  }

  async #refresh(token: StoredToken): Promise<Obtained> {
    const refreshed = await this.#endpoints.refresh(token.refresh, this.#signal());
    this.#settings.secrets.add(refreshed.access);
    const accessExpiresAt = this.#settings.now() + (refreshed.access_expires ?? ACCESS_EXPIRES) * 1000;
    return { token: await this.#keep({ ...token, access: refreshed.access, accessExpiresAt }), refreshed };
  }

  /** Does not send credentials again that were rejected a moment ago. @throws AuthenticationError if they were */
  async #createUnlessRejected(): Promise<Obtained> {
    await this.#rejections.throwAny("credentials");
    return await this.#create();
  }

  async #create(): Promise<Obtained> {
    const { secretId, secretKey, now, secrets } = this.#settings;
    const created = await this.#createOrNote(secretId, secretKey);
    secrets.add(created.access, created.refresh);
    const token = await this.#keep({
      access: created.access,
      accessExpiresAt: now() + (created.access_expires ?? ACCESS_EXPIRES) * 1000,
      refresh: created.refresh,
      refreshExpiresAt: now() + (created.refresh_expires ?? REFRESH_EXPIRES) * 1000,
    });
    return { token, created };
  }

  async #createOrNote(secretId: string, secretKey: string): Promise<NewToken> {
    try {
      const created = await this.#endpoints.create(secretId, secretKey, this.#signal());
      await this.#rejections.forget("credentials");
      return created;
    } catch (error) {
      await this.#rejections.note("credentials", error);
      throw error;
    }
  }

  /** A renewal serves every caller, so no single caller's signal aborts it; the timeout of each try bounds it. */
  #signal(): AbortSignal {
    return this.#settings.signal ?? new AbortController().signal;
  }

  #isFresh(token: StoredToken): boolean {
    return token.accessExpiresAt - MARGIN > this.#settings.now();
  }

  async #load(): Promise<StoredToken | undefined> {
    try {
      const { data: saved } = storedToken.safeParse(await this.#store?.load(this.#key));
      if (saved !== undefined) this.#settings.secrets.add(saved.access, saved.refresh);
      return saved;
    } catch {
      this.#settings.logger.warn("The token store could not be read; continuing without a saved token.");
      return undefined;
    }
  }

  async #keep(token: StoredToken): Promise<StoredToken> {
    this.#token = token;
    try {
      await this.#store?.save(this.#key, token);
    } catch {
      this.#settings.logger.warn(
        "The token store could not be written; the next process will have to get a token of its own.",
      );
    }
    return token;
  }
}

/** The access token of a response, which may have a refresh token too. */
function accessOf({ access, access_expires }: RefreshedToken): RefreshedToken {
  return access_expires === undefined ? { access } : { access, access_expires };
}

/** The refresh endpoint rejects a token with 400 as well as 401, in various words. */
function isRefreshTokenRejected(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 400 || error.status === 401);
}
