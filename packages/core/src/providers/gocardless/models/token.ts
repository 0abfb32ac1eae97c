import { z } from "zod";
import { type ModelSchema, part } from "../../../schema/as-sent.ts";
import { optional, wholeNumber } from "../../../schema/fields.ts";

/** The longest lifetime of a token that is believed, in seconds: ten years. A longer one counts as missing. */
const LONGEST_LIFE = 10 * 365 * 86_400;

/** The lifetime of a token, in seconds from the response; absent if the response states none that can be believed. */
const lifetime = optional(wholeNumber.refine((seconds) => seconds > 0 && seconds <= LONGEST_LIFE));

/** A token in characters that a header allows: for any others, `Headers` throws an error that shows the token. */
export const TokenText = z.string().regex(/^[\x21-\x7e]+$/, "contains characters that a header cannot carry");

/** Another access token, in exchange for the refresh token, which stays valid: `POST /token/refresh/`. */
export interface RefreshedToken {
  /** The access token, which is secret. */
  access: string;
  /** How long it is valid, in seconds from the response: a day. */
  access_expires?: number | null;
}
/** Rejects a token that no header can carry. A lifetime that is not above 0 and at most ten years is left out. */
export const RefreshedToken: ModelSchema<RefreshedToken> = part<RefreshedToken>({
  access: TokenText,
  access_expires: lifetime,
});

/** Both tokens, in exchange for the credentials: `POST /token/new/`. */
export interface NewToken extends RefreshedToken {
  /** The refresh token, which is secret. */
  refresh: string;
  /** How long it is valid, in seconds from the response: 30 days. */
  refresh_expires?: number | null;
}
/** Rejects a token that no header can carry. A lifetime that is not above 0 and at most ten years is left out. */
export const NewToken: ModelSchema<NewToken> = part<NewToken>({
  access: TokenText,
  access_expires: lifetime,
  refresh: TokenText,
  refresh_expires: lifetime,
});
