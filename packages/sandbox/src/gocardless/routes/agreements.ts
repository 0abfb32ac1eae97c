import { newApp, type SandboxApp } from "../../world/http.ts";
import { agreementFor, createAgreement, notAccepted } from "../agreements.ts";
import { fieldErrors, flatError } from "../errors/error-response.ts";
import { type FieldErrors, isMissing, missingError, textFrom } from "../fields.ts";
import { pageOf } from "../paging.ts";
import type { Permissions } from "../permissions.ts";
import { fieldsOf, rejectUnknown } from "../request.ts";
import type { ServiceState } from "../state/state.ts";

const FIELDS = [
  "institution_id",
  "max_historical_days",
  "access_valid_for_days",
  "access_scope",
  "reconfirmation",
];

/** Members that only responses have. The service knows them in a request, and ignores them. */
const READ_ONLY = ["id", "created", "accepted"];

/** `/agreements/enduser/` and the paths below it, except for reconfirmations. */
export function agreementRoutes(state: ServiceState, permissions: Permissions): SandboxApp {
  const routes = newApp();

  routes.get("/agreements/enduser/", (c) => c.json(pageOf(c, state.agreements.values())));

  routes.post("/agreements/enduser/", async (c) => {
    const fields = await fieldsOf(c);
    rejectUnknown(Object.keys(fields), [...FIELDS, ...READ_ONLY], "payload");
    if (fields["reconfirmation"] !== undefined && permissions.reconfirmation === false) {
      throw flatError(403, "", "You do not have permission to enable reconfirmation.");
    }
    return c.json(createAgreement(state, fields), 201);
  });

  routes.get("/agreements/enduser/:id/", (c) => c.json(agreementFor(state, c)));

  routes.delete("/agreements/enduser/:id/", (c) => {
    const agreement = agreementFor(state, c);
    if (agreement.accepted === null) throw notAccepted(agreement);
    state.agreements.delete(agreement.id);
    return c.json({
      summary: "End User Agreement deleted",
      detail: `End User Agreement ${agreement.id} deleted`,
    });
  });

  routes.put("/agreements/enduser/:id/accept/", async (c) => {
    const agreement = agreementFor(state, c);
    const fields = await fieldsOf(c);
    const errors: FieldErrors = {};
    for (const name of ["user_agent", "ip_address"]) {
      const value = fields[name];
      const text = textFrom(value);
      if (isMissing(value) || text === "") errors[name] = missingError(value);
      else if (text === undefined) errors[name] = ["Not a valid string."];
    }
    if (Object.keys(errors).length > 0) throw fieldErrors(errors);
    if (permissions.acceptAgreements === false) {
      const detail =
        "Your company doesn't have permission to accept EUA. You'll have to use our default form for this action.";
      throw flatError(403, "Insufficient permissions", detail);
    }
    if (agreement.accepted !== null) {
      throw flatError(
        405,
        "EUA cannot be accepted more than once",
        "End User Agreements cannot be accepted more than once",
      );
    }
    agreement.accepted = state.world.clock.iso();
    return c.json(agreement);
  });

  return routes;
}
