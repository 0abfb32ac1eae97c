import { expectTypeOf } from "vitest";
import type { z } from "zod";
import type {
  AccountDetail,
  AccountDetails,
  AdditionalAccountData,
  SentObject,
  StructuredAddress,
} from "../../../../../packages/core/src/index.ts";
import type { AsRead, RequiredMembers, StandardOutput, UndefinedMembers } from "./model-types.ts";

declare const structuredAddress: StructuredAddress;
declare const additionalData: AdditionalAccountData;
declare const detail: AccountDetail;
declare const details: AccountDetails;

expectTypeOf<AsRead<StructuredAddress>>().toEqualTypeOf<{
  streetName: string | null | undefined;
  buildingNumber: string | null | undefined;
  townName: string | null | undefined;
  postCode: string | null | undefined;
  country: string | null | undefined;
}>();
expectTypeOf<RequiredMembers<StructuredAddress>>().toBeNever();
expectTypeOf<UndefinedMembers<StructuredAddress>>().toBeNever();
expectTypeOf<z.output<typeof StructuredAddress>>().toEqualTypeOf<StructuredAddress>();
expectTypeOf<StandardOutput<typeof StructuredAddress>>().toEqualTypeOf<StructuredAddress>();
// @ts-expect-error it is named streetName
structuredAddress.street;

expectTypeOf<AsRead<AdditionalAccountData>>().toEqualTypeOf<{
  secondaryIdentification: string | null | undefined;
}>();
expectTypeOf<RequiredMembers<AdditionalAccountData>>().toBeNever();
expectTypeOf<UndefinedMembers<AdditionalAccountData>>().toBeNever();
expectTypeOf<z.output<typeof AdditionalAccountData>>().toEqualTypeOf<AdditionalAccountData>();
expectTypeOf<StandardOutput<typeof AdditionalAccountData>>().toEqualTypeOf<AdditionalAccountData>();
// @ts-expect-error it is named secondaryIdentification
additionalData.secondaryId;

expectTypeOf<AsRead<AccountDetail>>().toEqualTypeOf<{
  resourceId: string | null | undefined;
  iban: string | null | undefined;
  bban: string | null | undefined;
  scan: string | null | undefined;
  msisdn: string | null | undefined;
  currency: string | null | undefined;
  ownerName: string | null | undefined;
  name: string | null | undefined;
  displayName: string | null | undefined;
  product: string | null | undefined;
  cashAccountType: string | null | undefined;
  status: string | null | undefined;
  bic: string | null | undefined;
  linkedAccounts: string | null | undefined;
  maskedPan: string | null | undefined;
  usage: string | null | undefined;
  details: string | null | undefined;
  ownerAddressUnstructured: string[] | null | undefined;
  ownerAddressStructured: StructuredAddress | null | undefined;
  additionalAccountData: AdditionalAccountData | null | undefined;
  raw: SentObject | undefined;
}>();
expectTypeOf<RequiredMembers<AccountDetail>>().toBeNever();
expectTypeOf<UndefinedMembers<AccountDetail>>().toBeNever();
expectTypeOf<z.output<typeof AccountDetail>>().toEqualTypeOf<AccountDetail>();
expectTypeOf<StandardOutput<typeof AccountDetail>>().toEqualTypeOf<AccountDetail>();
// @ts-expect-error it is named ownerName
detail.ownername;

expectTypeOf<AsRead<AccountDetails>>().toEqualTypeOf<{
  account: AccountDetail;
  raw: SentObject | undefined;
}>();
expectTypeOf<RequiredMembers<AccountDetails>>().toEqualTypeOf<"account">();
expectTypeOf<UndefinedMembers<AccountDetails>>().toBeNever();
expectTypeOf<z.output<typeof AccountDetails>>().toEqualTypeOf<AccountDetails>();
expectTypeOf<StandardOutput<typeof AccountDetails>>().toEqualTypeOf<AccountDetails>();
// @ts-expect-error it is in account
details.iban;
