import type { HttpBindings } from "@hono/node-server";
import type { Hono } from "hono";
import type { SandboxInstitution } from "../../banks/index.ts";
import type { Permissions } from "../../world/permissions.ts";
import {
  type FieldFault,
  fields,
  flat,
  notFound,
  REQUIRED,
  unknownInstitution,
} from "../../world/refusal.ts";
import type { AgreementRecord, SandboxState } from "../../world/state.ts";
import { pageOf } from "../paging.ts";
import { membersOf, refuseUnknown, type SandboxContext, uuidParam } from "../request.ts";

const SCOPES = ["balances", "details", "transactions"];
const MEMBERS = [
  "institution_id",
  "max_historical_days",
  "access_valid_for_days",
  "access_scope",
  "reconfirmation",
];
const DEFAULT_DAYS = 90;

/** `/agreements/enduser/` without its reconfirmations. */
export function agreementRoutes(
  api: Hono<{ Bindings: HttpBindings }>,
  state: SandboxState,
  permissions: Permissions,
): void {
  api.get("/agreements/enduser/", (c) => c.json(pageOf(c, newestFirst([...state.agreements.values()]))));

  api.post("/agreements/enduser/", async (c) => {
    const members = await membersOf(c);
    refuseUnknown(Object.keys(members), MEMBERS, "payload");
    if (members["reconfirmation"] !== undefined && permissions.reconfirmation === false) {
      throw flat(403, "", "You do not have permission to enable reconfirmation.");
    }
    return c.json(createAgreement(state, members), 201);
  });

  api.get("/agreements/enduser/:id/", (c) => c.json(agreementFor(state, c)));

  api.delete("/agreements/enduser/:id/", (c) => {
    const agreement = agreementFor(state, c);
    if (agreement.accepted === null) throw notAccepted(agreement);
    state.agreements.delete(agreement.id);
    return c.json({
      summary: "End User Agreement deleted",
      detail: `End User Agreement ${agreement.id} deleted`,
    });
  });

  api.put("/agreements/enduser/:id/accept/", async (c) => {
    const agreement = agreementFor(state, c);
    const members = await membersOf(c);
    const faults: Record<string, FieldFault> = {};
    for (const name of ["user_agent", "ip_address"]) {
      const value = members[name];
      if (value === undefined || value === null) faults[name] = REQUIRED;
      else if (typeof value !== "string" || value.trim() === "")
        faults[name] = ["This field may not be blank."];
    }
    if (Object.keys(faults).length > 0) throw fields(faults);
    if (permissions.acceptAgreements === false) {
      const detail =
        "Your company doesn't have permission to accept EUA. You'll have to use our default form for this action.";
      throw flat(403, "Insufficient permissions", detail);
    }
    if (agreement.accepted !== null) {
      throw flat(
        405,
        "EUA cannot be accepted more than once",
        "End User Agreements cannot be accepted more than once",
      );
    }
    agreement.accepted = state.clock.iso();
    return c.json(agreement);
  });
}

/** The agreement that the path names. @throws Refusal */
export function agreementFor(state: SandboxState, c: SandboxContext): AgreementRecord {
  const agreement = state.agreements.get(uuidParam(c));
  if (agreement === undefined) throw notFound();
  return agreement;
}

/** The refusal for what only an accepted agreement can do. */
export function notAccepted(agreement: AgreementRecord) {
  return flat(400, "End user agreement needs to be accepted.", `EUA '${agreement.id}' is not accepted.`);
}

/** Lists begin with what came last. */
export function newestFirst<T>(items: T[]): T[] {
  return items.reverse();
}

/** Makes an agreement from the members of a body. @throws Refusal with every field that is wrong */
export function createAgreement(
  state: SandboxState,
  members: Readonly<Record<string, unknown>>,
): AgreementRecord {
  const faults: Record<string, FieldFault> = {};
  const institution = institutionFrom(state, members["institution_id"], faults);
  const reconfirmation = flagFrom(members["reconfirmation"], "reconfirmation", faults);
  const history = dayCount(members["max_historical_days"], "max_historical_days", faults);
  const access = dayCount(members["access_valid_for_days"], "access_valid_for_days", faults);
  const scope = scopesFrom(members["access_scope"], faults);
  if (institution !== undefined) checkAgainstBank(institution, { history, access, reconfirmation }, faults);
  if (Object.keys(faults).length > 0 || institution === undefined) throw fields(faults);
  const agreement: AgreementRecord = {
    id: state.newId(),
    created: state.clock.iso(),
    institution_id: institution.id,
    max_historical_days: history,
    access_valid_for_days: access,
    access_scope: scope,
    accepted: null,
    reconfirmation,
  };
  state.agreements.set(agreement.id, agreement);
  return agreement;
}

/** The institution that a body names. */
export function institutionFrom(
  state: SandboxState,
  value: unknown,
  faults: Record<string, FieldFault>,
): SandboxInstitution | undefined {
  if (value === undefined || value === null || value === "") {
    faults["institution_id"] = value === "" ? ["This field may not be blank."] : REQUIRED;
    return undefined;
  }
  const institution = typeof value === "string" ? state.institutions.get(value) : undefined;
  if (institution === undefined) faults["institution_id"] = unknownInstitution(shown(value));
  return institution;
}

function shown(value: unknown): string {
  return typeof value === "string" ? value.slice(0, 256) : JSON.stringify(value).slice(0, 256);
}

/** A flag: true or false, or in a form their words. */
export function flagFrom(value: unknown, name: string, faults: Record<string, FieldFault>): boolean {
  if (value === undefined || value === null || value === "") return false;
  if (typeof value === "boolean") return value;
  if (typeof value === "string" && /^(?:true|1|false|0)$/i.test(value)) return /^(?:true|1)$/i.test(value);
  faults[name] = ["Must be a valid boolean."];
  return false;
}

function dayCount(value: unknown, name: string, faults: Record<string, FieldFault>): number {
  if (value === undefined || value === null || value === "") return DEFAULT_DAYS;
  const number = typeof value === "string" && /^-?\d{1,9}$/.test(value.trim()) ? Number(value) : value;
  if (typeof number === "number" && Number.isInteger(number)) return number;
  faults[name] = ["A valid integer is required."];
  return DEFAULT_DAYS;
}

function scopesFrom(value: unknown, faults: Record<string, FieldFault>): string[] {
  if (value === undefined || value === null) return [...SCOPES];
  const given: unknown[] = Array.isArray(value)
    ? value
    : typeof value === "string"
      ? parsedList(value)
      : [value];
  if (given.length === 0) {
    faults["access_scope"] = [
      {
        summary: "Field 'access_scope' may not be an empty list.",
        detail: "Please choose one or several of ['balances', 'details', 'transactions'].",
      },
    ];
    return [];
  }
  const unknown = given.filter((scope) => typeof scope !== "string" || !SCOPES.includes(scope));
  if (unknown.length > 0) {
    faults["access_scope"] = unknown.map((scope) => ({
      summary: `Unknown value '${shown(scope)}' in access_scope`,
      detail: "Choose one or several from ['balances', 'details', 'transactions']",
    }));
  }
  return [...new Set(given.map(String))];
}

/** A form carries a list as its JSON text, or one scope as it is. */
function parsedList(text: string): unknown[] {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : [text];
  } catch {
    return [text];
  }
}

function checkAgainstBank(
  institution: SandboxInstitution,
  wanted: { history: number; access: number; reconfirmation: boolean },
  faults: Record<string, FieldFault>,
): void {
  const { traits } = institution;
  const total = traits.realHistoryDays ?? Number(institution.transaction_total_days);
  if (wanted.history < 1 || wanted.history > total) {
    faults["max_historical_days"] ??= [
      {
        summary: "Incorrect max_historical_days",
        detail: `max_historical_days must be > 0 and <= ${institution.id} transaction_total_days (${total})`,
      },
    ];
  }
  const reconfirmable = institution.max_access_valid_for_days_reconfirmation;
  const advertised = Number(institution.max_access_valid_for_days);
  const longest =
    traits.realAccessDays ?? (wanted.reconfirmation ? Number(reconfirmable ?? advertised) : advertised);
  if (wanted.access < 1 || wanted.access > longest) {
    faults["access_valid_for_days"] ??= [
      {
        summary: "Incorrect access_valid_for_days",
        detail: `access_valid_for_days must be > 0 and <= ${longest}`,
      },
    ];
  }
  if (!wanted.reconfirmation) return;
  if (reconfirmable === undefined) {
    faults["reconfirmation"] ??= {
      summary: "Reconfirmation not supported",
      detail: `Reconfirmation not supported for ${institution.id}`,
    };
  } else if (wanted.access <= 90) {
    faults["reconfirmation"] ??= {
      summary: "Reconfirmation is not allowed",
      detail: "Reconfirmation is not allowed when access_valid_for_days <= 90 days.",
    };
  }
}
