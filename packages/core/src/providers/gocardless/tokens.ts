import { createHash } from "node:crypto";
import { ApiError } from "../../base/errors.ts";
import type { Authentication, AuthenticationParts } from "../../pipeline/index.ts";
import type { Leases } from "../../store/lease.ts";
import type { ClientSettings } from "./client-options.ts";
import type { NewToken, RefreshedToken } from "./models/token.ts";
import { SealedTokenStore } from "./sealed-token-store.ts";
import { TokenRejections } from "./token-rejections.ts";
import { StoredToken, type TokenStore, tokenKey } from "./token-store.ts";

/** A token is renewed this long before it ends, so that it does not end under way. In milliseconds. */
const MARGIN = 30_000;

/** What the service's tokens live where an answer does not say: a day and thirty days, in seconds. */
const ACCESS_EXPIRES = 86_400;
const REFRESH_EXPIRES = 2_592_000;

/** So long other processes wait for the one that renews, in milliseconds; then the next one does. */
const MAX_WAIT = 60_000;

/** Asks the token endpoints, which want no token. */
export interface TokenEndpoints {
  create(secretId: string, secretKey: string, signal: AbortSignal): Promise<NewToken>;
  refresh(refresh: string, signal: AbortSignal): Promise<RefreshedToken>;
}

/**
 * Gives a valid access token: the one in hand, one that another process saved, a refreshed one, or a new one. However
 * many callers ask at once, one request is made.
 */
export class TokenSource implements Authentication {
  readonly #settings: ClientSettings;
  readonly #endpoints: TokenEndpoints;
  readonly #key: string;
  readonly #store: TokenStore | undefined;
  /** By which processes agree on which of them renews. */
  readonly #leases: Leases | undefined;
  readonly #rejections: TokenRejections;
  #token: StoredToken | undefined;
  #underWay: Promise<StoredToken> | undefined;

  /** @param lasting what outlives the process, beside the cache: tokens are kept there unless a store is given */
  constructor(settings: ClientSettings, endpoints: TokenEndpoints, lasting: AuthenticationParts["lasting"]) {
    this.#settings = settings;
    this.#endpoints = endpoints;
    this.#leases = lasting?.leases;
    this.#store = settings.tokenStore ?? (lasting && new SealedTokenStore(lasting.records, settings));
    this.#key = tokenKey(settings.baseUrl, settings.secretId, settings.secretKey);
    this.#rejections = new TokenRejections(lasting?.records, this.#key, settings.now);
  }

  /**
   * A token that the service should take now.
   *
   * @param rejected a token that the service has just rejected, so that another one is wanted
   * @throws AuthenticationError if the credentials are refused, or if there can be no other token just now
   */
  async token(refused?: string): Promise<string> {
    this.#rejections.throwOwn("token");
    const token = this.#token;
    if (token !== undefined && token.access !== refused && this.#isFresh(token)) return token.access;
    const isReplaced = token !== undefined && token.access !== refused;
    return (await this.#once(() => this.#obtain(isReplaced ? undefined : refused))).access;
  }

  /** New tokens for the credentials, whatever is in hand. */
  async create(): Promise<StoredToken> {
    const created = await this.#once(() => this.#create());
    await this.#rejections.forget("token");
    return created;
  }

  /** Another access token for the refresh token, or new tokens where that is refused or there is none. */
  async refresh(): Promise<StoredToken> {
    return await this.#once(() => this.#renew(this.#token));
  }

  /** Takes note that the service refused a token that had just been renewed: renewing again would not help. */
  async renewedInVain(error: unknown): Promise<void> {
    await this.#rejections.note("token", error);
  }

  #once(obtain: () => Promise<StoredToken>): Promise<StoredToken> {
    this.#underWay ??= obtain().finally(() => {
      this.#underWay = undefined;
    });
    return this.#underWay;
  }

  /** Another process may have renewed it already: what is saved is looked at before the service is asked. */
  async #obtain(refused: string | undefined): Promise<StoredToken> {
    const done = async () => {
      await this.#rejections.throwAny("token");
      return await this.#takeSaved(refused);
    };
    const work = async () => await this.#renew((await this.#load()) ?? this.#token);
    const saved = await done();
    if (saved !== undefined) return saved;
    if (this.#leases === undefined) return await work();
    const name = `lease:token:${createHash("sha256").update(this.#key).digest("hex")}`;
    const about = "renewing the access token";
    return await this.#leases.run({ name, about, maxWait: MAX_WAIT, signal: this.#signal(), done, work });
  }

  /** The token that another process saved, where it is of use. */
  async #takeSaved(refused: string | undefined): Promise<StoredToken | undefined> {
    const saved = await this.#load();
    if (saved === undefined || saved.access === refused || !this.#isFresh(saved)) return undefined;
    this.#token = saved;
    return saved;
  }

  async #renew(token: StoredToken | undefined): Promise<StoredToken> {
    if (token === undefined || token.refreshExpiresAt - MARGIN <= this.#settings.now())
      return this.#createUnlessRefused();
    try {
      const answer = await this.#endpoints.refresh(token.refresh, this.#signal());
      this.#settings.secrets.add(answer.access);
      const accessExpiresAt = this.#settings.now() + (answer.access_expires ?? ACCESS_EXPIRES) * 1000;
      return await this.#keep({ ...token, access: answer.access, accessExpiresAt });
    } catch (error) {
      if (!isRefreshRejected(error)) throw error;
      this.#settings.logger.info(
        "The refresh token was refused; the credentials are exchanged for new tokens.",
      );
      return await this.#createUnlessRefused();
    }
  }

  /** Credentials that were refused a moment ago are not sent again; a token that is still good has been used by then. */
  async #createUnlessRefused(): Promise<StoredToken> {
    await this.#rejections.throwAny("credentials");
    return await this.#create();
  }

  async #create(): Promise<StoredToken> {
    const { secretId, secretKey, now, secrets } = this.#settings;
    const answer = await this.#createOrNote(secretId, secretKey);
    secrets.add(answer.access, answer.refresh);
    return await this.#keep({
      access: answer.access,
      accessExpiresAt: now() + (answer.access_expires ?? ACCESS_EXPIRES) * 1000,
      refresh: answer.refresh,
      refreshExpiresAt: now() + (answer.refresh_expires ?? REFRESH_EXPIRES) * 1000,
    });
  }

  async #createOrNote(secretId: string, secretKey: string): Promise<NewToken> {
    try {
      const answer = await this.#endpoints.create(secretId, secretKey, this.#signal());
      await this.#rejections.forget("credentials");
      return answer;
    } catch (error) {
      await this.#rejections.note("credentials", error);
      throw error;
    }
  }

  /** A renewal serves every caller, so that no single caller's signal ends it; its tries are bounded by their timeout. */
  #signal(): AbortSignal {
    return this.#settings.signal ?? new AbortController().signal;
  }

  #isFresh(token: StoredToken): boolean {
    return token.accessExpiresAt - MARGIN > this.#settings.now();
  }

  async #load(): Promise<StoredToken | undefined> {
    try {
      const { data: saved } = StoredToken.safeParse(await this.#store?.load(this.#key));
      if (saved !== undefined) this.#settings.secrets.add(saved.access, saved.refresh);
      return saved;
    } catch {
      this.#settings.logger.warn("The token store could not be read; a token is fetched without it.");
      return undefined;
    }
  }

  async #keep(token: StoredToken): Promise<StoredToken> {
    this.#token = token;
    try {
      await this.#store?.save(this.#key, token);
    } catch {
      this.#settings.logger.warn(
        "The token store could not be written; the next process will fetch its own token.",
      );
    }
    return token;
  }
}

function isRefreshRejected(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 400 || error.status === 401);
}
