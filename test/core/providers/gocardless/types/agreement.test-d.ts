import { expectTypeOf } from "vitest";
import type { z } from "zod";
import type {
  AcceptAgreementRequest,
  AccessScope,
  accessEnd,
  CreateAgreementRequest,
  EndUserAgreement,
  EndUserAgreementPage,
  Page,
  Reconfirmation,
  ReconfirmedAccount,
  SentObject,
} from "../../../../../packages/core/src/index.ts";
import type { AsRead, RequiredMembers, StandardOutput, UndefinedMembers } from "./model-types.ts";

declare const agreement: EndUserAgreement;
declare const decision: ReconfirmedAccount;
declare const reconfirmation: Reconfirmation;

expectTypeOf<AsRead<EndUserAgreement>>().toEqualTypeOf<{
  id: string;
  created: string | null | undefined;
  institution_id: string | null | undefined;
  max_historical_days: number | null | undefined;
  access_valid_for_days: number | null | undefined;
  access_scope: string[] | null | undefined;
  accepted: string | null | undefined;
  reconfirmation: boolean | null | undefined;
  raw: SentObject | undefined;
}>();
expectTypeOf<RequiredMembers<EndUserAgreement>>().toEqualTypeOf<"id">();
expectTypeOf<UndefinedMembers<EndUserAgreement>>().toBeNever();
expectTypeOf<z.output<typeof EndUserAgreement>>().toEqualTypeOf<EndUserAgreement>();
expectTypeOf<StandardOutput<typeof EndUserAgreement>>().toEqualTypeOf<EndUserAgreement>();
// @ts-expect-error it is named max_historical_days
agreement.max_historic_days;

expectTypeOf<AsRead<CreateAgreementRequest>>().toEqualTypeOf<{
  institution_id: string;
  max_historical_days: number | undefined;
  access_valid_for_days: number | undefined;
  access_scope: readonly AccessScope[] | undefined;
  reconfirmation: boolean | undefined;
  extra: SentObject | undefined;
}>();
expectTypeOf<RequiredMembers<CreateAgreementRequest>>().toEqualTypeOf<"institution_id">();
expectTypeOf<z.input<typeof CreateAgreementRequest>>().toEqualTypeOf<CreateAgreementRequest>();
expectTypeOf<z.output<typeof CreateAgreementRequest>>().toEqualTypeOf<SentObject>();
({ institution_id: "N26_NTSBDEB1" }) satisfies CreateAgreementRequest;
({ institution_id: "N26_NTSBDEB1", extra: { some_day: [1] } }) satisfies CreateAgreementRequest;
// @ts-expect-error institution_id is required
({ max_historical_days: 90 }) satisfies CreateAgreementRequest;
// @ts-expect-error it is named max_historical_days
({ institution_id: "N26_NTSBDEB1", max_historic_days: 90 }) satisfies CreateAgreementRequest;

expectTypeOf<AsRead<AcceptAgreementRequest>>().toEqualTypeOf<{
  user_agent: string;
  ip_address: string;
  extra: SentObject | undefined;
}>();
expectTypeOf<RequiredMembers<AcceptAgreementRequest>>().toEqualTypeOf<"user_agent" | "ip_address">();
expectTypeOf<z.input<typeof AcceptAgreementRequest>>().toEqualTypeOf<AcceptAgreementRequest>();
expectTypeOf<z.output<typeof AcceptAgreementRequest>>().toEqualTypeOf<SentObject>();
({ user_agent: "Mozilla/5.0", ip_address: "192.0.2.1" }) satisfies AcceptAgreementRequest;
({
  user_agent: "Mozilla/5.0",
  ip_address: "192.0.2.1",
  extra: { some_day: [1] },
}) satisfies AcceptAgreementRequest;
// @ts-expect-error ip_address is required
({ user_agent: "Mozilla/5.0" }) satisfies AcceptAgreementRequest;
// @ts-expect-error it is named ip_address
({ user_agent: "Mozilla/5.0", ip_address: "192.0.2.1", ip: "192.0.2.1" }) satisfies AcceptAgreementRequest;

expectTypeOf<AsRead<ReconfirmedAccount>>().toEqualTypeOf<{
  reconfirmed: string | null | undefined;
  rejected: string | null | undefined;
}>();
expectTypeOf<RequiredMembers<ReconfirmedAccount>>().toBeNever();
expectTypeOf<UndefinedMembers<ReconfirmedAccount>>().toBeNever();
expectTypeOf<z.output<typeof ReconfirmedAccount>>().toEqualTypeOf<ReconfirmedAccount>();
expectTypeOf<StandardOutput<typeof ReconfirmedAccount>>().toEqualTypeOf<ReconfirmedAccount>();
// @ts-expect-error it is named reconfirmed
decision.reconfirmed_at;

expectTypeOf<AsRead<Reconfirmation>>().toEqualTypeOf<{
  reconfirmation_url: string | null | undefined;
  created: string | null | undefined;
  url_valid_from: string | null | undefined;
  url_valid_to: string | null | undefined;
  redirect: string | null | undefined;
  last_accessed: string | null | undefined;
  last_submitted: string | null | undefined;
  accounts: Record<string, ReconfirmedAccount | null> | null | undefined;
  raw: SentObject | undefined;
}>();
expectTypeOf<RequiredMembers<Reconfirmation>>().toBeNever();
expectTypeOf<UndefinedMembers<Reconfirmation>>().toBeNever();
expectTypeOf<z.output<typeof Reconfirmation>>().toEqualTypeOf<Reconfirmation>();
expectTypeOf<StandardOutput<typeof Reconfirmation>>().toEqualTypeOf<Reconfirmation>();
// @ts-expect-error it is named reconfirmation_url
reconfirmation.reconfirmationUrl;

expectTypeOf<EndUserAgreementPage>().toEqualTypeOf<Page<EndUserAgreement>>();
expectTypeOf<z.output<typeof EndUserAgreementPage>>().toEqualTypeOf<EndUserAgreementPage>();
expectTypeOf<StandardOutput<typeof EndUserAgreementPage>>().toEqualTypeOf<EndUserAgreementPage>();

expectTypeOf<AccessScope>().toEqualTypeOf<"balances" | "details" | "transactions">();
expectTypeOf<z.output<typeof AccessScope>>().toEqualTypeOf<AccessScope>();
({
  institution_id: "N26_NTSBDEB1",
  access_scope: ["balances", "transactions"],
}) satisfies CreateAgreementRequest;
// @ts-expect-error there is no such scope
({ institution_id: "N26_NTSBDEB1", access_scope: ["everything"] }) satisfies CreateAgreementRequest;

expectTypeOf<typeof accessEnd>().toEqualTypeOf<(agreement: EndUserAgreement) => string | null>();
