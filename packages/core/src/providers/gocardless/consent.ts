import { randomUUID } from "node:crypto";
import type { Bank, BegunConnection, ConsentWish, RequestOptions } from "../../bank/index.ts";
import { ApiError, InvalidRequestError, InvalidResponseError } from "../../base/errors.ts";
import type { GoCardlessClient } from "./client.ts";
import type { EndUserAgreement } from "./models/agreement.ts";
import type { Requisition } from "./models/requisition.ts";
import { limitsOfBank } from "./neutral/bank.ts";
import { stateFor } from "./return.ts";

/** Histories that banks grant which advertise more, in days. */
const USUAL_HISTORIES = [90, 89];

/** The access that banks grant which advertise more, in days. */
const USUAL_ACCESS = 90;

/** Begins a connection: an agreement, and a requisition with its link. What was made is deleted if the rest fails. */
export async function beginConnection(
  client: GoCardlessClient,
  bank: Bank,
  { returnTo, reference = randomUUID(), language, ...days }: ConsentWish,
  { signal, timeout }: RequestOptions,
): Promise<BegunConnection> {
  // A request that is cut off may have been carried out: the signal is heeded between requests.
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

/** The error if a response lacks the link that it is all about. */
export function noLink(purpose: string): InvalidResponseError {
  return new InvalidResponseError(`The service sent no link ${purpose}.`, { status: 200, bodyStart: "" });
}

/** What was made of a connection before it failed. */
interface Begun {
  bank: Bank;
  agreement: EndUserAgreement;
  requisition: Requisition | undefined;
  reference: string;
  error: unknown;
}

/** Deletes what would otherwise stay in the lists for ever. It may fail in its turn, and then changes nothing. */
async function removeBegun(client: GoCardlessClient, begun: Begun): Promise<void> {
  try {
    const requisition =
      begun.requisition ?? (await findCreated(client, begun)) ?? (await attachRequisition(client, begun));
    await client.deleteRequisition(requisition.id);
  } catch {
    // The error that is thrown says what went wrong first.
  }
}

/** The requisition, if it was created although that failed. Another one of the same name stays as it is. */
async function findCreated(
  client: GoCardlessClient,
  { agreement, reference, error }: Begun,
): Promise<Requisition | undefined> {
  // Only the service's own rejection says that nothing was created: a gateway fails after that, too.
  if (error instanceof ApiError && error.status < 500) return undefined;
  const found = await client.findRequisitionByReference(reference);
  return found?.agreement === agreement.id ? found : undefined;
}

/** A requisition for an agreement: one that nobody has accepted can be deleted only with its requisition. */
async function attachRequisition(client: GoCardlessClient, { bank, agreement }: Begun): Promise<Requisition> {
  return await client.createRequisition({
    institution_id: bank.id,
    agreement: agreement.id,
    redirect: "http://localhost/",
    reference: randomUUID(),
  });
}

/**
 * The agreement with the most that the bank allows, or with what is wished. Some banks advertise more than they allow:
 * then less is tried, unless a number of days was wished.
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
