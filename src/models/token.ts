import { z } from "zod";
import { optionalCount } from "./fields.ts";

/** A token: a header cannot carry blanks, line breaks or anything beyond ASCII, and its refusal would show the token. */
export const TokenText = z.string().regex(/^[\x21-\x7e]+$/, "holds characters that no header can carry");

/** Both tokens, for credentials: `POST /token/new/`. Times to live are in seconds from the answer. */
export const NewToken = z.looseObject({
  access: TokenText,
  access_expires: optionalCount,
  refresh: TokenText,
  refresh_expires: optionalCount,
});
export type NewToken = z.infer<typeof NewToken>;

/** Another access token, for a refresh token: `POST /token/refresh/`. The refresh token stays as it is. */
export const RefreshedToken = z.looseObject({
  access: TokenText,
  access_expires: optionalCount,
});
export type RefreshedToken = z.infer<typeof RefreshedToken>;
