import type { HttpBindings } from "@hono/node-server";
import type { Hono } from "hono";
import type { SandboxInstitution } from "../../banks/index.ts";
import { currentRequisition } from "../../world/consent.ts";
import { type FieldFault, fields, notFound, REQUIRED } from "../../world/refusal.ts";
import type { RequisitionRecord, SandboxState } from "../../world/state.ts";
import { pageOf } from "../paging.ts";
import { isUuid, membersOf, refuseUnknown, type SandboxContext, uuidParam } from "../request.ts";
import { createAgreement, flagFrom, institutionFrom, newestFirst } from "./agreements.ts";

const MEMBERS = [
  "redirect",
  "institution_id",
  "agreement",
  "reference",
  "user_language",
  "ssn",
  "account_selection",
  "redirect_immediate",
];

/** The languages that the consent page of the service speaks. */
const LANGUAGES = new Set(
  "BG CS DA DE EL EN ES ET FI FR HR HU IS IT LT LV NB NL NO PL PT RO RU SK SL SV UK".split(" "),
);

/** `/requisitions/` */
export function requisitionRoutes(api: Hono<{ Bindings: HttpBindings }>, state: SandboxState): void {
  api.get("/requisitions/", (c) => {
    refuseUnknown(Object.keys(c.req.query()), ["limit", "offset"], "query");
    const all = [...state.requisitions.values()].map((one) => currentRequisition(state, one));
    return c.json(pageOf(c, newestFirst(all)));
  });

  api.post("/requisitions/", async (c) => {
    const members = await membersOf(c);
    refuseUnknown(Object.keys(members), MEMBERS, "payload");
    return c.json(createRequisition(state, members, new URL(c.req.url).origin), 201);
  });

  api.get("/requisitions/:id/", (c) => c.json(currentRequisition(state, requisitionFor(state, c))));

  api.delete("/requisitions/:id/", (c) => {
    const requisition = requisitionFor(state, c);
    state.requisitions.delete(requisition.id);
    state.agreements.delete(requisition.agreement);
    state.reconfirmations.delete(requisition.agreement);
    const detail = `Requisition ${requisition.id} deleted with all its End User Agreements`;
    return c.json({ summary: "Requisition deleted", detail });
  });
}

function requisitionFor(state: SandboxState, c: SandboxContext): RequisitionRecord {
  const requisition = state.requisitions.get(uuidParam(c));
  if (requisition === undefined) throw notFound();
  return requisition;
}

function createRequisition(
  state: SandboxState,
  members: Readonly<Record<string, unknown>>,
  origin: string,
): RequisitionRecord {
  const faults: Record<string, FieldFault> = {};
  const institution = institutionFrom(state, members["institution_id"], faults);
  const redirect = redirectFrom(members, faults);
  const reference = referenceFrom(state, members["reference"], faults);
  const language = languageFrom(members["user_language"], faults);
  const ssn = ssnFrom(members["ssn"], institution, faults);
  const selection = flagFrom(members["account_selection"], "account_selection", faults);
  const immediate = flagFrom(members["redirect_immediate"], "redirect_immediate", faults);
  if (
    selection &&
    institution !== undefined &&
    !institution.supported_features.includes("account_selection")
  ) {
    faults["account_selection"] = {
      summary: "Account selection not supported",
      detail: `Account selection not supported for ${institution.id}`,
    };
  }
  const given = agreementFrom(state, members["agreement"], institution, faults);
  if (Object.keys(faults).length > 0 || institution === undefined) throw fields(faults);
  const id = state.newId();
  const requisition: RequisitionRecord = {
    id,
    created: state.clock.iso(),
    redirect,
    status: "CR",
    institution_id: institution.id,
    agreement: given ?? defaultAgreement(state, institution),
    reference: reference ?? state.newId(),
    accounts: [],
    user_language: language,
    link: `${origin}/psd2/start/${id}/${institution.id}`,
    ssn,
    account_selection: selection,
    redirect_immediate: immediate,
  };
  state.requisitions.set(id, requisition);
  return requisition;
}

/** The service's defaults, or less where the bank allows less. */
function defaultAgreement(state: SandboxState, institution: SandboxInstitution): string {
  return createAgreement(state, {
    institution_id: institution.id,
    max_historical_days: Math.min(90, Number(institution.transaction_total_days)),
  }).id;
}

function redirectFrom(
  members: Readonly<Record<string, unknown>>,
  faults: Record<string, FieldFault>,
): string | null {
  const { redirect } = members;
  if (redirect === null) return null;
  if (redirect === undefined) faults["redirect"] = REQUIRED;
  else if (redirect === "") {
    faults["redirect"] = [
      {
        summary: "Redirect URL is required",
        detail: "Where an end user will be redirected after finishing authentication in the Institution",
      },
    ];
  } else {
    const fault = redirectFault(redirect);
    if (fault === undefined) return String(redirect);
    faults["redirect"] = fault;
  }
  return null;
}

/** What is wrong with an address to come back to. */
export function redirectFault(redirect: unknown): FieldFault | undefined {
  if (typeof redirect === "string" && redirect.length > 1024) {
    return ["Ensure this field has no more than 1024 characters."];
  }
  if (typeof redirect === "string" && /^[a-z][a-z0-9+.-]*:\/\//i.test(redirect) && URL.canParse(redirect)) {
    return undefined;
  }
  return [{ summary: "Invalid redirect URI", detail: "Redirect URI must have a valid URI structure" }];
}

function referenceFrom(
  state: SandboxState,
  value: unknown,
  faults: Record<string, FieldFault>,
): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "string" || value === "") {
    faults["reference"] = [value === "" ? "This field may not be blank." : "Not a valid string."];
  } else if (value.length > 256) {
    faults["reference"] = ["Ensure this field has no more than 256 characters."];
  } else if ([...state.requisitions.values()].some((one) => one.reference === value)) {
    faults["reference"] = {
      summary: "Client reference must be unique",
      detail: `Client reference: ${value} already exists`,
    };
  } else {
    return value;
  }
  return undefined;
}

function languageFrom(value: unknown, faults: Record<string, FieldFault>): string {
  if (value === undefined || value === null || value === "") return "EN";
  if (typeof value === "string" && LANGUAGES.has(value.slice(0, 2).toUpperCase()) && value.length <= 5) {
    return value.toUpperCase();
  }
  faults["user_language"] = {
    summary: "Provided user_language is invalid or not supported",
    detail: `'${String(value).slice(0, 20)}' is an invalid or unsupported language`,
  };
  return "EN";
}

function ssnFrom(
  value: unknown,
  institution: SandboxInstitution | undefined,
  faults: Record<string, FieldFault>,
): string {
  if (value === undefined || value === null || value === "") return "";
  if (typeof value !== "string") faults["ssn"] = ["Not a valid string."];
  else if (value.length > 64) faults["ssn"] = ["Ensure this field has no more than 64 characters."];
  else if (value.includes("verified"))
    faults["ssn"] = [{ summary: "verified not allowed", detail: "'ssn' contains verified" }];
  else if (institution !== undefined && !institution.supported_features.includes("ssn_verification")) {
    faults["ssn"] = [
      {
        summary: "SSN verification not supported",
        detail: `SSN verification not supported for ${institution.id}`,
      },
    ];
  } else return value;
  return "";
}

function agreementFrom(
  state: SandboxState,
  value: unknown,
  institution: SandboxInstitution | undefined,
  faults: Record<string, FieldFault>,
): string | undefined {
  if (value === undefined || value === null || value === "") return undefined;
  const id = String(value).toLowerCase();
  if (!isUuid(id)) {
    faults["agreement"] = [
      {
        summary: "Invalid EndUserAgreement ID",
        detail: `${id.slice(0, 64)} is not a valid EndUserAgreement UUID.  Please specify valid agreement from /api/agreements/enduser/ or create a new one`,
      },
    ];
    return undefined;
  }
  const agreement = state.agreements.get(id);
  if (agreement === undefined) {
    throw fields(
      {
        agreement: { summary: `ID ${id} not found`, detail: "Please check whether you specified a valid ID" },
      },
      404,
    );
  }
  if (institution !== undefined && agreement.institution_id !== institution.id) {
    faults["agreement"] = {
      summary: `Incorrect Institution ID ${institution.id}`,
      detail: `Provided Institution ID: '${institution.id}' for requisition does not match EUA institution ID '${agreement.institution_id}'. Please provide correct institution ID: '${agreement.institution_id}'`,
    };
  }
  const user = [...state.requisitions.values()].find((one) => one.agreement === id);
  if (user !== undefined) {
    faults["agreement"] = [
      {
        summary: `Agreement ${id} is already associated`,
        detail: `The agreement is already associated with requisition ${user.id}. Please provide a valid agreement or use a different requisition.`,
      },
    ];
  }
  return id;
}
