import { DAY } from "../../banks/day.ts";
import type { OriginOfPages } from "../../world/access.ts";
import { newApp, type SandboxApp } from "../../world/http.ts";
import { agreementFor, notAccepted } from "../agreements.ts";
import { accessEnd, RECONFIRM_DAY, WINDOW_DAYS } from "../consent/access.ts";
import { fieldErrors, flatError, notFound } from "../errors/error-response.ts";
import { isMissing, redirectError } from "../fields.ts";
import type { Permissions } from "../permissions.ts";
import { fieldsOf } from "../request.ts";
import type { AgreementRecord, ReconfirmationRecord } from "../state/records.ts";
import type { ServiceState } from "../state/state.ts";

/** `/agreements/enduser/{id}/reconfirm/` */
export function reconfirmationRoutes(
  state: ServiceState,
  permissions: Permissions,
  pages: OriginOfPages,
): SandboxApp {
  const routes = newApp();
  const allowed = () => {
    if (permissions.reconfirmation === false)
      throw flatError(403, "", "You do not have permission to perform this action.");
  };

  routes.get("/agreements/enduser/:id/reconfirm/", (c) => {
    allowed();
    const agreement = reconfirmable(agreementFor(state, c));
    const reconfirmation = state.reconfirmations.get(agreement.id);
    if (reconfirmation === undefined) throw notFound();
    return c.json(reconfirmation);
  });

  routes.post("/agreements/enduser/:id/reconfirm/", async (c) => {
    allowed();
    const agreement = reconfirmable(agreementFor(state, c));
    const { redirect } = await fieldsOf(c);
    const error = isMissing(redirect) ? undefined : redirectError(redirect);
    if (error !== undefined) throw fieldErrors({ redirect: error });
    const reconfirmation = newReconfirmation(state, agreement, {
      accounts: reconfirmableAccounts(state, agreement),
      origin: pages(c),
      redirect: typeof redirect === "string" && redirect !== "" ? redirect : null,
    });
    state.reconfirmations.set(agreement.id, reconfirmation);
    return c.json(reconfirmation, 201);
  });

  return routes;
}

function reconfirmable(agreement: AgreementRecord): AgreementRecord {
  if (agreement.reconfirmation) return agreement;
  const detail = `Reconfirmation is not enabled for agreement '${agreement.id}'.`;
  throw flatError(400, "Reconfirmation is not enabled.", detail);
}

function reconfirmableAccounts(state: ServiceState, agreement: AgreementRecord): string[] {
  if (agreement.accepted === null) throw notAccepted(agreement);
  const requisition = [...state.requisitions.values()].find((one) => one.agreement === agreement.id);
  const accounts = requisition?.accounts ?? [];
  if (accounts.length === 0) {
    const detail = `For associated requisition '${requisition?.id ?? ""}', there are no accounts linked.`;
    throw flatError(400, "No accounts linked.", detail);
  }
  const now = state.world.clock.now();
  const until = Date.parse(agreement.accepted) + (RECONFIRM_DAY + WINDOW_DAYS) * DAY;
  const known = state.reconfirmations.get(agreement.id)?.accounts ?? {};
  const left = accounts.filter((id) => !known[id]?.reconfirmed && !known[id]?.rejected);
  if (left.length === 0 || now >= (accessEnd(agreement) ?? now)) {
    const detail = `For EUA '${agreement.id}' with access valid for ${agreement.access_valid_for_days} days there are no accounts left to reconfirm after ${timeText(until)}.`;
    throw flatError(400, "No accounts left to reconfirm.", detail);
  }
  if (now > until) {
    const detail = `For EUA '${agreement.id}' reconfirmation period was until ${timeText(until)}.`;
    throw flatError(400, "Reconfirmation requested after acceptance period.", detail);
  }
  return accounts;
}

function newReconfirmation(
  state: ServiceState,
  agreement: AgreementRecord,
  { accounts, origin, redirect }: { accounts: readonly string[]; origin: string; redirect: string | null },
): ReconfirmationRecord {
  const middle = Date.parse(agreement.accepted ?? "") + RECONFIRM_DAY * DAY;
  const known = state.reconfirmations.get(agreement.id);
  return {
    reconfirmation_url: `${origin}/psd2/reconfirm/${agreement.id}/`,
    created: known?.created ?? state.world.clock.iso(),
    url_valid_from: new Date(middle - WINDOW_DAYS * DAY).toISOString(),
    url_valid_to: new Date(middle + WINDOW_DAYS * DAY).toISOString(),
    redirect,
    last_accessed: known?.last_accessed ?? null,
    last_submitted: known?.last_submitted ?? null,
    accounts: Object.fromEntries(
      accounts.map((id) => [id, known?.accounts[id] ?? { reconfirmed: "", rejected: "" }]),
    ),
  };
}

/** A time as the service writes it in error responses. */
function timeText(at: number): string {
  return new Date(at).toISOString().replace("T", " ").replace("Z", "000");
}
