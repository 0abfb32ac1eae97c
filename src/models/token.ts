import { z } from "zod";
import { optionalCount } from "./fields.ts";

/** Both tokens, for credentials: `POST /token/new/`. Times to live are in seconds from the answer. */
export const NewToken = z.looseObject({
  access: z.string().min(1),
  access_expires: optionalCount,
  refresh: z.string().min(1),
  refresh_expires: optionalCount,
});
export type NewToken = z.infer<typeof NewToken>;

/** Another access token, for a refresh token: `POST /token/refresh/`. The refresh token stays as it is. */
export const RefreshedToken = z.looseObject({
  access: z.string().min(1),
  access_expires: optionalCount,
});
export type RefreshedToken = z.infer<typeof RefreshedToken>;
