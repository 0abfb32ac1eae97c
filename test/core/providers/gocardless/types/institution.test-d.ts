import { expectTypeOf } from "vitest";
import type { z } from "zod";
import type {
  Institution,
  InstitutionFilter,
  Institutions,
  Integration,
  Integrations,
  ListWithUnreadable,
  longestAccess,
  longestHistory,
  SentObject,
  Unreadable,
} from "../../../../../packages/core/src/index.ts";
import type { AsRead, RequiredMembers, StandardOutput, UndefinedMembers } from "./model-types.ts";

declare const institution: Institution;
declare const integration: Integration;
declare const institutions: Institutions;

expectTypeOf<AsRead<Institution>>().toEqualTypeOf<{
  id: string;
  name: string;
  bic: string | null | undefined;
  transaction_total_days: string | null | undefined;
  max_access_valid_for_days: string | null | undefined;
  max_access_valid_for_days_reconfirmation: string | null | undefined;
  countries: string[] | null | undefined;
  logo: string | null | undefined;
  supported_features: string[] | null | undefined;
  identification_codes: string[] | null | undefined;
  raw: SentObject | undefined;
}>();
expectTypeOf<RequiredMembers<Institution>>().toEqualTypeOf<"id" | "name">();
expectTypeOf<UndefinedMembers<Institution>>().toBeNever();
expectTypeOf<z.output<typeof Institution>>().toEqualTypeOf<Institution>();
expectTypeOf<StandardOutput<typeof Institution>>().toEqualTypeOf<Institution>();
// @ts-expect-error it is named transaction_total_days
institution.transaction_total_day;

expectTypeOf<AsRead<InstitutionFilter>>().toEqualTypeOf<{
  country: string | undefined;
  access_scopes_supported: boolean | "true" | "false" | undefined;
  account_selection_supported: boolean | "true" | "false" | undefined;
  business_accounts_supported: boolean | "true" | "false" | undefined;
  card_accounts_supported: boolean | "true" | "false" | undefined;
  corporate_accounts_supported: boolean | "true" | "false" | undefined;
  pending_transactions_supported: boolean | "true" | "false" | undefined;
  private_accounts_supported: boolean | "true" | "false" | undefined;
  read_debtor_account_supported: boolean | "true" | "false" | undefined;
  read_refund_account_supported: boolean | "true" | "false" | undefined;
  separate_continuous_history_consent_supported: boolean | "true" | "false" | undefined;
  ssn_verification_supported: boolean | "true" | "false" | undefined;
  extra: SentObject | undefined;
}>();
expectTypeOf<RequiredMembers<InstitutionFilter>>().toBeNever();
expectTypeOf<z.input<typeof InstitutionFilter>>().toEqualTypeOf<InstitutionFilter>();
expectTypeOf<z.output<typeof InstitutionFilter>>().toEqualTypeOf<SentObject>();
({ country: "GB" }) satisfies InstitutionFilter;
({ country: "GB", extra: { some_day: [1] } }) satisfies InstitutionFilter;
// @ts-expect-error there is no such filter
({ country: "GB", payments_enabled: true }) satisfies InstitutionFilter;

expectTypeOf<AsRead<Integration>>().toEqualTypeOf<{
  id: string;
  name: string | null | undefined;
  raw: SentObject | undefined;
}>();
expectTypeOf<RequiredMembers<Integration>>().toEqualTypeOf<"id">();
expectTypeOf<UndefinedMembers<Integration>>().toBeNever();
expectTypeOf<z.output<typeof Integration>>().toEqualTypeOf<Integration>();
expectTypeOf<StandardOutput<typeof Integration>>().toEqualTypeOf<Integration>();
// @ts-expect-error it is named name
integration.title;

expectTypeOf<Institutions>().toEqualTypeOf<ListWithUnreadable<Institution>>();
expectTypeOf<z.output<typeof Institutions>>().toEqualTypeOf<Institutions>();
expectTypeOf<StandardOutput<typeof Institutions>>().toEqualTypeOf<Institutions>();
expectTypeOf(institutions).toExtend<Institution[]>();
expectTypeOf(institutions.unreadable).toEqualTypeOf<readonly Unreadable[]>();

expectTypeOf<Integrations>().toEqualTypeOf<ListWithUnreadable<Integration>>();
expectTypeOf<z.output<typeof Integrations>>().toEqualTypeOf<Integrations>();
expectTypeOf<StandardOutput<typeof Integrations>>().toEqualTypeOf<Integrations>();

expectTypeOf<typeof longestAccess>().toEqualTypeOf<(bank: Institution) => number>();
expectTypeOf<typeof longestHistory>().toEqualTypeOf<(bank: Institution) => number>();
