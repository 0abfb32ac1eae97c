import { expectTypeOf } from "vitest";
import type { z } from "zod";
import type {
  CreateRequisitionRequest,
  DeletionReport,
  Page,
  ReconfirmRequest,
  Requisition,
  RequisitionPage,
  RequisitionStatus,
  requisitionStatuses,
  SentObject,
} from "../../../../../packages/core/src/index.ts";
import type { AsRead, RequiredMembers, StandardOutput, UndefinedMembers } from "./model-types.ts";

declare const requisition: Requisition;
declare const report: DeletionReport;

expectTypeOf<AsRead<Requisition>>().toEqualTypeOf<{
  id: string;
  created: string | null | undefined;
  redirect: string | null | undefined;
  status: string | null | undefined;
  institution_id: string | null | undefined;
  agreement: string | null | undefined;
  reference: string | null | undefined;
  accounts: string[] | null | undefined;
  user_language: string | null | undefined;
  link: string | null | undefined;
  ssn: string | null | undefined;
  account_selection: boolean | null | undefined;
  redirect_immediate: boolean | null | undefined;
  raw: SentObject | undefined;
}>();
expectTypeOf<RequiredMembers<Requisition>>().toEqualTypeOf<"id">();
expectTypeOf<UndefinedMembers<Requisition>>().toBeNever();
expectTypeOf<z.output<typeof Requisition>>().toEqualTypeOf<Requisition>();
expectTypeOf<StandardOutput<typeof Requisition>>().toEqualTypeOf<Requisition>();
// @ts-expect-error it is named agreement
requisition.agreements;

expectTypeOf<AsRead<CreateRequisitionRequest>>().toEqualTypeOf<{
  redirect: string | null;
  institution_id: string;
  agreement: string | undefined;
  reference: string | undefined;
  user_language: string | undefined;
  ssn: string | undefined;
  account_selection: boolean | undefined;
  redirect_immediate: boolean | undefined;
  extra: SentObject | undefined;
}>();
expectTypeOf<RequiredMembers<CreateRequisitionRequest>>().toEqualTypeOf<"redirect" | "institution_id">();
expectTypeOf<z.input<typeof CreateRequisitionRequest>>().toEqualTypeOf<CreateRequisitionRequest>();
expectTypeOf<z.output<typeof CreateRequisitionRequest>>().toEqualTypeOf<SentObject>();
({ redirect: null, institution_id: "N26_NTSBDEB1" }) satisfies CreateRequisitionRequest;
({
  redirect: null,
  institution_id: "N26_NTSBDEB1",
  extra: { some_day: [1] },
}) satisfies CreateRequisitionRequest;
// @ts-expect-error redirect is required
({ institution_id: "N26_NTSBDEB1" }) satisfies CreateRequisitionRequest;
// @ts-expect-error institution_id is required
({ redirect: null }) satisfies CreateRequisitionRequest;
// @ts-expect-error it is named reference
({ redirect: null, institution_id: "N26_NTSBDEB1", refrence: "me" }) satisfies CreateRequisitionRequest;

expectTypeOf<AsRead<ReconfirmRequest>>().toEqualTypeOf<{
  redirect: string | null | undefined;
  extra: SentObject | undefined;
}>();
expectTypeOf<RequiredMembers<ReconfirmRequest>>().toBeNever();
expectTypeOf<z.input<typeof ReconfirmRequest>>().toEqualTypeOf<ReconfirmRequest>();
expectTypeOf<z.output<typeof ReconfirmRequest>>().toEqualTypeOf<SentObject>();
({ redirect: "http://localhost/" }) satisfies ReconfirmRequest;
({ redirect: "http://localhost/", extra: { some_day: [1] } }) satisfies ReconfirmRequest;
// @ts-expect-error it is named redirect
({ redirect: "http://localhost/", redirect_url: "http://localhost/" }) satisfies ReconfirmRequest;

expectTypeOf<AsRead<DeletionReport>>().toEqualTypeOf<{
  summary: string | null | undefined;
  detail: string | null | undefined;
  raw: SentObject | undefined;
}>();
expectTypeOf<RequiredMembers<DeletionReport>>().toBeNever();
expectTypeOf<UndefinedMembers<DeletionReport>>().toBeNever();
expectTypeOf<z.output<typeof DeletionReport>>().toEqualTypeOf<DeletionReport>();
expectTypeOf<StandardOutput<typeof DeletionReport>>().toEqualTypeOf<DeletionReport>();
// @ts-expect-error it is named summary
report.sumary;

expectTypeOf<RequisitionPage>().toEqualTypeOf<Page<Requisition>>();
expectTypeOf<z.output<typeof RequisitionPage>>().toEqualTypeOf<RequisitionPage>();
expectTypeOf<StandardOutput<typeof RequisitionPage>>().toEqualTypeOf<RequisitionPage>();

expectTypeOf<RequisitionStatus>().toEqualTypeOf<
  "CR" | "ID" | "GC" | "UA" | "SA" | "GA" | "LN" | "RJ" | "ER" | "SU" | "EX"
>();
expectTypeOf<keyof typeof requisitionStatuses>().toEqualTypeOf<RequisitionStatus>();
expectTypeOf<(typeof requisitionStatuses)["LN"]>().toEqualTypeOf<"linked">();
