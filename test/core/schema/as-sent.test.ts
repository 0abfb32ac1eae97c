import { describe, expect, expectTypeOf, it } from "vitest";
import { z } from "zod";
import { Account } from "../../../packages/core/src/providers/gocardless/models/account.ts";
import { AccountDetails } from "../../../packages/core/src/providers/gocardless/models/account-details.ts";
import { Amount } from "../../../packages/core/src/providers/gocardless/models/amount.ts";
import { Institution } from "../../../packages/core/src/providers/gocardless/models/institution.ts";
import type { ModelSchema } from "../../../packages/core/src/schema/as-sent.ts";
import { listReader } from "../../../packages/core/src/schema/list.ts";

const sent = { id: "a", name: 5, more: 1 };
const read = { id: "a", name: "5", raw: sent };

const same = <T>(value: T): T => value;

describe("a schema that zod derives from a model", () => {
  it.each<[string, ModelSchema<Account>]>([
    ["refine", Account.refine(() => true)],
    ["superRefine", Account.superRefine(() => undefined)],
    ["check", Account.check(() => undefined)],
    ["overwrite", Account.overwrite(same)],
    ["describe", Account.describe("an account")],
    ["meta", Account.meta({ title: "account" })],
    ["clone", Account.clone()],
    ["brand", Account.brand<"account">()],
    ["compile", z.compile(Account)],
    ["refine and describe", Account.refine(() => true).describe("an account")],
  ])("a model keeps raw and shape after %s", async (_, derived) => {
    expect(derived.parse(sent)).toStrictEqual(read);
    expect(derived.parse({ id: "a" })).toStrictEqual({ id: "a" });
    expect(await derived.parseAsync(sent)).toStrictEqual(read);
    expect(await derived["~standard"].validate(sent)).toStrictEqual({ value: read });
    expect(derived.shape).toBe(Account.shape);
    expect(derived.safeParse({}).error?.issues).toStrictEqual(Account.safeParse({}).error?.issues);
  });

  it.each<[string, z.ZodType]>([
    ["optional", Account.optional()],
    ["nullable", Account.nullable()],
    ["catch", Account.catch({ id: "none" })],
    ["transform", Account.transform(same)],
    ["pipe", z.unknown().pipe(Account)],
    ["or", z.string().or(Account)],
    ["readonly", Account.readonly()],
  ])("a model keeps raw after %s", (_, derived) => {
    expect(derived.parse(sent)).toStrictEqual(read);
  });

  it("a check that is added to a model sees an object with raw", () => {
    const strict = Account.refine(({ raw }) => raw === undefined, "has unknown members");
    expect(strict.safeParse({ id: "a" }).success).toBe(true);
    expect(strict.safeParse(sent).error?.issues).toStrictEqual([
      { code: "custom", path: [], message: "has unknown members" },
    ]);
    expect(Account.overwrite(({ id, ...rest }) => ({ ...rest, id: `${id}!` })).parse(sent)).toStrictEqual({
      ...read,
      id: "a!",
    });
  });

  it("a check that is added to a model does not run on an object that cannot be read", () => {
    const derived = Account.refine(() => {
      throw new Error("must not run");
    });
    expect(derived.safeParse({}).error?.issues.map(({ path }) => path)).toStrictEqual([["id"]]);
  });

  it("a refined model rejects in a list what it rejects outside a list", () => {
    const items = [{ id: "a" }, { id: "b" }, { id: "b", more: 1 }];
    for (const derived of [Account, Account.describe("an account")]) {
      const refined = derived.refine(({ id }) => id === "a", "is another account");
      const { readable, unreadable } = listReader(refined)("results", items);
      expect(readable).toStrictEqual([{ id: "a" }]);
      expect(unreadable.map(({ index, reason }) => [index, reason])).toStrictEqual([
        [1, "root: is another account"],
        [2, "root: is another account"],
      ]);
    }
    const amounts = [{ amount: "-1", currency: "EUR" }];
    const positive = Amount.refine(({ amount }) => !amount.startsWith("-"));
    expect(listReader(positive)("balances", amounts).readable).toStrictEqual([]);
  });

  it("a schema that is derived from a model has the model's types", () => {
    expectTypeOf(Account.refine(() => true).parse(sent)).toEqualTypeOf<Account>();
    expectTypeOf(Account.describe("an account").shape).toEqualTypeOf<ModelSchema<Account>["shape"]>();
  });
});

describe("a model", () => {
  it("a model reports the issues of its members with their paths and zod's messages", () => {
    const issues = (value: unknown) =>
      AccountDetails.safeParse(value).error?.issues.map(({ code, path, message }) => [code, path, message]);
    const text = "Invalid input: expected object, received";
    expect(issues(5)).toStrictEqual([["invalid_type", [], `${text} number`]]);
    expect(issues({})).toStrictEqual([["invalid_type", ["account"], `${text} undefined`]]);
    expect(issues({ account: null })).toStrictEqual([["invalid_type", ["account"], `${text} null`]]);
  });

  it("a model is required as a member or an item, as an object schema is", () => {
    expect(z.object({ account: Account }).safeParse({}).success).toBe(false);
    expect(z.tuple([Account]).safeParse([]).success).toBe(false);
  });

  it("a model takes the messages of its issues from the error map of the call", () => {
    const error = ({ path }: { path?: PropertyKey[] | undefined }) => `wrong at ${path?.join(".")}`;
    expect(Account.safeParse({}, { error }).error?.issues[0]?.message).toBe("wrong at id");
  });

  it("a model describes its members in JSON Schema", () => {
    expect(z.toJSONSchema(Account, { io: "input" })).toMatchObject({
      type: "object",
      properties: { id: { type: ["string", "number"] } },
      required: ["id"],
    });
  });

  it("a model compares what was sent with the result of all its conversions", () => {
    expect(Institution.parse({ id: "B", name: "" })).toStrictEqual({
      id: "B",
      name: "B",
      raw: { id: "B", name: "" },
    });
  });
});
