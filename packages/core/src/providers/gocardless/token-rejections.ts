import { createHash } from "node:crypto";
import { z } from "zod";
import { AccessDeniedError, ApiError, AuthenticationError, type ErrorResponse } from "../../base/errors.ts";
import { parsedJson } from "../../base/parsed-json.ts";
import type { KeyValueStore } from "../../store/kv.ts";

/** What was refused: the credentials at `POST /token/new/`, or a token that had just been renewed. */
type Refused = "credentials" | "token";

/** A refusal as it is kept. The times are milliseconds since 1970. */
const KeptRefusal = z.object({
  refused: z.enum(["credentials", "token"]),
  at: z.number(),
  status: z.number(),
  summary: z.string(),
  detail: z.string(),
});
type KeptRefusal = z.infer<typeof KeptRefusal>;

/**
 * For so long nothing is sent after a refusal, in milliseconds. The service allows a hundred tokens an hour, and what it
 * refuses it refuses again; a token may come to be accepted where credentials have to be mended first.
 */
const REST: Readonly<Record<Refused, number>> = { credentials: 300_000, token: 60_000 };

/**
 * Remembers for a while that the service refused the credentials or their tokens, in this process and, beside the
 * cache, for those that come after it, so that calls that must fail cost no request.
 */
export class TokenRejections {
  readonly #records: KeyValueStore | undefined;
  readonly #name: string;
  readonly #now: () => number;
  #own: KeptRefusal | undefined;

  /** @param key tells credentials apart without giving them away */
  constructor(records: KeyValueStore | undefined, key: string, now: () => number) {
    this.#records = records;
    this.#name = `refused:${createHash("sha256").update(key).digest("hex")}`;
    this.#now = now;
  }

  /** @throws AuthenticationError or AccessDeniedError, not sent, if this process was refused a moment ago */
  throwOwn(refused: Refused): void {
    const own = this.#own;
    if (own?.refused === refused && this.#lasts(own)) throw errorFrom(own);
  }

  /** @throws AuthenticationError or AccessDeniedError, not sent, if any process was refused a moment ago */
  async throwAny(refused: Refused): Promise<void> {
    this.throwOwn(refused);
    // Records that are away only mean that the service is asked.
    const text = await this.#records?.get(this.#name).catch(() => undefined);
    const kept = KeptRefusal.safeParse(parsedJson(text));
    if (kept.success && kept.data.refused === refused && this.#lasts(kept.data)) throw errorFrom(kept.data);
  }

  /** Takes note of an error, if it says that the same request will be refused again. */
  async note(refused: Refused, error: unknown): Promise<void> {
    if (!(error instanceof ApiError) || !error.sent || ![400, 401, 403].includes(error.status)) return;
    const { status, summary, detail } = error;
    this.#own = { refused, at: this.#now(), status, summary, detail };
    await this.#write(JSON.stringify(this.#own));
  }

  /** Forgets a refusal of this kind: what was refused has been accepted, or replaced. */
  async forget(refused: Refused): Promise<void> {
    if (this.#own?.refused === refused) this.#own = undefined;
    const text = await this.#records?.get(this.#name).catch(() => undefined);
    const kept = KeptRefusal.safeParse(parsedJson(text));
    if (kept.success && kept.data.refused === refused) await this.#write(undefined);
  }

  /** A refusal from the future is of a clock that was wrong. */
  #lasts({ refused, at }: KeptRefusal): boolean {
    const age = this.#now() - at;
    return age >= 0 && age < REST[refused];
  }

  async #write(text: string | undefined): Promise<void> {
    try {
      const known = await this.#records?.get(this.#name);
      await this.#records?.compareAndSet(this.#name, known, text);
    } catch {} // Then the next process asks the service itself.
  }
}

function errorFrom({ refused, at, status, summary, detail }: KeptRefusal): ApiError {
  const [then, again] = [at, at + REST[refused]].map((time) => new Date(time).toISOString());
  const what =
    refused === "credentials" ? "these credentials" : "the token of these credentials, renewed or not,";
  const message = `Authentication was not tried: the service refused ${what} at ${then} (${status} ${summary}: ${detail}). Check them; they are tried again from ${again} on, or at once by getAccessToken().`;
  const path = refused === "credentials" ? "/token/new/" : "/token/refresh/";
  const refusal: ErrorResponse = {
    status,
    method: "POST",
    path,
    summary,
    detail,
    type: null,
    fields: {},
    sent: false,
  };
  return status === 403 ? new AccessDeniedError(message, refusal) : new AuthenticationError(message, refusal);
}
