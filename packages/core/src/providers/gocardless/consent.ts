import { randomUUID } from "node:crypto";
import type { Bank, BegunConnection, ConsentWish, RequestOptions } from "../../bank/index.ts";
import { BankNotOfferedError, InvalidRequestError } from "../../base/errors.ts";
import { noLink } from "./bank-link.ts";
import type { GoCardlessClient } from "./client.ts";
import type { EndUserAgreement } from "./models/agreement.ts";
import type { Requisition } from "./models/requisition.ts";
import { limitsOfBank } from "./neutral/bank.ts";
import { removeBegun } from "./remove-begun.ts";
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
  const agreement = await agreeOnMost(client, bank, days, options).catch((error: unknown) => {
    throw isBankRejected(error) ? new BankNotOfferedError(bank.id, bank.name) : error;
  });
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
    await removeBegun(client, {
      institution_id: bank.id,
      agreement: agreement.id,
      requisition: requisition?.id,
      reference,
    });
    throw error;
  }
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

/** Whether the service rejected the bank itself: a bank that has left may still be in a cached list. */
function isBankRejected(error: unknown): boolean {
  return error instanceof InvalidRequestError && error.sent && "institution_id" in error.fields;
}

function unique(numbers: readonly number[]): number[] {
  return [...new Set(numbers)];
}
