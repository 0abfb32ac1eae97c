import { z } from "zod";
import { acceptedAsIs, acceptsAsIs } from "./as-is.ts";
import { isPlainDecimal, writeOutDecimal } from "./decimal.ts";

/** A text. A few banks send codes and ids as bare numbers: those become their digits. */
const text = z
  .union([z.string(), z.number().transform(String)])
  .register(acceptedAsIs, { accepts: (value) => typeof value === "string", anyText: true });

/** A text that may be absent or null, as any field of the service may, whatever its specification says. */
export const optionalText = text.nullish();

/** A text without which the object cannot be used. */
export const requiredText = text;

/** A flag that may be absent or null; the words `true` and `false` count as well. */
export const optionalFlag = z
  .union([z.boolean(), z.enum(["true", "false"]).transform((word) => word === "true")])
  .register(acceptedAsIs, { accepts: (value) => typeof value === "boolean" })
  .nullish();

/** A count of days or of items, absent, null, or as digits in a string. */
export const optionalCount = z
  .union([z.int(), z.string().regex(/^\d+$/, "is not a whole number").transform(Number)])
  .register(acceptedAsIs, { accepts: Number.isSafeInteger })
  .nullish();

/** An exact decimal number, as a string: digits as the bank wrote them, an exponent written out. */
export const decimal = z
  .union([z.string(), z.number().transform(String)])
  .transform((value, context) => {
    const plain = writeOutDecimal(value);
    if (plain !== undefined) return plain;
    context.addIssue({ code: "custom", message: "is not a decimal number" });
    return z.NEVER;
  })
  .register(acceptedAsIs, { accepts: (value) => typeof value === "string" && isPlainDecimal(value) });

/** A rate: an exact decimal where it is one; where a bank writes something else, that text stays, as it says nothing of money moved. */
export const optionalRate = z
  .union([z.string(), z.number().transform(String)])
  .transform((value) => writeOutDecimal(value) ?? value)
  .register(acceptedAsIs, { accepts: (value) => typeof value === "string" && isPlainDecimal(value) })
  .nullish();

/** A list that some banks send as its one item: `"Main street 1"` is read as `["Main street 1"]`. */
export function listOrOne<S extends z.ZodType>(item: S) {
  const list = z.array(item);
  const listOrItem = z.union([list, item.transform((one) => [one])]);
  acceptedAsIs.add(listOrItem, { accepts: acceptsAsIs(list) });
  return listOrItem.nullish();
}

/** Texts in a list, or one text. */
export const optionalTexts = listOrOne(text);
