import { expectTypeOf } from "vitest";
import type { z } from "zod";
import type {
  AccountBalances,
  Amount,
  Balance,
  SentObject,
  Unreadable,
} from "../../../../../packages/core/src/index.ts";
import type { AsRead, RequiredMembers, StandardOutput, UndefinedMembers } from "./model-types.ts";

declare const balance: Balance;
declare const balances: AccountBalances;

expectTypeOf<AsRead<Balance>>().toEqualTypeOf<{
  balanceAmount: Amount;
  balanceType: string | null | undefined;
  creditLimitIncluded: boolean | null | undefined;
  lastChangeDateTime: string | null | undefined;
  referenceDate: string | null | undefined;
  lastCommittedTransaction: string | null | undefined;
  raw: SentObject | undefined;
}>();
expectTypeOf<RequiredMembers<Balance>>().toEqualTypeOf<"balanceAmount">();
expectTypeOf<UndefinedMembers<Balance>>().toBeNever();
expectTypeOf<z.output<typeof Balance>>().toEqualTypeOf<Balance>();
expectTypeOf<StandardOutput<typeof Balance>>().toEqualTypeOf<Balance>();
// @ts-expect-error it is named balanceAmount
balance.ammount;

expectTypeOf<AsRead<AccountBalances>>().toEqualTypeOf<{
  balances: Balance[];
  unreadable: Unreadable[];
  raw: SentObject | undefined;
}>();
expectTypeOf<RequiredMembers<AccountBalances>>().toEqualTypeOf<"balances" | "unreadable">();
expectTypeOf<UndefinedMembers<AccountBalances>>().toBeNever();
expectTypeOf<z.output<typeof AccountBalances>>().toEqualTypeOf<AccountBalances>();
expectTypeOf<StandardOutput<typeof AccountBalances>>().toEqualTypeOf<AccountBalances>();
// @ts-expect-error it is named balances
balances.balance;
