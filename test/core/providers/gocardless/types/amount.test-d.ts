import { expectTypeOf } from "vitest";
import type { z } from "zod";
import type { Amount, PartialAmount } from "../../../../../packages/core/src/index.ts";
import type { AsRead, RequiredMembers, StandardOutput, UndefinedMembers } from "./model-types.ts";

declare const amount: Amount;
declare const partialAmount: PartialAmount;

expectTypeOf<AsRead<Amount>>().toEqualTypeOf<{
  amount: string;
  currency: string;
}>();
expectTypeOf<RequiredMembers<Amount>>().toEqualTypeOf<"amount" | "currency">();
expectTypeOf<UndefinedMembers<Amount>>().toBeNever();
expectTypeOf<z.output<typeof Amount>>().toEqualTypeOf<Amount>();
expectTypeOf<StandardOutput<typeof Amount>>().toEqualTypeOf<Amount>();
// @ts-expect-error it is named amount
amount.value;

expectTypeOf<AsRead<PartialAmount>>().toEqualTypeOf<{
  amount: string | null | undefined;
  currency: string | null | undefined;
}>();
expectTypeOf<RequiredMembers<PartialAmount>>().toBeNever();
expectTypeOf<UndefinedMembers<PartialAmount>>().toBeNever();
expectTypeOf<z.output<typeof PartialAmount>>().toEqualTypeOf<PartialAmount>();
expectTypeOf<StandardOutput<typeof PartialAmount>>().toEqualTypeOf<PartialAmount>();
// @ts-expect-error it is named currency
partialAmount.curency;
