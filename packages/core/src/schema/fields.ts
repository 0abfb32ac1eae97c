import { z } from "zod";
import { isPlainDecimal, writeOutDecimal } from "../base/decimal.ts";
import { fastPaths, listOrOnePath, unchangedIf } from "./fast-path.ts";

/** A string. A few banks send codes and ids as bare numbers, which become their digits. */
const text = z
  .union([z.string(), z.number().transform(String)])
  .register(fastPaths, { read: unchangedIf(isText), anyText: true, numberFree: true });

/**
 * A field that may be absent or null. One of an unexpected shape counts as absent: banks send strings for objects and
 * lists for strings, which must not make the transaction unreadable.
 */
export function optional<S extends z.ZodType>(schema: S) {
  return schema.nullish().catch(undefined);
}

/** A string that may be absent or null, as any field of a service may, regardless of its specification. */
export const optionalText = optional(text);

/** A string without which the object cannot be used. */
export const requiredText = text;

/** A string; empty if it is absent, blank or not readable as one. */
export const textOrBlank = text
  .transform((value) => (value.trim() === "" ? "" : value))
  .catch("")
  .register(fastPaths, { read: unchangedIf(isTextNotBlank), anyText: false, numberFree: true });

/** The id of an object. A blank one identifies nothing. */
export const identifier = text
  .refine((id) => id.trim() !== "", "must not be blank")
  .register(fastPaths, { read: unchangedIf(isTextNotBlank), anyText: false, numberFree: true });

/** A flag that may be absent or null; the words `true` and `false` count as well. */
export const optionalFlag = optional(
  z
    .union([z.boolean(), z.enum(["true", "false"]).transform((word) => word === "true")])
    .register(fastPaths, { read: unchangedIf((value) => typeof value === "boolean"), numberFree: true }),
);

/** A whole number, or its digits in a string. Rejects one that a JavaScript number cannot hold exactly. */
export const wholeNumber = z
  .union([
    z.int(),
    z
      .string()
      .regex(/^\d{1,16}$/, "is not a whole number")
      .transform(Number)
      .refine(Number.isSafeInteger, "is larger than a number can hold"),
  ])
  .register(fastPaths, { read: unchangedIf(Number.isSafeInteger), numberFree: false });

/** A number of days or of items; may be absent, null, or digits in a string. */
export const optionalCount = optional(wholeNumber);

/** An exact decimal number as a string: the bank's own digits, with any exponent written out. */
export const decimal = z
  .union([z.string(), z.number().transform(String)])
  .transform((value, context) => {
    const plain = writeOutDecimal(value);
    if (plain !== undefined) return plain;
    context.addIssue({ code: "custom", message: "is not a decimal number" });
    return z.NEVER;
  })
  .register(fastPaths, { read: unchangedIf(isPlainDecimalText), numberFree: true });

/** A rate: an exact decimal, or else the bank's own text, which is kept because a rate moves no money. */
export const optionalRate = optional(
  z
    .union([z.string(), z.number().transform(String)])
    .transform((value) => writeOutDecimal(value) ?? value)
    .register(fastPaths, { read: unchangedIf(isPlainDecimalText), numberFree: true }),
);

/**
 * A list that some banks send as a single item: `"Main street 1"` is read as `["Main street 1"]`. Items that do not match
 * the schema are left out; the others are kept.
 */
export function listOrOne<S extends z.ZodType>(item: S) {
  const list = z.custom<unknown[]>(Array.isArray).transform((items) =>
    items.flatMap((one) => {
      const result = item.safeParse(one);
      return result.success ? [result.data] : [];
    }),
  );
  const listOrItem = z.union([list, item.transform((one) => [one])]);
  fastPaths.add(listOrItem, listOrOnePath(item));
  return optional(listOrItem);
}

/** The address of a list's next page. An unreadable one is an error: the list must not look complete. */
export const nextPage = z.string("is neither the address of the next page nor null").nullish();

/** A list of strings, or one string. */
export const optionalTexts = listOrOne(text);

function isText(value: unknown): boolean {
  return typeof value === "string";
}

function isTextNotBlank(value: unknown): boolean {
  return typeof value === "string" && value.trim() !== "";
}

function isPlainDecimalText(value: unknown): boolean {
  return typeof value === "string" && isPlainDecimal(value);
}
