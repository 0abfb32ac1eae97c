import type { HttpBindings } from "@hono/node-server";
import type { Hono } from "hono";
import type { SandboxInstitution } from "../../banks/index.ts";
import { fields, flat, notFound } from "../../world/refusal.ts";
import type { SandboxState } from "../../world/state.ts";
import { refuseUnknown } from "../request.ts";

/** Filters by a feature, and the feature that each asks for. */
const FEATURE_FILTERS: Readonly<Record<string, string>> = {
  access_scopes_supported: "access_scopes",
  account_selection_supported: "account_selection",
  business_accounts_supported: "business_accounts",
  card_accounts_supported: "card_accounts",
  corporate_accounts_supported: "corporate_accounts",
  pending_transactions_supported: "pending_transactions",
  private_accounts_supported: "private_accounts",
  read_debtor_account_supported: "read_debtor_account",
  read_refund_account_supported: "read_refund_account",
  separate_continuous_history_consent_supported: "separate_continuous_history_consent",
  ssn_verification_supported: "ssn_verification",
};

/** The 31 countries of the European Economic Area and the United Kingdom: the service knows no other. */
const COUNTRIES = new Set(
  "AT BE BG HR CY CZ DK EE FI FR DE GR HU IS IE IT LV LI LT LU MT NL NO PL PT RO SK SI ES SE GB".split(" "),
);

/** `GET /institutions/`, `/institutions/{id}/` and `/integrations/{id}/`. A list of integrations there is not. */
export function institutionRoutes(api: Hono<{ Bindings: HttpBindings }>, state: SandboxState): void {
  api.get("/institutions/", (c) => {
    const query = c.req.query();
    refuseUnknown(Object.keys(query), ["country", ...Object.keys(FEATURE_FILTERS)], "query");
    const country = checkedCountry(query["country"]);
    const wanted = Object.entries(FEATURE_FILTERS).flatMap(([name, feature]) => {
      const value = query[name];
      return value === undefined ? [] : [{ feature, present: checkedFlag(name, value) }];
    });
    const listed = [...state.institutions.values()].filter(
      (institution) =>
        institution.traits.listed &&
        (country === undefined || institution.countries.includes(country)) &&
        wanted.every(({ feature, present }) => hasFeature(institution, feature) === present),
    );
    return c.json(listed.map(recordOf));
  });

  for (const path of ["/institutions/:id/", "/integrations/:id/"]) {
    api.get(path, (c) => {
      const institution = state.institutions.get(c.req.param("id") ?? "");
      if (institution === undefined) throw notFound();
      return c.json(recordOf(institution));
    });
  }
}

function checkedCountry(text: string | undefined): string | undefined {
  if (text === undefined || text === "") return undefined;
  const country = text.toUpperCase();
  if (!COUNTRIES.has(country)) throw flat(400, "Invalid country choice.", `${text} is not a valid choice.`);
  return country;
}

function checkedFlag(name: string, value: string): boolean {
  if (/^(?:true|1)$/i.test(value)) return true;
  if (/^(?:false|0)$/i.test(value)) return false;
  throw fields({ [name]: [`"${value}" is not a valid boolean.`] });
}

/** Every bank of the sandbox gives all scopes separately. */
function hasFeature(institution: SandboxInstitution, feature: string): boolean {
  return feature === "access_scopes" || institution.supported_features.includes(feature);
}

function recordOf({ traits: _, ...record }: SandboxInstitution): Omit<SandboxInstitution, "traits"> {
  return record;
}
