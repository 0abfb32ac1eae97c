import { z } from "zod";
import { openObject } from "../../../schema/as-sent.ts";
import { optional, wholeNumber } from "../../../schema/fields.ts";

/** The longest life of a token that is believed, in seconds: ten years. Past it, the answer says nothing of it. */
const LONGEST_LIFE = 10 * 365 * 86_400;

/** For how long a token lives, in seconds from the answer; absent if the answer says nothing that can be believed. */
const lifetime = optional(wholeNumber.refine((seconds) => seconds > 0 && seconds <= LONGEST_LIFE));

/** A token: a header cannot carry blanks, line breaks or anything beyond ASCII, and its refusal would show the token. */
export const TokenText = z.string().regex(/^[\x21-\x7e]+$/, "holds characters that no header can carry");

/** Both tokens, for credentials: `POST /token/new/`. Times to live are in seconds from the answer. */
export const NewToken = openObject({
  access: TokenText,
  access_expires: lifetime,
  refresh: TokenText,
  refresh_expires: lifetime,
});
export type NewToken = z.infer<typeof NewToken>;

/** Another access token, for a refresh token: `POST /token/refresh/`. The refresh token stays as it is. */
export const RefreshedToken = openObject({
  access: TokenText,
  access_expires: lifetime,
});
export type RefreshedToken = z.infer<typeof RefreshedToken>;
