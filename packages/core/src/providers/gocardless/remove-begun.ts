import { randomUUID } from "node:crypto";
import type { CreateRequisitionRequest, Requisition } from "./models/requisition.ts";

/** The methods of the client that undo what was started. */
interface RequisitionMethods {
  createRequisition(request: CreateRequisitionRequest): Promise<Requisition>;
  findRequisitionByReference(
    reference: string,
    options: { forceRefresh: boolean },
  ): Promise<Requisition | null>;
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
}

/**
 * Deletes what would otherwise stay in the service's lists for ever. A requisition whose response was lost is found by its
 * agreement; without one, nothing proves that it is not somebody else's, and it stays. Never rejects.
 */
export async function removeBegun(client: RequisitionMethods, begun: Begun): Promise<void> {
  const { institution_id, agreement } = begun;
  try {
    let id = begun.requisition;
    if (id === undefined && agreement !== undefined) {
      id =
        (await findCreated(client, { ...begun, agreement })) ??
        (await attachRequisition(client, { institution_id, agreement }));
    }
    if (id === undefined) return;
    await client.deleteRequisition(id).catch(() => client.deleteRequisition(id));
  } catch {
    // The caller throws the original error.
  }
}

/**
 * The requisition, if it was created although the request failed: a gateway may fail, or reject, after the creation.
 * Another one with the same reference is left alone.
 */
async function findCreated(
  client: RequisitionMethods,
  { agreement, reference }: Begun & { agreement: string },
): Promise<string | undefined> {
  const found = await client.findRequisitionByReference(reference, { forceRefresh: true });
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
