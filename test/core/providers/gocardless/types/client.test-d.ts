import { expectTypeOf } from "vitest";
import type {
  Account,
  AccountBalances,
  AccountDetails,
  AccountInfo,
  AccountQuota,
  AccountTransactions,
  BankDataError,
  BankLinkFields,
  CacheStatus,
  CacheView,
  CallOptions,
  CallQuota,
  CreateAgreementRequest,
  CreateRequisitionRequest,
  DataKind,
  DeletionReport,
  EndUserAgreement,
  EndUserAgreementPage,
  GoCardlessClient,
  Institution,
  InstitutionFilter,
  Institutions,
  Integration,
  Integrations,
  ListWithUnreadable,
  NewToken,
  PageRequest,
  RateLimit,
  Reconfirmation,
  ReconfirmRequest,
  RefreshedToken,
  Requisition,
  RequisitionPage,
  TransactionRange,
  WithMeta,
  WriteOptions,
} from "../../../../../packages/core/src/index.ts";
import type { AsRead, RequiredMembers } from "./model-types.ts";

declare const client: GoCardlessClient;
declare const quota: AccountQuota;

type Token = () => Promise<string>;
expectTypeOf(client.token).toEqualTypeOf<Token>();
expectTypeOf(client.getAccessToken).toEqualTypeOf<() => Promise<NewToken>>();
expectTypeOf(client.refreshAccessToken).toEqualTypeOf<(refreshToken?: string) => Promise<RefreshedToken>>();

expectTypeOf(client.getInstitutions).toEqualTypeOf<
  (filter?: string | InstitutionFilter, options?: CallOptions) => Promise<Institutions>
>();
expectTypeOf(client.getInstitution).toEqualTypeOf<
  (id: string, options?: CallOptions) => Promise<Institution>
>();
expectTypeOf(client.listBanks).toEqualTypeOf<
  (country?: string, options?: CallOptions) => Promise<string[]>
>();
expectTypeOf(client.getIntegrations).toEqualTypeOf<(options?: CallOptions) => Promise<Integrations>>();
expectTypeOf(client.getIntegration).toEqualTypeOf<
  (id: string, options?: CallOptions) => Promise<Integration>
>();

expectTypeOf(client.createAgreement).toEqualTypeOf<
  (request: CreateAgreementRequest, options?: WriteOptions) => Promise<EndUserAgreement>
>();
expectTypeOf(client.getAgreement).toEqualTypeOf<
  (id: string, options?: CallOptions) => Promise<EndUserAgreement>
>();
expectTypeOf(client.getAgreements).toEqualTypeOf<
  (options?: CallOptions) => Promise<ListWithUnreadable<EndUserAgreement>>
>();
expectTypeOf(client.getAgreementsPaginated).toEqualTypeOf<
  (page?: PageRequest, options?: CallOptions) => Promise<EndUserAgreementPage>
>();
expectTypeOf(client.iterateAgreements).toEqualTypeOf<
  (options?: CallOptions) => AsyncGenerator<EndUserAgreement, void, undefined>
>();
expectTypeOf(client.acceptAgreement).toEqualTypeOf<
  (id: string, userAgent: string, ip: string, options?: WriteOptions) => Promise<EndUserAgreement>
>();
expectTypeOf(client.deleteAgreement).toEqualTypeOf<
  (id: string, options?: WriteOptions) => Promise<DeletionReport>
>();
expectTypeOf(client.getReconfirmation).toEqualTypeOf<
  (id: string, options?: CallOptions) => Promise<Reconfirmation>
>();
expectTypeOf(client.reconfirmAgreement).toEqualTypeOf<
  (id: string, request?: ReconfirmRequest, options?: WriteOptions) => Promise<Reconfirmation>
>();

expectTypeOf(client.createRequisition).toEqualTypeOf<
  (request: CreateRequisitionRequest, options?: WriteOptions) => Promise<Requisition>
>();
expectTypeOf(client.getRequisition).toEqualTypeOf<
  (id: string, options?: CallOptions) => Promise<Requisition>
>();
expectTypeOf(client.getRequisitions).toEqualTypeOf<
  (options?: CallOptions) => Promise<ListWithUnreadable<Requisition>>
>();
expectTypeOf(client.getRequisitionsPaginated).toEqualTypeOf<
  (page?: PageRequest, options?: CallOptions) => Promise<RequisitionPage>
>();
expectTypeOf(client.iterateRequisitions).toEqualTypeOf<
  (options?: CallOptions) => AsyncGenerator<Requisition, void, undefined>
>();
expectTypeOf(client.findRequisitionByReference).toEqualTypeOf<
  (reference: string, options?: CallOptions) => Promise<Requisition | null>
>();
expectTypeOf(client.deleteRequisition).toEqualTypeOf<
  (id: string, options?: WriteOptions) => Promise<DeletionReport>
>();
expectTypeOf(client.createBankLink).toEqualTypeOf<
  (
    reference: string,
    bankId: string,
    redirectUrl?: string,
    fields?: BankLinkFields,
    options?: WriteOptions,
  ) => Promise<string | null>
>();

expectTypeOf(client.getAccount).toEqualTypeOf<(id: string, options?: CallOptions) => Promise<Account>>();
expectTypeOf(client.getAccountBalances).toEqualTypeOf<
  (id: string, options?: CallOptions) => Promise<AccountBalances>
>();
expectTypeOf(client.getAccountDetails).toEqualTypeOf<
  (id: string, options?: CallOptions) => Promise<AccountDetails>
>();
expectTypeOf(client.getAccountTransactions).toEqualTypeOf<
  (id: string, range?: TransactionRange, options?: CallOptions) => Promise<AccountTransactions>
>();
expectTypeOf(client.getAllAccounts).toEqualTypeOf<
  (options?: CallOptions) => Promise<ListWithUnreadable<AccountInfo>>
>();
expectTypeOf(client.listAccounts).toEqualTypeOf<
  (options?: CallOptions) => Promise<ListWithUnreadable<AccountInfo>>
>();

expectTypeOf(client.checkCacheStatus).toEqualTypeOf<
  (
    method: string,
    url: string,
    params?: Readonly<Record<string, unknown>>,
    data?: unknown,
  ) => Promise<CacheStatus>
>();
expectTypeOf(client.lastRateLimits()).toEqualTypeOf<RateLimit | null>();
expectTypeOf(client.lastRateLimits("id")).toEqualTypeOf<Partial<Record<DataKind, RateLimit>>>();
expectTypeOf(client.quota).toEqualTypeOf<(accountId: string) => Promise<AccountQuota>>();
expectTypeOf(quota.transactions).toEqualTypeOf<CallQuota>();
expectTypeOf(client.cache).toEqualTypeOf<CacheView | undefined>();
expectTypeOf(client.close).toEqualTypeOf<() => Promise<void>>();
expectTypeOf<GoCardlessClient>().toExtend<AsyncDisposable>();
expectTypeOf(client.withMeta).toEqualTypeOf<WithMeta>();
// @ts-expect-error it is named getAccount
client.getAcount;

expectTypeOf<keyof GoCardlessClient>().toEqualTypeOf<
  | "token"
  | "getAccessToken"
  | "refreshAccessToken"
  | "get"
  | "post"
  | "put"
  | "delete"
  | "getInstitutions"
  | "getInstitution"
  | "listBanks"
  | "getIntegrations"
  | "getIntegration"
  | "createAgreement"
  | "getAgreement"
  | "getAgreements"
  | "getAgreementsPaginated"
  | "iterateAgreements"
  | "acceptAgreement"
  | "deleteAgreement"
  | "getReconfirmation"
  | "reconfirmAgreement"
  | "createRequisition"
  | "getRequisition"
  | "getRequisitions"
  | "getRequisitionsPaginated"
  | "iterateRequisitions"
  | "findRequisitionByReference"
  | "deleteRequisition"
  | "createBankLink"
  | "getAccount"
  | "getAccountBalances"
  | "getAccountDetails"
  | "getAccountTransactions"
  | "getAllAccounts"
  | "listAccounts"
  | "checkCacheStatus"
  | "lastRateLimits"
  | "quota"
  | "cache"
  | "withMeta"
  | "close"
  | typeof Symbol.asyncDispose
>();

expectTypeOf<AsRead<TransactionRange>>().toEqualTypeOf<{
  daysBack: number | undefined;
  dateFrom: string | undefined;
  dateTo: string | undefined;
}>();
expectTypeOf<RequiredMembers<TransactionRange>>().toBeNever();

expectTypeOf<AsRead<Pick<AccountInfo, Exclude<keyof AccountInfo, keyof Account>>>>().toEqualTypeOf<{
  requisition_id: string;
  requisition_reference: string | null;
  requisition_status: string | null;
  access_valid_until: string | null;
  is_expired: boolean;
  error: BankDataError | undefined;
}>();
expectTypeOf<AccountInfo>().toExtend<Account>();

expectTypeOf<AsRead<BankLinkFields>>().toEqualTypeOf<
  AsRead<
    Omit<CreateAgreementRequest, "institution_id" | "extra"> &
      Omit<CreateRequisitionRequest, "institution_id" | "redirect" | "reference">
  >
>();
expectTypeOf<RequiredMembers<BankLinkFields>>().toBeNever();

expectTypeOf<CacheStatus>().toEqualTypeOf<{
  keyExists: boolean;
  isExpired: boolean | null;
  cacheKey: string;
}>();
