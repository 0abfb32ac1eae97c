import { expectTypeOf } from "vitest";
import type {
  AccountBalances,
  AccountInfo,
  AccountTransactions,
  BankDataError,
  CallOptions,
  CreateRequisitionRequest,
  Envelope,
  GoCardlessClient,
  ListWithUnreadable,
  RateLimits,
  Requisition,
  ResponseInfo,
  ResponseMeta,
  TransactionRange,
  WriteOptions,
} from "../../../../../packages/core/src/index.ts";
import type { AsRead } from "./model-types.ts";

declare const client: GoCardlessClient;
declare const id: string;
const { withMeta } = client;

expectTypeOf(withMeta.getAccountBalances).toEqualTypeOf<
  (id: string, options?: CallOptions) => Promise<Envelope<AccountBalances>>
>();
expectTypeOf(withMeta.getAccountTransactions).toEqualTypeOf<
  (id: string, range?: TransactionRange, options?: CallOptions) => Promise<Envelope<AccountTransactions>>
>();
expectTypeOf(withMeta.createRequisition).toEqualTypeOf<
  (request: CreateRequisitionRequest, options?: WriteOptions) => Promise<Envelope<Requisition>>
>();
expectTypeOf(withMeta.getAllAccounts).toEqualTypeOf<
  (options?: CallOptions) => Promise<Envelope<ListWithUnreadable<AccountInfo>>>
>();
// @ts-expect-error the second argument is the range
withMeta.getAccountTransactions(id, { refresh: true });
// @ts-expect-error a token has no envelope
withMeta.token;
// @ts-expect-error items that are yielded one by one have no envelope
withMeta.iterateRequisitions;

expectTypeOf<keyof typeof withMeta>().toEqualTypeOf<
  Exclude<
    keyof GoCardlessClient,
    | "token"
    | "getAccessToken"
    | "refreshAccessToken"
    | "checkCacheStatus"
    | "lastRateLimits"
    | "quota"
    | "cache"
    | "close"
    | "iterateAgreements"
    | "iterateRequisitions"
    | "withMeta"
    | typeof Symbol.asyncDispose
  >
>();

expectTypeOf<Envelope<Requisition>>().toEqualTypeOf<{
  value: Requisition;
  meta: ResponseMeta;
  responses: ResponseInfo[];
}>();
expectTypeOf<AsRead<ResponseMeta>>().toEqualTypeOf<{
  status: number;
  fromCache: boolean;
  stale: boolean;
  staleReason: BankDataError | null;
  createdAt: Date;
  expiresAt: Date | null;
  rateLimits: RateLimits | null;
  requestId: string | null;
}>();
