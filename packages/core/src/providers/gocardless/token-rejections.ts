import { createHash } from "node:crypto";
import { z } from "zod";
import { AccessDeniedError, ApiError, AuthenticationError, type ErrorResponse } from "../../base/errors.ts";
import { parsedJson } from "../../base/parsed-json.ts";
import type { KeyValueStore } from "../../store/kv.ts";
import { statusWithReason } from "./errors.ts";

/** What the service rejects: the credentials at `POST /token/new/`, or a token that had just been renewed. */
type Rejected = "credentials" | "token";

/** A rejection as it is stored. Its time is in milliseconds since 1970. */
const StoredRejection = z.object({
  refused: z.enum(["credentials", "token"]),
  at: z.number(),
  status: z.number(),
  summary: z.string(),
  detail: z.string(),
});
type StoredRejection = z.infer<typeof StoredRejection>;

/**
 * How long nothing is sent after a rejection, in milliseconds. The service allows 100 new tokens an hour, and rejects
 * again what it has rejected; a token may become valid by itself, but credentials have to be corrected first.
 */
const PAUSE: Readonly<Record<Rejected, number>> = { credentials: 300_000, token: 60_000 };

/**
 * Remembers for a while that the service rejected the credentials or their tokens, in this process and, with the
 * cache, for the processes that follow, so that calls that are bound to fail cost no request.
 */
export class TokenRejections {
  readonly #records: KeyValueStore | undefined;
  readonly #name: string;
  readonly #now: () => number;
  #own: StoredRejection | undefined;

  /** @param key identifies the credentials without revealing them */
  constructor(records: KeyValueStore | undefined, key: string, now: () => number) {
    this.#records = records;
    this.#name = `refused:${createHash("sha256").update(key).digest("hex")}`;
    this.#now = now;
  }

  /** @throws AuthenticationError or AccessDeniedError, not sent, after a recent rejection in this process */
  throwOwn(rejected: Rejected): void {
    const own = this.#own;
    if (own?.refused === rejected && this.#isRecent(own)) throw errorFrom(own);
  }

  /** @throws AuthenticationError or AccessDeniedError, not sent, after a recent rejection in any process */
  async throwAny(rejected: Rejected): Promise<void> {
    this.throwOwn(rejected);
    const stored = await this.#stored();
    if (stored?.refused === rejected && this.#isRecent(stored)) throw errorFrom(stored);
  }

  /** Remembers an error, if it means that the same request will be rejected again. */
  async note(rejected: Rejected, error: unknown): Promise<void> {
    if (!(error instanceof ApiError) || !error.sent || ![400, 401, 403].includes(error.status)) return;
    const { status, summary, detail } = error;
    this.#own = { refused: rejected, at: this.#now(), status, summary, detail };
    await this.#write(JSON.stringify(this.#own));
  }

  /** Forgets a rejection of this kind: what was rejected has been accepted, or replaced. */
  async forget(rejected: Rejected): Promise<void> {
    if (this.#own?.refused === rejected) this.#own = undefined;
    const stored = await this.#stored();
    if (stored?.refused === rejected) await this.#write(undefined);
  }

  /** A rejection in the future was stored by a process whose clock was wrong. */
  #isRecent({ refused, at }: StoredRejection): boolean {
    const age = this.#now() - at;
    return age >= 0 && age < PAUSE[refused];
  }

  /** Also undefined if the records cannot be read: the request is then sent. */
  async #stored(): Promise<StoredRejection | undefined> {
    const text = await this.#records?.get(this.#name).catch(() => undefined);
    return StoredRejection.safeParse(parsedJson(text)).data;
  }

  async #write(text: string | undefined): Promise<void> {
    try {
      const known = await this.#records?.get(this.#name);
      await this.#records?.compareAndSet(this.#name, known, text);
    } catch {} // The next process then sends the request itself.
  }
}

function errorFrom({ refused: rejected, at, status, summary, detail }: StoredRejection): ApiError {
  const [then, again] = [at, at + PAUSE[rejected]].map((time) => new Date(time).toISOString());
  const what =
    rejected === "credentials" ? "these credentials" : "the token of these credentials, even after renewal,";
  const cause = statusWithReason({ status, summary, detail });
  const message = `Authentication was not attempted: the service rejected ${what} at ${then} (${cause}). Check them; they are tried again from ${again} on, or at once by getAccessToken().`;
  const response: ErrorResponse = {
    status,
    method: "POST",
    path: rejected === "credentials" ? "/token/new/" : "/token/refresh/",
    summary,
    detail,
    type: null,
    fields: {},
    sent: false,
  };
  return status === 403
    ? new AccessDeniedError(message, response)
    : new AuthenticationError(message, response);
}
