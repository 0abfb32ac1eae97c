import { expectTypeOf } from "vitest";
import type { z } from "zod";
import type { Account, AccountReference, SentObject } from "../../../../../packages/core/src/index.ts";
import type { AsRead, RequiredMembers, StandardOutput, UndefinedMembers } from "./model-types.ts";

declare const account: Account;
declare const reference: AccountReference;

expectTypeOf<AsRead<Account>>().toEqualTypeOf<{
  id: string;
  created: string | null | undefined;
  last_accessed: string | null | undefined;
  iban: string | null | undefined;
  bban: string | null | undefined;
  status: string | null | undefined;
  institution_id: string | null | undefined;
  owner_name: string | null | undefined;
  name: string | null | undefined;
  raw: SentObject | undefined;
}>();
expectTypeOf<RequiredMembers<Account>>().toEqualTypeOf<"id">();
expectTypeOf<UndefinedMembers<Account>>().toBeNever();
expectTypeOf<z.output<typeof Account>>().toEqualTypeOf<Account>();
expectTypeOf<StandardOutput<typeof Account>>().toEqualTypeOf<Account>();
// @ts-expect-error it is named institution_id
account.institutionId;

expectTypeOf<AsRead<AccountReference>>().toEqualTypeOf<{
  iban: string | null | undefined;
  bban: string | null | undefined;
  pan: string | null | undefined;
  maskedPan: string | null | undefined;
  msisdn: string | null | undefined;
  currency: string | null | undefined;
}>();
expectTypeOf<RequiredMembers<AccountReference>>().toBeNever();
expectTypeOf<UndefinedMembers<AccountReference>>().toBeNever();
expectTypeOf<z.output<typeof AccountReference>>().toEqualTypeOf<AccountReference>();
expectTypeOf<StandardOutput<typeof AccountReference>>().toEqualTypeOf<AccountReference>();
// @ts-expect-error it is named maskedPan
reference.maskedPAN;
