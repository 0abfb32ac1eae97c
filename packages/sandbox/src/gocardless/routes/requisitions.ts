import type { OriginOfPages } from "../../world/access.ts";
import { newApp, type SandboxApp } from "../../world/http.ts";
import { currentRequisition } from "../consent/requisition-flow.ts";
import { pageOf } from "../paging.ts";
import { fieldsOf, queryOf, rejectUnknown } from "../request.ts";
import { createRequisition, requisitionFor } from "../requisitions.ts";
import type { ServiceState } from "../state/state.ts";

const FIELDS = [
  "redirect",
  "institution_id",
  "agreement",
  "reference",
  "user_language",
  "ssn",
  "account_selection",
  "redirect_immediate",
];

/**
 * Members that only responses have. The service knows them in a request, and ignores them: clients in Go send the zero
 * value of `created` with each requisition.
 */
const READ_ONLY = ["id", "created", "status", "accounts", "link"];

/** `/requisitions/` */
export function requisitionRoutes(state: ServiceState, pages: OriginOfPages): SandboxApp {
  const routes = newApp();

  routes.get("/requisitions/", (c) => {
    rejectUnknown(queryOf(c).keys(), ["limit", "offset"], "query");
    const all = [...state.requisitions.values()].map((one) => currentRequisition(state, one));
    return c.json(pageOf(c, all));
  });

  routes.post("/requisitions/", async (c) => {
    const fields = await fieldsOf(c);
    rejectUnknown(Object.keys(fields), [...FIELDS, ...READ_ONLY], "payload");
    return c.json(createRequisition(state, fields, pages(c)), 201);
  });

  routes.get("/requisitions/:id/", (c) => c.json(currentRequisition(state, requisitionFor(state, c))));

  routes.delete("/requisitions/:id/", (c) => {
    const requisition = requisitionFor(state, c);
    state.requisitions.delete(requisition.id);
    state.agreements.delete(requisition.agreement);
    state.reconfirmations.delete(requisition.agreement);
    const detail = `Requisition ${requisition.id} deleted with all its End User Agreements`;
    return c.json({ summary: "Requisition deleted", detail });
  });

  return routes;
}
