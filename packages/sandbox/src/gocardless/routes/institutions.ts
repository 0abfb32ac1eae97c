import type { BankFeature, SandboxBank } from "../../banks/index.ts";
import { newApp, type SandboxApp } from "../../world/http.ts";
import { fieldErrors, flatError, notFound } from "../errors/error-response.ts";
import { flagOf } from "../fields.ts";
import { queryOf, rejectUnknown } from "../request.ts";
import type { ServiceState } from "../state/state.ts";

/** The service's names of the banks' features. */
const FEATURES: Readonly<Record<BankFeature, string>> = {
  accountSelection: "account_selection",
  businessAccounts: "business_accounts",
  cardAccounts: "card_accounts",
  pendingTransactions: "pending_transactions",
  privateAccounts: "private_accounts",
  separateContinuousHistoryConsent: "separate_continuous_history_consent",
  ssnVerification: "ssn_verification",
};

/** The query parameters that filter by a feature, each with its feature. */
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

/** The service only knows these 31 countries: the European Economic Area and the United Kingdom. */
const COUNTRIES = new Set(
  "AT BE BG HR CY CZ DK EE FI FR DE GR HU IS IE IT LV LI LT LU MT NL NO PL PT RO SK SI ES SE GB".split(" "),
);

/** `GET /institutions/`, `/institutions/{id}/` and `/integrations/{id}/`. The service has no list of integrations. */
export function institutionRoutes(state: ServiceState): SandboxApp {
  const routes = newApp();

  routes.get("/institutions/", (c) => {
    const query = queryOf(c);
    rejectUnknown(query.keys(), ["country", ...Object.keys(FEATURE_FILTERS)], "query");
    const country = checkedCountry(query.get("country"));
    const wanted = Object.entries(FEATURE_FILTERS).flatMap(([name, feature]) => {
      const value = query.get(name);
      return value === undefined || value === "" ? [] : [{ feature, present: checkedFlag(name, value) }];
    });
    const listed = state
      .offeredBanks()
      .filter(
        (bank) =>
          bank.listed &&
          (country === undefined || bank.countries.includes(country)) &&
          wanted.every(({ feature, present }) => hasFeature(bank, feature) === present),
      );
    return c.json(listed.map(recordOf));
  });

  for (const path of ["/institutions/:id/", "/integrations/:id/"]) {
    routes.get(path, (c) => {
      const bank = state.offeredBank(c.req.param("id") ?? "");
      if (bank === undefined) throw notFound();
      return c.json(recordOf(bank));
    });
  }

  return routes;
}

function checkedCountry(text: string | undefined): string | undefined {
  if (text === undefined || text === "") return undefined;
  const country = text.toUpperCase();
  if (!COUNTRIES.has(country))
    throw flatError(400, "Invalid country choice.", `${text} is not a valid choice.`);
  return country;
}

function checkedFlag(name: string, value: string): boolean {
  const flag = flagOf(value);
  if (flag !== undefined) return flag;
  throw fieldErrors({ [name]: [`"${value}" is not a valid boolean.`] });
}

/** Whether a bank has a feature. Every bank of the sandbox has `access_scopes`. */
function hasFeature(bank: SandboxBank, feature: string): boolean {
  return feature === "access_scopes" || bank.features.some((one) => FEATURES[one] === feature);
}

/** A bank as the service lists it. */
function recordOf(bank: SandboxBank) {
  return {
    id: bank.id,
    name: bank.name,
    bic: bank.bic,
    transaction_total_days: String(bank.historyDays),
    max_access_valid_for_days: String(bank.accessDays),
    countries: bank.countries,
    logo: bank.logo,
    supported_features: bank.features.map((feature) => FEATURES[feature]),
    identification_codes: [],
    ...(bank.reconfirmedAccessDays === undefined
      ? {}
      : { max_access_valid_for_days_reconfirmation: String(bank.reconfirmedAccessDays) }),
  };
}
