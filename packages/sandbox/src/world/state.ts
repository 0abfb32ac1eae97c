import { z } from "zod";
import {
  type GivenResponse,
  institutions,
  type SandboxAccount,
  type SandboxInstitution,
} from "../banks/index.ts";
import { hashOf } from "../banks/random.ts";
import type { SandboxClock } from "./clock.ts";

/** An end-user agreement, as the service would answer it. */
export interface AgreementRecord {
  id: string;
  created: string;
  institution_id: string;
  max_historical_days: number;
  access_valid_for_days: number;
  access_scope: string[];
  accepted: string | null;
  reconfirmation: boolean;
}

/** A requisition, as the service would answer it. */
export interface RequisitionRecord {
  id: string;
  created: string;
  redirect: string | null;
  status: string;
  institution_id: string;
  agreement: string;
  reference: string;
  accounts: string[];
  user_language: string;
  link: string;
  ssn: string;
  account_selection: boolean;
  redirect_immediate: boolean;
}

/** An account that a requisition has opened, and what a tester has said of it. */
export interface AccountRecord {
  id: string;
  created: string;
  last_accessed: string | null;
  status: string;
  institution_id: string;
  bank: SandboxAccount;
  /** Failures in a row that count towards suspension. */
  failures: number;
  /** Milliseconds since 1970: until then the service prepares it, and refuses to be asked. */
  readyAt: number;
  /** Requisitions that opened it, oldest first; some may be deleted. */
  requisitions: string[];
  /** How its transactions were given so far. */
  answers: GivenResponse[];
  /** A tester's own payloads. */
  transactions: { booked: unknown[]; pending: unknown[] } | undefined;
}

/** A reconfirmation of an agreement. */
export interface ReconfirmationRecord {
  reconfirmation_url: string;
  created: string;
  url_valid_from: string;
  url_valid_to: string;
  redirect: string | null;
  last_accessed: string | null;
  last_submitted: string | null;
  accounts: Record<string, { reconfirmed: string; rejected: string }>;
}

/** A consent that takes its time: what becomes of the requisition, and when. */
export interface LinkUnderWay {
  /** Milliseconds since 1970. */
  from: number;
  until: number;
  /** Indexes of the accounts that were picked. */
  picked: number[];
}

/** A token that was given out. */
export const Token = z.object({ kind: z.enum(["access", "refresh"]), expiresAt: z.number() });
export type Token = z.infer<typeof Token>;

/** In seconds, as the service gives them. */
export const ACCESS_EXPIRES = 86_400;
export const REFRESH_EXPIRES = 2_592_000;

/** Everything that the sandbox remembers. */
export class SandboxState {
  readonly clock: SandboxClock;
  readonly seed: number;
  readonly institutions: ReadonlyMap<string, SandboxInstitution>;
  readonly agreements = new Map<string, AgreementRecord>();
  readonly requisitions = new Map<string, RequisitionRecord>();
  readonly accounts = new Map<string, AccountRecord>();
  readonly reconfirmations = new Map<string, ReconfirmationRecord>();
  /** By requisition. */
  readonly linking = new Map<string, LinkUnderWay>();
  /** The newest account that each bank account was opened as. */
  readonly accountIds = new Map<string, string>();
  /** How many accounts a person has at each bank; undefined for the usual two. */
  readonly accountsPerBank: number | undefined;
  readonly transactionsPerDay: number | undefined;
  readonly #tokens = new Map<string, Token>();
  #made = 0;

  constructor(
    clock: SandboxClock,
    seed: number,
    size: { accountsPerBank?: number | undefined; transactionsPerDay?: number | undefined } = {},
  ) {
    this.clock = clock;
    this.seed = seed;
    this.accountsPerBank = size.accountsPerBank;
    this.transactionsPerDay = size.transactionsPerDay;
    this.institutions = new Map(institutions.map((institution) => [institution.id, institution]));
  }

  /** An id that nothing else has; the same in every run with the same seed and the same order of requests. */
  newId(): string {
    this.#made += 1;
    const hex = [1, 2, 3, 4]
      .map((part) => hashOf(this.seed, "id", this.#made, part).toString(16).padStart(8, "0"))
      .join("");
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
  }

  /** A token that looks like the service's, and the time from which it is refused. */
  newToken(kind: Token["kind"]): string {
    const expiresAt = this.clock.now() + (kind === "access" ? ACCESS_EXPIRES : REFRESH_EXPIRES) * 1000;
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const claims = {
      token_type: kind,
      exp: Math.floor(expiresAt / 1000),
      jti: this.newId().replaceAll("-", ""),
    };
    const signature = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("base64url");
    const token = `${part({ typ: "JWT", alg: "HS256" })}.${part(claims)}.${signature}`;
    this.#tokens.set(token, { kind, expiresAt });
    return token;
  }

  /** What only the state itself can take down. */
  kept(): { made: number; tokens: [string, Token][] } {
    const now = this.clock.now();
    return { made: this.#made, tokens: [...this.#tokens].filter(([, { expiresAt }]) => expiresAt > now) };
  }

  /** Puts back what was taken down. */
  restore({ made, tokens }: { made: number; tokens: readonly [string, Token][] }): void {
    this.#made = made;
    for (const [text, token] of tokens) this.#tokens.set(text, token);
  }

  /** Whether a token of this kind was given out and has not ended. */
  isTokenValid(token: string, kind: Token["kind"]): boolean {
    const known = this.#tokens.get(token);
    return known?.kind === kind && known.expiresAt > this.clock.now();
  }
}
