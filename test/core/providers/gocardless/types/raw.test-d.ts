import { expectTypeOf } from "vitest";
import type { AsSent, SentObject, Transaction } from "../../../../../packages/core/src/index.ts";
import type { AsRead } from "./model-types.ts";

declare const transaction: Transaction;
declare const raw: SentObject;

expectTypeOf<SentObject>().toEqualTypeOf<Readonly<Record<string, unknown>>>();
expectTypeOf<AsRead<AsSent>>().toEqualTypeOf<{ raw: SentObject | undefined }>();
expectTypeOf(transaction.raw?.["icon"]).toEqualTypeOf<unknown>();
// @ts-expect-error raw may be absent
transaction.raw["icon"];
// @ts-expect-error raw is readonly
raw["icon"] = "";
