import { randomUUID } from "node:crypto";
import { ApiError } from "../../base/errors.ts";
import type { CreateRequisitionRequest, Requisition } from "./models/requisition.ts";

/** The methods of the client that undo what was started. */
interface RequisitionMethods {
  createRequisition(request: CreateRequisitionRequest): Promise<Requisition>;
  findRequisitionByReference(reference: string): Promise<Requisition | null>;
  deleteRequisition(id: string): Promise<unknown>;
}

/** What was created of a connection before it failed. */
export interface Begun {
  institution_id: string;
  /** The id of the agreement that was created for it; undefined if none was. */
  agreement: string | undefined;
  /** The id of the requisition; undefined if the service did not return one. */
  requisition: string | undefined;
  reference: string;
  /** What it failed with. */
  error: unknown;
}

/** Deletes what would otherwise stay in the service's lists for ever. Never rejects. */
export async function removeBegun(client: RequisitionMethods, begun: Begun): Promise<void> {
  try {
    const { institution_id, agreement } = begun;
    let id = begun.requisition ?? (await findCreated(client, begun));
    if (id === undefined && agreement !== undefined) {
      id = await attachRequisition(client, { institution_id, agreement });
    }
    if (id !== undefined) await client.deleteRequisition(id);
  } catch {
    // The caller throws the original error.
  }
}

/**
 * The requisition, if it was created although the request failed. Another one with the same reference is left alone.
 */
async function findCreated(
  client: RequisitionMethods,
  { agreement, reference, error }: Begun,
): Promise<string | undefined> {
  // Only the service's own rejection means that nothing was created: a gateway may also fail after the creation.
  if (agreement === undefined || (error instanceof ApiError && error.status < 500)) return undefined;
  const found = await client.findRequisitionByReference(reference);
  return found?.agreement === agreement ? found.id : undefined;
}

/** A requisition for an agreement: an agreement that was not accepted can only be deleted with its requisition. */
async function attachRequisition(
  client: RequisitionMethods,
  { institution_id, agreement }: { institution_id: string; agreement: string },
): Promise<string> {
  const { id } = await client.createRequisition({
    institution_id,
    agreement,
    redirect: "http://localhost/",
    reference: randomUUID(),
  });
  return id;
}
