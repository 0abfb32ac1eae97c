import { z } from "zod";
import { openObject } from "../../../schema/as-sent.ts";
import { decimal, optional, optionalRate, optionalText, requiredText } from "../../../schema/fields.ts";

/** A sum of money: an exact decimal string and the currency's ISO 4217 code. */
export const Amount = z.looseObject({
  amount: decimal,
  currency: requiredText,
});
export type Amount = z.infer<typeof Amount>;

/**
 * An amount beside the one that was transferred, such as the foreign amount or the balance afterwards. However odd it
 * is, it must not make its transaction unreadable.
 */
export const AmountBeside = optional(openObject({ amount: optionalRate, currency: optionalText }));
