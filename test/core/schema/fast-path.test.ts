import { describe, expect, it } from "vitest";
import { z } from "zod";
import { keepingRaw, openObject } from "../../../packages/core/src/schema/as-sent.ts";
import { fastViewFor } from "../../../packages/core/src/schema/fast-path.ts";
import { optionalText, optionalTexts } from "../../../packages/core/src/schema/fields.ts";

const shape = { id: optionalText, names: optionalTexts };

describe("the fast path past a schema", () => {
  it.each<[string, z.ZodType<object>]>([
    ["an object", z.object(shape)],
    ["an object without undefined members", openObject(shape)],
    ["an object that keeps what was sent", keepingRaw(openObject(shape))],
  ])("the fast path reads %s with an unknown member", (_, schema) => {
    for (const sent of [{ id: "a" }, { id: "a", own: 1 }, { own: 1, names: "x" }]) {
      expect(fastViewFor(schema).view(sent)).toStrictEqual(schema.parse(sent));
    }
  });

  it.each<[string, z.ZodType<object>]>([
    ["a refined object", openObject(shape).refine(() => false)],
    ["a refined list", z.array(openObject(shape)).max(0)],
    ["a member that is refined", z.object({ id: optionalText.refine(() => false) })],
    ["an object that keeps unknown members", z.looseObject(shape)],
    ["an object that rejects unknown members", z.strictObject(shape)],
    ["what was sent of a refined object", keepingRaw(openObject(shape).refine(() => false))],
    ["what was sent of an object that keeps unknown members", keepingRaw(openObject(shape).loose())],
  ])("the fast path leaves %s to the schema", (_, schema) => {
    for (const sent of [{ id: "a" }, { id: "a", own: 1 }, [{ id: "a" }]]) {
      expect(fastViewFor(schema).view(sent)).toBeUndefined();
    }
  });
});
