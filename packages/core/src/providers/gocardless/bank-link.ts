import { InvalidResponseError } from "../../base/errors.ts";
import { isRecord } from "../../base/is-record.ts";
import { assertObject } from "../../base/option-names.ts";
import { localError, type Method, type ServiceRequest } from "../../pipeline/index.ts";
import type { Fields } from "./call-options.ts";
import type { CreateAgreementRequest, EndUserAgreement } from "./models/agreement.ts";
import type { Page } from "./models/page.ts";
import type { CreateRequisitionRequest, Requisition } from "./models/requisition.ts";
import { operations } from "./operations.ts";
import { requestFor } from "./requests.ts";

/**
 * Further members of the requisition that `createBankLink` creates, and of an agreement to go with it. `extra` goes into
 * the requisition.
 */
export interface BankLinkFields
  extends Omit<CreateAgreementRequest, "institution_id" | "extra">,
    Omit<CreateRequisitionRequest, "institution_id" | "redirect" | "reference"> {}

/** Members that make `createBankLink` create an agreement too. */
const AGREEMENT_MEMBERS: readonly string[] = [
  "max_historical_days",
  "access_valid_for_days",
  "access_scope",
  "reconfirmation",
] satisfies (keyof BankLinkFields)[];

/** The two requests of `createBankLink`; without an agreement, the bank's defaults apply. */
export interface BankLinkRequests {
  agreement: ServiceRequest<EndUserAgreement> | undefined;
  /** Without the id of the agreement that is created first. */
  requisition: ServiceRequest<Requisition> & { body?: Fields };
}

/** The parameters of `createBankLink` that the requisition has members for. */
interface NamedMembers {
  institution_id: string;
  redirect: string;
  reference: string;
}

/**
 * Validates both requests before either is sent: an agreement without a requisition would be left over.
 *
 * @throws InvalidRequestError naming the fields at fault
 */
export function bankLinkRequests(named: NamedMembers, fields: BankLinkFields): BankLinkRequests {
  assertReference(named.reference, operations.createRequisition);
  assertObject(fields, "the further members");
  const [ofAgreement, ofRequisition] = splitByName(fields, AGREEMENT_MEMBERS);
  const given = Object.keys(ofAgreement).filter((name) => ofAgreement[name] !== undefined);
  const problems: Record<string, string[]> = {};
  for (const name of Object.keys(named)) {
    if (Object.hasOwn(ofRequisition, name)) problems[name] = ["is a parameter of createBankLink"];
  }
  if (given.length > 0 && ofRequisition["agreement"] !== undefined) {
    problems["agreement"] = [`cannot be combined with ${given.join(", ")}`];
  }
  const { method, path } = operations.createRequisition;
  if (Object.keys(problems).length > 0) throw localError(method, path, problems);
  const { institution_id } = named;
  const agreement =
    given.length === 0
      ? undefined
      : requestFor(operations.createAgreement, {}, { ...ofAgreement, institution_id });
  const requisition = requestFor(operations.createRequisition, {}, { ...ofRequisition, ...named });
  return { agreement, requisition };
}

/** A reference that is missing would find, and create, a requisition that is somebody else's. */
export function assertReference(
  reference: unknown,
  { method, path }: { method: Method; path: string },
): void {
  if (typeof reference === "string" && reference.trim() !== "") return;
  throw localError(method, path, { reference: ["must be a string that is not blank"] });
}

/** The error if a response lacks its link. */
export function noLink(purpose: string): InvalidResponseError {
  return new InvalidResponseError(`The service sent no link ${purpose}.`, { status: 200, bodyStart: "" });
}

/** The members with one of the names, and all others. */
function splitByName(
  fields: object,
  names: readonly string[],
): [Record<string, unknown>, Record<string, unknown>] {
  const entries = Object.entries(fields);
  const isNamed = ([name]: [string, unknown]) => names.includes(name);
  return [
    Object.fromEntries(entries.filter(isNamed)),
    Object.fromEntries(entries.filter((entry) => !isNamed(entry))),
  ];
}

/**
 * Finds the requisition with a reference, on any page; null if there is none.
 *
 * @throws InvalidResponseError if it exists but cannot be understood: it must not be created a second time
 */
export async function requisitionByReference(
  pages: AsyncIterable<Page<Requisition>>,
  reference: string,
): Promise<Requisition | null> {
  for await (const page of pages) {
    const found = page.results.find((requisition) => requisition.reference === reference);
    if (found !== undefined) return found;
    if (page.unreadable.some(({ raw }) => isRecord(raw) && raw["reference"] === reference)) {
      throw new InvalidResponseError(
        "A requisition with this reference exists, but could not be understood: see getRequisitions().unreadable.",
        { status: 200, bodyStart: "" },
      );
    }
  }
  return null;
}

/**
 * Whether the service rejected a requisition because somebody else has created one with its reference meanwhile: that may
 * be gone again, and a proxy may have sent our own request twice.
 *
 * @param agreement the id of the agreement that was created for ours; undefined if none was
 */
export async function isTakenByAnother(
  pages: AsyncIterable<Page<Requisition>>,
  reference: string,
  agreement: string | undefined,
): Promise<boolean> {
  const found = await requisitionByReference(pages, reference).catch(() => null);
  return found !== null && (agreement === undefined || found.agreement !== agreement);
}
