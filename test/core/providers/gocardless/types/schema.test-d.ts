import { expectTypeOf } from "vitest";
import { z } from "zod";
import {
  Account,
  type CallOptions,
  type Envelope,
  type GoCardlessClient,
  type StandardIssue,
  type StandardResult,
  type StandardSchemaV1,
  type TypedCallOptions,
} from "../../../../../packages/core/src/index.ts";
import type { AsRead, RequiredMembers, StandardOutput } from "./model-types.ts";

interface Consent {
  id: string;
  days: number;
}

declare const client: GoCardlessClient;
declare const signal: AbortSignal;
const Zod = z.object({ id: z.string(), days: z.string().transform(Number) });

/** A synchronous schema written by hand. */
const Sync = {
  "~standard": {
    version: 1,
    vendor: "test",
    validate(value: unknown): StandardResult<Consent> {
      return value === null
        ? { issues: [{ message: "is null", path: ["consent", { key: 0 }] }] }
        : { value: { id: String(value), days: 90 } };
    },
  },
} as const;

/** An asynchronous schema written by hand, which also declares its types. */
const Async: StandardSchemaV1<string, Consent> = {
  "~standard": {
    version: 1,
    vendor: "test",
    validate: async (value) => ({ value: { id: String(value), days: 90 } }),
    types: { input: "", output: { id: "", days: 90 } },
  },
};

// Without a schema, the result is unknown.
expectTypeOf(client.get("/x/")).resolves.toEqualTypeOf<unknown>();
expectTypeOf(client.get("/x/", {}, { signal })).resolves.toEqualTypeOf<unknown>();
expectTypeOf(client.post("/x/", {})).resolves.toEqualTypeOf<unknown>();
expectTypeOf(client.post("/x/", {}, { signal })).resolves.toEqualTypeOf<unknown>();
expectTypeOf(client.put("/x/", {})).resolves.toEqualTypeOf<unknown>();
expectTypeOf(client.put("/x/", {}, { signal })).resolves.toEqualTypeOf<unknown>();
expectTypeOf(client.delete("/x/")).resolves.toEqualTypeOf<unknown>();
expectTypeOf(client.delete("/x/", { signal })).resolves.toEqualTypeOf<unknown>();
expectTypeOf(client.withMeta.get("/x/")).resolves.toEqualTypeOf<Envelope<unknown>>();
expectTypeOf(client.withMeta.post("/x/", {}, { signal })).resolves.toEqualTypeOf<Envelope<unknown>>();
expectTypeOf(client.withMeta.put("/x/", {}, { signal })).resolves.toEqualTypeOf<Envelope<unknown>>();
expectTypeOf(client.withMeta.delete("/x/", { signal })).resolves.toEqualTypeOf<Envelope<unknown>>();

// With a schema of zod, the result has the type of its output.
expectTypeOf(client.get("/x/", {}, { schema: Zod })).resolves.toEqualTypeOf<Consent>();
expectTypeOf(client.post("/x/", {}, { schema: Zod })).resolves.toEqualTypeOf<Consent>();
expectTypeOf(client.put("/x/", {}, { schema: Zod })).resolves.toEqualTypeOf<Consent>();
expectTypeOf(client.delete("/x/", { schema: Zod })).resolves.toEqualTypeOf<Consent>();
expectTypeOf(client.withMeta.get("/x/", {}, { schema: Zod })).resolves.toEqualTypeOf<Envelope<Consent>>();
expectTypeOf(client.withMeta.post("/x/", {}, { schema: Zod })).resolves.toEqualTypeOf<Envelope<Consent>>();
expectTypeOf(client.withMeta.put("/x/", {}, { schema: Zod })).resolves.toEqualTypeOf<Envelope<Consent>>();
expectTypeOf(client.withMeta.delete("/x/", { schema: Zod })).resolves.toEqualTypeOf<Envelope<Consent>>();

// With a synchronous schema, the result has the type of its output.
expectTypeOf(client.get("/x/", {}, { schema: Sync })).resolves.toEqualTypeOf<Consent>();
expectTypeOf(client.post("/x/", {}, { schema: Sync })).resolves.toEqualTypeOf<Consent>();
expectTypeOf(client.put("/x/", {}, { schema: Sync })).resolves.toEqualTypeOf<Consent>();
expectTypeOf(client.delete("/x/", { schema: Sync })).resolves.toEqualTypeOf<Consent>();
expectTypeOf(client.withMeta.get("/x/", {}, { schema: Sync })).resolves.toEqualTypeOf<Envelope<Consent>>();
expectTypeOf(client.withMeta.post("/x/", {}, { schema: Sync })).resolves.toEqualTypeOf<Envelope<Consent>>();
expectTypeOf(client.withMeta.put("/x/", {}, { schema: Sync })).resolves.toEqualTypeOf<Envelope<Consent>>();
expectTypeOf(client.withMeta.delete("/x/", { schema: Sync })).resolves.toEqualTypeOf<Envelope<Consent>>();

// With an asynchronous schema, the result has the type of its output, regardless of the input that the schema declares.
expectTypeOf(client.get("/x/", {}, { schema: Async })).resolves.toEqualTypeOf<Consent>();
expectTypeOf(client.post("/x/", {}, { schema: Async })).resolves.toEqualTypeOf<Consent>();
expectTypeOf(client.put("/x/", {}, { schema: Async })).resolves.toEqualTypeOf<Consent>();
expectTypeOf(client.delete("/x/", { schema: Async })).resolves.toEqualTypeOf<Consent>();
expectTypeOf(client.withMeta.get("/x/", {}, { schema: Async })).resolves.toEqualTypeOf<Envelope<Consent>>();
expectTypeOf(client.withMeta.post("/x/", {}, { schema: Async })).resolves.toEqualTypeOf<Envelope<Consent>>();
expectTypeOf(client.withMeta.put("/x/", {}, { schema: Async })).resolves.toEqualTypeOf<Envelope<Consent>>();
expectTypeOf(client.withMeta.delete("/x/", { schema: Async })).resolves.toEqualTypeOf<Envelope<Consent>>();

// With the schema of a model, the result is the model.
expectTypeOf(client.get("/x/", {}, { schema: Account, signal })).resolves.toEqualTypeOf<Account>();

// @ts-expect-error a JSON Schema is not a schema
client.get("/x/", {}, { schema: { type: "object" } });
// @ts-expect-error a function is not a schema
client.get("/x/", {}, { schema: (value: unknown) => value });
// @ts-expect-error the second argument is the query
client.get<Consent>("/x/", { schema: Zod });
// @ts-expect-error options of a call are closed
client.get("/x/", {}, { refesh: true });
// @ts-expect-error options of a call are closed, even with a schema
client.post("/x/", {}, { schema: Zod, refesh: true });
// @ts-expect-error a deletion has no body
client.delete("/x/", {}, { schema: Zod });

expectTypeOf<RequiredMembers<TypedCallOptions<Consent>>>().toEqualTypeOf<"schema">();
expectTypeOf<AsRead<TypedCallOptions<Consent>>>().toEqualTypeOf<
  AsRead<CallOptions & { schema: StandardSchemaV1<unknown, Consent> }>
>();
expectTypeOf<StandardOutput<typeof Async>>().toEqualTypeOf<Consent>();
expectTypeOf<StandardResult<Consent>>().toEqualTypeOf<
  { readonly value: Consent; readonly issues?: undefined } | { readonly issues: readonly StandardIssue[] }
>();
