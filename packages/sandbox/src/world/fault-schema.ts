import { METHODS, validateHeaderName, validateHeaderValue } from "node:http";
import { z } from "zod";
import { jsonValue, type SchemasOf } from "./checked.ts";
import { spanSchema } from "./clock.ts";
import type { BaseFault } from "./faults.ts";

/** In milliseconds. Timers of Node.js end at once if they are much longer. */
const LONGEST_DELAY = 86_400_000;

/**
 * Node.js rejects the first with any response that is not chunked, and the second tells hono's server to send nothing at
 * all.
 */
const UNSENDABLE: readonly string[] = ["trailer", "x-hono-already-sent"];

const headerValue = z.string().refine(isHeaderValue, "is not a valid value of a header");

/** The fields of a fault that every service has. */
export const baseFaultSchemas = {
  method: z.string().refine(isMethod, "is not the name of an HTTP method").optional(),
  path: z.union([z.string().max(10_000), z.instanceof(RegExp)]).optional(),
  times: z.int().min(1).max(1_000_000_000).optional(),
  probability: z.number().gt(0).max(1).optional(),
  seed: z.int().optional(),
  after: spanSchema.optional(),
  lasting: spanSchema.optional(),
  status: z.int().min(200).max(599).optional(),
  body: jsonValue.optional(),
  redirect: headerValue.optional(),
  headers: z
    .record(
      z
        .string()
        .refine(isHeaderName, "is not a valid name of a header")
        .refine((name) => !UNSENDABLE.includes(name.toLowerCase()), "is not a header that a fault can set"),
      headerValue,
    )
    .optional(),
  contentType: headerValue.optional(),
  delayMs: z.number().min(0).max(LONGEST_DELAY).optional(),
  bytesPerSecond: z.number().min(1).max(1_000_000_000).optional(),
  drop: z.enum(["connection", "body"]).optional(),
} satisfies SchemasOf<BaseFault>;

function isMethod(name: string): boolean {
  return METHODS.includes(name.toUpperCase());
}

function isHeaderValue(value: string): boolean {
  try {
    validateHeaderValue("x", value);
    return true;
  } catch {
    return false;
  }
}

function isHeaderName(name: string): boolean {
  try {
    validateHeaderName(name);
    return true;
  } catch {
    return false;
  }
}
