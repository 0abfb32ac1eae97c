import { randomUUID } from "node:crypto";
import type { Bank, BegunConnection, ConsentWish, RequestOptions } from "../../bank/index.ts";
import { ApiError, InvalidRequestError, InvalidResponseError } from "../../base/errors.ts";
import type { GoCardlessClient } from "./client.ts";
import type { EndUserAgreement } from "./models/agreement.ts";
import type { Requisition } from "./models/requisition.ts";
import { limitsOfBank } from "./neutral/bank.ts";
import { stateFor } from "./return.ts";

/** What banks usually grant if they advertise more history than they allow, in days. */
const USUAL_HISTORIES = [90, 89];

/** What banks usually grant if they advertise longer access than they allow, in days. */
const USUAL_ACCESS = 90;

/** Begins a connection: an agreement, and a requisition with its link. If a step fails, what was created is deleted. */
export async function beginConnection(
  client: GoCardlessClient,
  bank: Bank,
  { returnTo, reference = randomUUID(), language, ...days }: ConsentWish,
  { signal, timeout }: RequestOptions,
): Promise<BegunConnection> {
  // An aborted request may have been carried out, so the signal is only checked between requests.
  const options = { timeout };
  signal?.throwIfAborted();
  const agreement = await agreeOnMost(client, bank, days, options);
  const body = {
    institution_id: bank.id,
    agreement: agreement.id,
    redirect: returnTo,
    reference,
    ...(language === undefined ? {} : { user_language: language }),
  };
  let requisition: Requisition | undefined;
  try {
    signal?.throwIfAborted();
    requisition = await client.createRequisition(body, options);
    signal?.throwIfAborted();
    const { id, link } = requisition;
    if (!link) throw noLink(`for requisition ${id}`);
    return { url: link, state: stateFor(id, reference), connectionId: id, reference };
  } catch (error) {
    await removeBegun(client, { bank, agreement, requisition, reference, error });
    throw error;
  }
}

/** The error if a response lacks its link. */
export function noLink(purpose: string): InvalidResponseError {
  return new InvalidResponseError(`The service sent no link ${purpose}.`, { status: 200, bodyStart: "" });
}

/** What was created of a connection before it failed. */
interface Begun {
  bank: Bank;
  agreement: EndUserAgreement;
  requisition: Requisition | undefined;
  reference: string;
  error: unknown;
}

/** Deletes what would otherwise stay in the service's lists for ever. Never rejects. */
async function removeBegun(client: GoCardlessClient, begun: Begun): Promise<void> {
  try {
    const requisition =
      begun.requisition ?? (await findCreated(client, begun)) ?? (await attachRequisition(client, begun));
    await client.deleteRequisition(requisition.id);
  } catch {
    // The caller throws the original error.
  }
}

/**
 * The requisition, if it was created although the request failed. Another one with the same reference is left alone.
 */
async function findCreated(
  client: GoCardlessClient,
  { agreement, reference, error }: Begun,
): Promise<Requisition | undefined> {
  // Only the service's own rejection means that nothing was created: a gateway may also fail after the creation.
  if (error instanceof ApiError && error.status < 500) return undefined;
  const found = await client.findRequisitionByReference(reference);
  return found?.agreement === agreement.id ? found : undefined;
}

/** A requisition for an agreement: an agreement that was not accepted can only be deleted with its requisition. */
async function attachRequisition(client: GoCardlessClient, { bank, agreement }: Begun): Promise<Requisition> {
  return await client.createRequisition({
    institution_id: bank.id,
    agreement: agreement.id,
    redirect: "http://localhost/",
    reference: randomUUID(),
  });
}

/**
 * Creates an agreement with the most days that the bank allows, or with those that the caller wishes. Some banks
 * advertise more than they allow: then fewer are tried, unless the caller wishes a certain number.
 */
async function agreeOnMost(
  client: GoCardlessClient,
  bank: Bank,
  wish: Pick<ConsentWish, "historyDays" | "consentDays">,
  options: RequestOptions,
): Promise<EndUserAgreement> {
  const limits = limitsOfBank(bank);
  const most = limits.continuousHistoryDays ?? limits.historyDays ?? USUAL_ACCESS;
  const histories =
    wish.historyDays === undefined
      ? unique([most, ...USUAL_HISTORIES.filter((days) => days <= most)])
      : [wish.historyDays];
  const accesses =
    wish.consentDays === undefined
      ? unique([limits.consentDays, Math.min(USUAL_ACCESS, limits.consentDays)])
      : [wish.consentDays];
  let rejection: unknown;
  for (let [history, access] = [0, 0]; ; ) {
    const [max_historical_days, access_valid_for_days] = [histories[history], accesses[access]];
    if (max_historical_days === undefined || access_valid_for_days === undefined) throw rejection;
    try {
      return await client.createAgreement(
        {
          institution_id: bank.id,
          max_historical_days,
          access_valid_for_days,
          access_scope: ["balances", "details", "transactions"],
        },
        options,
      );
    } catch (error) {
      if (!(error instanceof InvalidRequestError)) throw error;
      rejection = error;
      const rejectedHistory = "max_historical_days" in error.fields;
      const rejectedAccess = "access_valid_for_days" in error.fields;
      if (!rejectedHistory && !rejectedAccess) throw error;
      if (rejectedHistory) history += 1;
      if (rejectedAccess) access += 1;
    }
  }
}

function unique(numbers: readonly number[]): number[] {
  return [...new Set(numbers)];
}
