import { type ModelSchema, part } from "../../../schema/as-sent.ts";
import { decimal, optional, optionalRate, optionalText, requiredText } from "../../../schema/fields.ts";

/** A sum of money. */
export interface Amount {
  /** An exact decimal with a dot, `"-24.0"` as the bank wrote it; never a JavaScript number. */
  amount: string;
  /** The currency's ISO 4217 code: `EUR`. */
  currency: string;
}
/** Rejects an amount that is not a decimal number, and one without a currency. A JSON number becomes its digits. */
export const Amount: ModelSchema<Amount> = part<Amount>({
  amount: decimal,
  currency: requiredText,
});

/**
 * An amount in addition to the one that was transferred, such as the foreign amount or the balance afterwards. However odd
 * it is, it does not make its transaction unreadable.
 */
export interface PartialAmount {
  /** An exact decimal with a dot; if it is not one, the bank's own text. */
  amount?: string | null;
  /** The currency's ISO 4217 code. */
  currency?: string | null;
}
/** Requires nothing, so that an odd additional amount does not make the transaction unreadable. */
export const PartialAmount: ModelSchema<PartialAmount> = part<PartialAmount>({
  amount: optionalRate,
  currency: optionalText,
});

/** The same as a member that may be absent. */
export const optionalAmount = optional(PartialAmount);
