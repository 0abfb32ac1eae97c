import { z } from "zod";
import { openObject } from "../../../schema/as-sent.ts";
import { optional, wholeNumber } from "../../../schema/fields.ts";

/** The longest lifetime of a token that is believed, in seconds: ten years. A longer one counts as missing. */
const LONGEST_LIFE = 10 * 365 * 86_400;

/** The lifetime of a token, in seconds from the response; absent if the response states none that can be believed. */
const lifetime = optional(wholeNumber.refine((seconds) => seconds > 0 && seconds <= LONGEST_LIFE));

/** A token in characters that a header allows: for any others, `Headers` throws an error that shows the token. */
export const TokenText = z.string().regex(/^[\x21-\x7e]+$/, "contains characters that a header cannot carry");

/** Both tokens, in exchange for the credentials: `POST /token/new/`. */
export const NewToken = openObject({
  access: TokenText,
  access_expires: lifetime,
  refresh: TokenText,
  refresh_expires: lifetime,
});
export type NewToken = z.infer<typeof NewToken>;

/** Another access token, in exchange for the refresh token, which stays valid: `POST /token/refresh/`. */
export const RefreshedToken = openObject({
  access: TokenText,
  access_expires: lifetime,
});
export type RefreshedToken = z.infer<typeof RefreshedToken>;
