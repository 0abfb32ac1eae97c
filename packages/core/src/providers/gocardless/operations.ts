import { z } from "zod";
import { isRecord } from "../../base/is-record.ts";
import { parsedJson } from "../../base/parsed-json.ts";
import {
  type CacheKeyContext,
  canonicalQuery,
  fillTemplate,
  type Method,
  matchTemplate,
  type Operation,
  type Query,
  type RequestTarget,
} from "../../pipeline/index.ts";
import type { RateLimitBucket } from "./limits.ts";
import { Account } from "./models/account.ts";
import { AccountDetails } from "./models/account-details.ts";
import {
  AcceptAgreementRequest,
  CreateAgreementRequest,
  EndUserAgreement,
  EndUserAgreementPage,
  Reconfirmation,
} from "./models/agreement.ts";
import { AccountBalances } from "./models/balance.ts";
import {
  Institution,
  InstitutionFilter,
  Institutions,
  Integration,
  Integrations,
} from "./models/institution.ts";
import { PageRequest } from "./models/page.ts";
import {
  CreateRequisitionRequest,
  DeletionReport,
  ReconfirmRequest,
  Requisition,
  RequisitionPage,
} from "./models/requisition.ts";
import { NewToken, RefreshedToken } from "./models/token.ts";
import { AccountTransactions } from "./models/transaction.ts";

const HOUR = 3600;
const DAY = 24 * HOUR;

const AGREEMENTS = "/agreements/enduser/";
const AGREEMENT = "/agreements/enduser/{id}/";
const RECONFIRMATION = "/agreements/enduser/{id}/reconfirm/";
const REQUISITIONS = "/requisitions/";
const REQUISITION = "/requisitions/{id}/";
const ACCOUNT = "/accounts/{id}/";
const BALANCES = "/accounts/{id}/balances/";
const DETAILS = "/accounts/{id}/details/";
const TRANSACTIONS = "/accounts/{id}/transactions/";

/**
 * Every operation of the service, by the name of the client's method: those of its `GET /api/v2/swagger.json`, and the
 * two of integrations, which are not in it.
 */
export const operations = Object.freeze({
  createToken: operation({
    name: "createToken",
    method: "POST",
    path: "/token/new/",
    bucket: "newTokens",
    response: NewToken,
    holdsTokens: true,
  }),
  refreshToken: operation({
    name: "refreshToken",
    method: "POST",
    path: "/token/refresh/",
    bucket: "refreshedTokens",
    response: RefreshedToken,
    holdsTokens: true,
  }),

  getInstitutions: operation({
    name: "getInstitutions",
    method: "GET",
    path: "/institutions/",
    bucket: "institutions",
    lifetime: DAY,
    request: InstitutionFilter,
    response: Institutions,
  }),
  getInstitution: operation({
    name: "getInstitution",
    method: "GET",
    path: "/institutions/{id}/",
    subject: "institution",
    bucket: "institutions",
    lifetime: DAY,
    response: Institution,
  }),
  getIntegrations: operation({
    name: "getIntegrations",
    method: "GET",
    path: "/integrations/",
    bucket: "institutions",
    response: Integrations,
  }),
  getIntegration: operation({
    name: "getIntegration",
    method: "GET",
    path: "/integrations/{id}/",
    subject: "integration",
    bucket: "institutions",
    response: Integration,
  }),

  createAgreement: operation({
    name: "createAgreement",
    method: "POST",
    path: AGREEMENTS,
    bucket: "writes",
    request: CreateAgreementRequest,
    response: EndUserAgreement,
  }),
  getAgreements: operation({
    name: "getAgreements",
    method: "GET",
    path: AGREEMENTS,
    bucket: "reads",
    request: PageRequest,
    response: EndUserAgreementPage,
  }),
  getAgreement: operation({
    name: "getAgreement",
    method: "GET",
    path: AGREEMENT,
    subject: "agreement",
    bucket: "reads",
    response: EndUserAgreement,
  }),
  acceptAgreement: operation({
    name: "acceptAgreement",
    method: "PUT",
    path: "/agreements/enduser/{id}/accept/",
    subject: "agreement",
    bucket: "writes",
    invalidates: [AGREEMENTS, AGREEMENT, RECONFIRMATION],
    request: AcceptAgreementRequest,
    response: EndUserAgreement,
  }),
  deleteAgreement: operation({
    name: "deleteAgreement",
    method: "DELETE",
    path: AGREEMENT,
    subject: "agreement",
    bucket: "writes",
    invalidates: [AGREEMENTS, RECONFIRMATION],
    response: DeletionReport,
  }),
  getReconfirmation: operation({
    name: "getReconfirmation",
    method: "GET",
    path: RECONFIRMATION,
    subject: "agreement",
    bucket: "reads",
    response: Reconfirmation,
  }),
  reconfirmAgreement: operation({
    name: "reconfirmAgreement",
    method: "POST",
    path: RECONFIRMATION,
    subject: "agreement",
    bucket: "writes",
    invalidates: [AGREEMENTS, AGREEMENT],
    request: ReconfirmRequest,
    response: Reconfirmation,
  }),

  createRequisition: operation({
    name: "createRequisition",
    method: "POST",
    path: REQUISITIONS,
    bucket: "writes",
    invalidates: [AGREEMENTS],
    request: CreateRequisitionRequest,
    response: Requisition,
  }),
  getRequisitions: operation({
    name: "getRequisitions",
    method: "GET",
    path: REQUISITIONS,
    bucket: "reads",
    isPending: hasPendingRequisition,
    request: PageRequest,
    response: RequisitionPage,
  }),
  getRequisition: operation({
    name: "getRequisition",
    method: "GET",
    path: REQUISITION,
    subject: "requisition",
    bucket: "reads",
    isPending: hasPendingRequisition,
    response: Requisition,
  }),
  deleteRequisition: operation({
    name: "deleteRequisition",
    method: "DELETE",
    path: REQUISITION,
    subject: "requisition",
    bucket: "writes",
    invalidates: [REQUISITIONS, AGREEMENTS],
    invalidatesWith: pathsOfRequisition,
    response: DeletionReport,
  }),

  getAccount: operation({
    name: "getAccount",
    method: "GET",
    path: ACCOUNT,
    subject: "account",
    bucket: "accounts",
    lifetime: HOUR,
    isPending: isAccountPending,
    response: Account,
  }),
  getAccountBalances: operation({
    name: "getAccountBalances",
    method: "GET",
    path: BALANCES,
    subject: "account",
    dataKind: "balances",
    bucket: "accounts",
    outdatedByLostAccess: [ACCOUNT],
    lifetime: 6 * HOUR,
    response: AccountBalances,
  }),
  getAccountDetails: operation({
    name: "getAccountDetails",
    method: "GET",
    path: DETAILS,
    subject: "account",
    dataKind: "details",
    bucket: "accounts",
    outdatedByLostAccess: [ACCOUNT],
    lifetime: DAY,
    response: AccountDetails,
  }),
  getAccountTransactions: operation({
    name: "getAccountTransactions",
    method: "GET",
    path: TRANSACTIONS,
    subject: "account",
    dataKind: "transactions",
    bucket: "accounts",
    outdatedByLostAccess: [ACCOUNT],
    lifetime: 6 * HOUR,
    cacheKey: cacheKeyOfDates,
    response: AccountTransactions,
  }),
});

function operation<Path extends string, Value>(definition: Operation<Path, Value>): Operation<Path, Value> {
  return Object.freeze(definition);
}

/** The parameter of a `callerQuery` that says how many days back it goes; `date_from` is sent in its place. */
export const DAYS_BACK = "days_back";

/**
 * The key of a query by dates, which does not change at midnight: a number of days back stays that number, and an end
 * of today or later becomes "today". Dates in the past stay as they are.
 */
function cacheKeyOfDates(query: Query, { today, isCallerQuery }: CacheKeyContext): string {
  const stable = query.map(([name, value]): [string, string] =>
    name === "date_to" && value >= today ? [name, "today"] : [name, value],
  );
  if (!isCallerQuery) return canonicalQuery(stable);
  // The order of the query is kept, as in the keys of earlier versions.
  return stable.map(([name, value]) => `${name}=${value}`).join("&");
}

/** A status of a requisition that the end user has not completed yet. */
const PENDING_STATUS = /"status"\s*:\s*"(?:CR|ID|GC|UA|SA|GA)"/;

function hasPendingRequisition(body: string): boolean {
  return PENDING_STATUS.test(body);
}

/** A status of an account whose data the bank is still preparing. */
const PREPARING_STATUS = /"status"\s*:\s*"(?:DISCOVERED|PROCESSING)"/;

function isAccountPending(body: string): boolean {
  return PREPARING_STATUS.test(body);
}

/**
 * The paths that a deleted requisition invalidates in addition to its own: its agreement, and all data of its accounts.
 */
function pathsOfRequisition(body: string): string[] {
  const requisition = parsedJson(body);
  if (!isRecord(requisition)) return [];
  const { agreement, accounts } = requisition;
  const filled = (templates: readonly string[], id: unknown) =>
    typeof id === "string"
      ? templates.map((template) => fillTemplate(template, () => encodeURIComponent(id)))
      : [];
  return [
    ...filled([AGREEMENT, RECONFIRMATION], agreement),
    ...(Array.isArray(accounts) ? accounts : []).flatMap((id) =>
      filled([ACCOUNT, BALANCES, DETAILS, TRANSACTIONS], id),
    ),
  ];
}

/** What is known of paths without an operation, by how they begin; the first template that matches counts. */
interface OtherPaths
  extends Pick<Operation, "path" | "subject" | "dataKind" | "isPending" | "cacheKey" | "invalidates"> {
  /** The bucket for GET, and the one for every other method. */
  buckets: readonly [RateLimitBucket, RateLimitBucket];
}

const OTHER_PATHS: readonly OtherPaths[] = [
  { path: "/token/new/*", buckets: ["newTokens", "newTokens"] },
  { path: "/token/*", buckets: ["refreshedTokens", "refreshedTokens"] },
  // By another method than GET: even then the headers report the account's limits.
  { path: BALANCES, subject: "account", dataKind: "balances", buckets: ["accounts", "accounts"] },
  { path: DETAILS, subject: "account", dataKind: "details", buckets: ["accounts", "accounts"] },
  { path: TRANSACTIONS, subject: "account", dataKind: "transactions", buckets: ["accounts", "accounts"] },
  {
    path: "/accounts/{id}/*",
    subject: "account",
    buckets: ["accounts", "accounts"],
    cacheKey: cacheKeyOfDates,
  },
  { path: "/accounts/*", buckets: ["accounts", "accounts"] },
  { path: "/institutions/{id}/*", subject: "institution", buckets: ["institutions", "writes"] },
  { path: "/institutions/*", buckets: ["institutions", "writes"] },
  { path: "/integrations/{id}/*", subject: "integration", buckets: ["institutions", "writes"] },
  { path: "/integrations/*", buckets: ["institutions", "writes"] },
  {
    path: "/agreements/enduser/{id}/*",
    subject: "agreement",
    buckets: ["reads", "writes"],
    invalidates: [AGREEMENTS, AGREEMENT, RECONFIRMATION],
  },
  { path: "/agreements/*", buckets: ["reads", "writes"], invalidates: [AGREEMENTS] },
  {
    path: "/requisitions/{id}/*",
    subject: "requisition",
    buckets: ["reads", "writes"],
    isPending: hasPendingRequisition,
    invalidates: [REQUISITIONS, REQUISITION, AGREEMENTS],
  },
  {
    path: "/requisitions/*",
    buckets: ["reads", "writes"],
    isPending: hasPendingRequisition,
    invalidates: [REQUISITIONS, AGREEMENTS],
  },
  { path: "/*", buckets: ["reads", "writes"] },
];

/**
 * The operation for a method and a path from outside, as `client.get` receives them. An unknown path is an operation
 * too, of which only its bucket is known, and what a write to it invalidates.
 */
export function operationAt(method: Method, path: string): RequestTarget {
  for (const listed of Object.values(operations)) {
    const parameters = listed.method === method ? matchTemplate(listed.path, path) : undefined;
    if (parameters !== undefined) return { operation: listed, parameters };
  }
  for (const { buckets, ...known } of OTHER_PATHS) {
    const parameters = matchTemplate(known.path, path);
    if (parameters === undefined) continue;
    const bucket = buckets[method === "GET" ? 0 : 1];
    const operation = { ...known, name: `${method} ${known.path}`, method, bucket, response: z.unknown() };
    return { operation, parameters };
  }
  throw new TypeError(`no operation for ${method} ${path}`); // Cannot happen: the last template matches every path.
}
