import { z } from "zod";
import { isPlainDecimal, writeOutDecimal } from "../base/decimal.ts";
import { fastPathFor, fastPaths } from "./fast-path.ts";

/** A text. A few banks send codes and ids as bare numbers: those become their digits. */
const text = z
  .union([z.string(), z.number().transform(String)])
  .register(fastPaths, { accepts: (value) => typeof value === "string", anyText: true });

/**
 * A member that an object is understood without: absent, null, or, when it has a shape that nobody expects, as if it
 * were absent. Banks send texts for objects and lists for texts, and the amount beside is as good as ever.
 */
export function optional<S extends z.ZodType>(schema: S) {
  return schema.nullish().catch(undefined);
}

/** A text that may be absent or null, as any field of the service may, whatever its specification says. */
export const optionalText = optional(text);

/** A text without which the object cannot be used. */
export const requiredText = text;

/** A text that is empty if there is none, or none that can be read. */
export const textOrBlank = text
  .transform((given) => (given.trim() === "" ? "" : given))
  .catch("")
  .register(fastPaths, { accepts: (value) => typeof value === "string" && value.trim() !== "" });

/** What an object is known by. A blank one identifies nothing. */
export const identifier = text
  .refine((id) => id.trim() !== "", "must not be blank")
  .register(fastPaths, {
    accepts: (value) => typeof value === "string" && value.trim() !== "",
    anyText: false,
  });

/** A flag that may be absent or null; the words `true` and `false` count as well. */
export const optionalFlag = optional(
  z
    .union([z.boolean(), z.enum(["true", "false"]).transform((word) => word === "true")])
    .register(fastPaths, { accepts: (value) => typeof value === "boolean" }),
);

/** A whole number, or its digits in a text. One that a number cannot hold is none. */
export const wholeNumber = z
  .union([
    z.int(),
    z
      .string()
      .regex(/^\d{1,16}$/, "is not a whole number")
      .transform(Number)
      .refine(Number.isSafeInteger, "is larger than a number can hold"),
  ])
  .register(fastPaths, { accepts: Number.isSafeInteger });

/** A count of days or of items, absent, null, or as digits in a string. */
export const optionalCount = optional(wholeNumber);

/** An exact decimal number, as a string: digits as the bank wrote them, an exponent written out. */
export const decimal = z
  .union([z.string(), z.number().transform(String)])
  .transform((value, context) => {
    const plain = writeOutDecimal(value);
    if (plain !== undefined) return plain;
    context.addIssue({ code: "custom", message: "is not a decimal number" });
    return z.NEVER;
  })
  .register(fastPaths, { accepts: (value) => typeof value === "string" && isPlainDecimal(value) });

/** A rate: an exact decimal where it is one; where a bank writes something else, that text stays, as it says nothing of money moved. */
export const optionalRate = optional(
  z
    .union([z.string(), z.number().transform(String)])
    .transform((value) => writeOutDecimal(value) ?? value)
    .register(fastPaths, { accepts: (value) => typeof value === "string" && isPlainDecimal(value) }),
);

/**
 * A list that some banks send as its one item: `"Main street 1"` is read as `["Main street 1"]`. Items that do not fit
 * are left out, the others stay.
 */
export function listOrOne<S extends z.ZodType>(item: S) {
  const list = z.custom<unknown[]>(Array.isArray).transform((items) =>
    items.flatMap((one) => {
      const read = item.safeParse(one);
      return read.success ? [read.data] : [];
    }),
  );
  const listOrItem = z.union([list, item.transform((one) => [one])]);
  fastPaths.add(listOrItem, { accepts: fastPathFor(z.array(item)) });
  return optional(listOrItem);
}

/** Where a list goes on. An odd one is no end of the list: taken for one, it would make a part the whole. */
export const nextPage = z.string("is neither the address of the next page nor null").nullish();

/** Texts in a list, or one text. */
export const optionalTexts = listOrOne(text);
