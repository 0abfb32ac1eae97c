import type { Connection, ConnectionListing, ReadOptions, UnreadableItem } from "../../bank/index.ts";
import { BankDataError } from "../../base/errors.ts";
import { isRecord } from "../../base/is-record.ts";
import type { GoCardlessClient } from "./client.ts";
import { errorOrThrow, ifReadable } from "./if-readable.ts";
import type { EndUserAgreement } from "./models/agreement.ts";
import { neutralConnection, stateOfRequisition } from "./neutral/connection.ts";
import { unreadableItems } from "./unreadable-items.ts";

/** The connections, each with its agreement. The list of agreements only says when access ends, so it may be missing. */
export async function connectionsOf(
  client: GoCardlessClient,
  options: ReadOptions,
): Promise<ConnectionListing> {
  const [requisitions, agreements] = await Promise.all([
    client.getRequisitions(options),
    client.getAgreements(options).catch(errorOrThrow),
  ]);
  const isMissing = agreements instanceof BankDataError;
  const byId = new Map<string, EndUserAgreement>();
  if (!isMissing) for (const agreement of agreements) byId.set(agreement.id, agreement);
  return {
    items: requisitions.map((requisition) =>
      neutralConnection(requisition, byId.get(requisition.agreement ?? "")),
    ),
    unreadable: [
      ...unreadableItems("connection", requisitions.unreadable),
      ...(isMissing ? [] : unreadableItems("consent", agreements.unreadable)),
    ],
    problems: isMissing ? [agreements] : [],
  };
}

/**
 * A connection with its agreement, if that can be read. The agreement of an open connection is not requested, as it
 * says nothing yet, and open connections are polled.
 */
export async function connectionOf(
  client: GoCardlessClient,
  id: string,
  options: ReadOptions,
): Promise<Connection> {
  const requisition = await client.getRequisition(id, options);
  const { agreement } = requisition;
  const isOpen = stateOfRequisition(requisition) === "open";
  return neutralConnection(
    requisition,
    agreement && !isOpen ? await ifReadable(client.getAgreement(agreement, options)) : undefined,
  );
}

/** An unreadable item if a connection has accounts whose ids could not be understood. */
export function accountsWithoutId({ raw, accountHandles }: Connection): UnreadableItem[] {
  const requisition = isRecord(raw) ? raw["requisition"] : undefined;
  const sent = isRecord(requisition) ? (requisition["accounts"] ?? []) : [];
  const missing = (Array.isArray(sent) ? sent.length : 1) - accountHandles.length;
  return missing < 1
    ? []
    : [{ kind: "account", reason: `accounts: ${missing} without an id`, raw: requisition }];
}
