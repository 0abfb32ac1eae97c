import type { z } from "zod";
import {
  Account,
  AccountDetail,
  AccountReference,
  Amount,
  Balance,
  BankDataError,
  CreateAgreementRequest,
  CreateRequisitionRequest,
  CurrencyExchange,
  EndUserAgreement,
  Institution,
  Reconfirmation,
  Requisition,
  requisitionStatuses,
  Transaction,
} from "../../packages/core/src/index.ts";
import type { Method } from "../../packages/core/src/pipeline/path.ts";
import { errorFromResponse } from "../../packages/core/src/providers/gocardless/errors.ts";
import { AcceptAgreementRequest } from "../../packages/core/src/providers/gocardless/models/agreement.ts";
import { ReconfirmRequest } from "../../packages/core/src/providers/gocardless/models/requisition.ts";
import { NewToken, RefreshedToken } from "../../packages/core/src/providers/gocardless/models/token.ts";
import { operationAt, operations } from "../../packages/core/src/providers/gocardless/operations.ts";
import { describeIssues } from "../../packages/core/src/schema/standard-schema.ts";
import { targetAt } from "../support/requests.ts";
import type { Check, Specification } from "./specification.ts";

/** Which of our models stands for which schema of the specification. */
const MODELS: Readonly<Record<string, z.ZodType & { shape: Readonly<Record<string, z.ZodType>> }>> = {
  Account,
  AccountSchema: AccountReference,
  BalanceAmountSchema: Amount,
  BalanceSchema: Balance,
  CurrencyExchangeSchema: CurrencyExchange,
  DetailSchema: AccountDetail,
  EndUserAgreement,
  EndUserAgreementRequest: CreateAgreementRequest,
  EnduserAcceptanceDetailsRequest: AcceptAgreementRequest,
  Integration: Institution,
  IntegrationRetrieve: Institution,
  ReconfirmationRetrieve: Reconfirmation,
  ReconfirmationRetrieveRequest: ReconfirmRequest,
  Requisition,
  RequisitionRequest: CreateRequisitionRequest,
  SpectacularJWTObtain: NewToken,
  SpectacularJWTRefresh: RefreshedToken,
  SpectacularRequisition: Requisition,
  TransactionAmountSchema: Amount,
  TransactionSchema: Transaction,
};

/** Every property has its field, required fields of requests are required, and every example is understood. */
export function checkModels(specification: Specification, check: Check): void {
  for (const [name, model] of Object.entries(MODELS)) {
    const schema = specification.schemas[name];
    if (schema === undefined) {
      check(`model ${name}`, "the specification has no such schema");
      continue;
    }
    for (const property of Object.keys(schema.properties)) {
      check(`model ${name}.${property}`, property in model.shape ? undefined : "our model has no such field");
    }
    if (!name.endsWith("Request")) continue;
    const missing = model.safeParse({}).error?.issues.map((issue) => String(issue.path[0])) ?? [];
    check(`required of ${name}`, differences(schema.required, missing));
    for (const [property, { minimum, maximum, maxLength }] of Object.entries(schema.properties)) {
      const fits = (value: unknown) => model.shape[property]?.safeParse(value).success;
      if (typeof minimum === "number" && typeof maximum === "number") {
        const held = fits(minimum) && fits(maximum) && !fits(minimum - 1) && !fits(maximum + 1);
        check(`limits of ${name}.${property}`, held ? undefined : `is not held to ${minimum}…${maximum}`);
      }
      if (typeof maxLength === "number") {
        const text = (length: number) =>
          property === "redirect" ? `http://a/${"x".repeat(length - 9)}` : "x".repeat(length);
        const held = fits(text(maxLength)) && !fits(text(maxLength + 1));
        check(`length of ${name}.${property}`, held ? undefined : `is not held to ${maxLength}`);
      }
    }
  }
  const statuses = specification.schemas["StatusEnum"]?.["enum"];
  check(
    "statuses",
    differences(Array.isArray(statuses) ? statuses.map(String) : [], Object.keys(requisitionStatuses)),
  );
  checkOperations(specification, check);
  checkExamples(specification, check);
}

/** Every operation of the specification is in our table, and the table has no other but those of integrations. */
function checkOperations(specification: Specification, check: Check): void {
  const specified = specification.operations.map(({ method, path }) => `${method} ${path}`);
  const ours = Object.values(operations).map(({ method, path }) => `${method} ${path}`);
  const withoutParameterNames = (names: readonly string[]) =>
    names
      .map((name) => name.replaceAll(/\{\w+\}/g, "{}"))
      .filter((name) => !name.includes(" /integrations/"));
  check("operations", differences(withoutParameterNames(specified), withoutParameterNames(ours)));
}

function checkExamples(specification: Specification, check: Check): void {
  for (const { method, path, responses } of specification.operations) {
    for (const [status, { content }] of Object.entries(responses)) {
      for (const [name, { value }] of Object.entries(content["application/json"]?.examples ?? {})) {
        const what = `example ${name} of ${method} ${path} ${status}`;
        if (Number(status) >= 400) check(what, errorProblem(method, path, Number(status), value));
        else if (method === "GET") check(what, readingProblem(path, value));
      }
    }
  }
}

function readingProblem(path: string, value: unknown): string | undefined {
  const result = operationAt("GET", path).operation.response["~standard"].validate(value);
  if (result instanceof Promise) return "is validated asynchronously";
  if (result.issues !== undefined) return describeIssues(result.issues);
  return /"unreadable":\[[^\]]/.test(JSON.stringify(result.value))
    ? "a part of it was not understood"
    : undefined;
}

/** Every documented error response becomes an error that says something. */
function errorProblem(method: Method, path: string, status: number, value: unknown): string | undefined {
  const error = errorFromResponse({
    status,
    request: targetAt(method, path),
    text: JSON.stringify(value),
    rateLimits: { general: null, account: null },
    now: 0,
    redact: (text) => text,
  });
  if (!(error instanceof BankDataError) || error.constructor.name === "ApiError")
    return `became a bare ${error.name}`;
  return error.summary === "" && error.detail === "" ? "says nothing" : undefined;
}

function differences(theirs: readonly string[], ours: readonly string[]): string | undefined {
  const lacking = theirs.filter((one) => !ours.includes(one));
  const extra = ours.filter((one) => !theirs.includes(one));
  return lacking.length + extra.length === 0
    ? undefined
    : `lacks [${lacking.join()}], has besides [${extra.join()}]`;
}
