import type { HttpBindings } from "@hono/node-server";
import type { Hono } from "hono";
import { accessEnd, RECONFIRM_DAY, WINDOW_DAYS } from "../../world/access.ts";
import type { Permissions } from "../../world/permissions.ts";
import { fields, flat, notFound } from "../../world/refusal.ts";
import type { AgreementRecord, ReconfirmationRecord, SandboxState } from "../../world/state.ts";
import { membersOf } from "../request.ts";
import { agreementFor, notAccepted } from "./agreements.ts";
import { redirectFault } from "./requisitions.ts";

const DAY = 86_400_000;

/** `/agreements/enduser/{id}/reconfirm/` */
export function reconfirmationRoutes(
  api: Hono<{ Bindings: HttpBindings }>,
  state: SandboxState,
  permissions: Permissions,
): void {
  const allowed = () => {
    if (permissions.reconfirmation === false)
      throw flat(403, "", "You do not have permission to perform this action.");
  };

  api.get("/agreements/enduser/:id/reconfirm/", (c) => {
    allowed();
    const agreement = reconfirmable(agreementFor(state, c));
    const reconfirmation = state.reconfirmations.get(agreement.id);
    if (reconfirmation === undefined) throw notFound();
    return c.json(reconfirmation);
  });

  api.post("/agreements/enduser/:id/reconfirm/", async (c) => {
    allowed();
    const agreement = reconfirmable(agreementFor(state, c));
    const { redirect } = await membersOf(c);
    const fault =
      redirect === undefined || redirect === null || redirect === "" ? undefined : redirectFault(redirect);
    if (fault !== undefined) throw fields({ redirect: fault });
    const accounts = reconfirmableAccounts(state, agreement);
    const origin = new URL(c.req.url).origin;
    const reconfirmation = newReconfirmation(state, agreement, accounts, origin, redirect);
    state.reconfirmations.set(agreement.id, reconfirmation);
    return c.json(reconfirmation, 201);
  });
}

function reconfirmable(agreement: AgreementRecord): AgreementRecord {
  if (agreement.reconfirmation) return agreement;
  const detail = `Reconfirmation is not enabled for agreement '${agreement.id}'.`;
  throw flat(400, "Reconfirmation is not enabled.", detail);
}

function reconfirmableAccounts(state: SandboxState, agreement: AgreementRecord): string[] {
  if (agreement.accepted === null) throw notAccepted(agreement);
  const requisition = [...state.requisitions.values()].find((one) => one.agreement === agreement.id);
  const accounts = requisition?.accounts ?? [];
  if (accounts.length === 0) {
    const detail = `For associated requisition '${requisition?.id ?? ""}', there are no accounts linked.`;
    throw flat(400, "No accounts linked.", detail);
  }
  const now = state.clock.now();
  const until = Date.parse(agreement.accepted) + (RECONFIRM_DAY + WINDOW_DAYS) * DAY;
  const known = state.reconfirmations.get(agreement.id)?.accounts ?? {};
  const left = accounts.filter((id) => !known[id]?.reconfirmed && !known[id]?.rejected);
  if (left.length === 0 || now >= (accessEnd(agreement) ?? now)) {
    const detail = `For EUA '${agreement.id}' with access valid for ${agreement.access_valid_for_days} days there are no accounts left to reconfirm after ${timeText(until)}.`;
    throw flat(400, "No accounts left to reconfirm.", detail);
  }
  if (now > until) {
    const detail = `For EUA '${agreement.id}' reconfirmation period was until ${timeText(until)}.`;
    throw flat(400, "Reconfirmation requested after acceptance period.", detail);
  }
  return accounts;
}

function newReconfirmation(
  state: SandboxState,
  agreement: AgreementRecord,
  accounts: readonly string[],
  origin: string,
  redirect: unknown,
): ReconfirmationRecord {
  const middle = Date.parse(agreement.accepted ?? "") + RECONFIRM_DAY * DAY;
  const known = state.reconfirmations.get(agreement.id);
  return {
    reconfirmation_url: `${origin}/psd2/reconfirm/${agreement.id}/`,
    created: known?.created ?? state.clock.iso(),
    url_valid_from: new Date(middle - WINDOW_DAYS * DAY).toISOString(),
    url_valid_to: new Date(middle + WINDOW_DAYS * DAY).toISOString(),
    redirect: typeof redirect === "string" && redirect !== "" ? redirect : null,
    last_accessed: known?.last_accessed ?? null,
    last_submitted: known?.last_submitted ?? null,
    accounts: Object.fromEntries(
      accounts.map((id) => [id, known?.accounts[id] ?? { reconfirmed: "", rejected: "" }]),
    ),
  };
}

/** As the service writes times in its refusals. */
function timeText(at: number): string {
  return new Date(at).toISOString().replace("T", " ").replace("Z", "000");
}
