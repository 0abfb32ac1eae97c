import { type Received, type Reply, type Service, startService } from "../../support/service.ts";

/** Sets the title, erases the screen, moves back, forges a line, changes the writing direction and hides characters. */
export const EVIL =
  "\u001b]0;PWNED\u0007B\u001b[2J\b\t\r\n✗ forged\u009b31m\u0085\u202e\u2066\u200b\u00ad\u2028\u{e0041}\ud83d";

const evil = (text: string) => `${text}${EVIL}`;

const ACCOUNT = "7e944232-bda9-40bc-b784-660c7ab5fe7";
const REQUISITION = "1e944232-bda9-40bc-b784-660c7ab5fe78";
const AGREEMENT = "2e944232-bda9-40bc-b784-660c7ab5fe78";
const BANK = "EVIL_BANK";

const bank = (id: string) => ({
  id,
  name: evil("Bank"),
  bic: evil("EVILBANK"),
  transaction_total_days: "90",
  max_access_valid_for_days: "90",
  countries: [evil("DE")],
  supported_features: ["separate_continuous_history_consent", evil("feature")],
});

const agreement = {
  id: AGREEMENT,
  institution_id: BANK,
  max_historical_days: 90,
  access_valid_for_days: 90,
  accepted: new Date(Date.now() - 80 * 86_400_000).toISOString(),
};

const requisition = {
  id: REQUISITION,
  status: "LN",
  institution_id: BANK,
  agreement: AGREEMENT,
  reference: evil("ref"),
  accounts: [`${ACCOUNT}0`, `${ACCOUNT}1`],
  link: evil("http://127.0.0.1:9/"),
};

const balance = {
  balanceAmount: { amount: "-1.50", currency: evil("EUR") },
  balanceType: evil("closingBooked"),
  referenceDate: evil("2026-01-01"),
};

const entry = {
  transactionId: evil("id"),
  bookingDate: new Date().toISOString().slice(0, 10),
  transactionAmount: { amount: "-1.50", currency: evil("EUR") },
  creditorName: evil("Shop"),
  remittanceInformationUnstructured: evil("Coffee"),
  [evil("member")]: [evil("value")],
};

/** What the bank sends about an account, by the last part of the path. */
const DATA: Readonly<Record<string, unknown>> = {
  balances: { balances: [balance] },
  details: {
    account: { name: evil("Giro"), product: evil("Product"), [evil("odd")]: evil("x"), list: [evil("y")] },
  },
  transactions: { transactions: { booked: [entry], pending: [{ ...entry, transactionId: undefined }] } },
};

function usual({ method, path }: Received): unknown {
  const [, room, first = "", data = ""] = path.split(/[/?]/);
  if (method === "DELETE") return { summary: evil("Deleted"), detail: evil("Deleted") };
  if (room === "institutions") return first === BANK ? bank(BANK) : [bank(BANK), bank(evil("EVIL_OTHER"))];
  if (room === "agreements") return method === "POST" ? { ...agreement, accepted: null } : page([agreement]);
  if (room === "requisitions")
    return first === REQUISITION || method === "POST" ? requisition : page([requisition]);
  if (room !== "accounts") return undefined;
  if (data in DATA) return DATA[data];
  const named = { iban: evil("DE89370400440532013000"), name: evil("Giro"), owner_name: evil("Jo") };
  return { id: first, ...named, status: evil("READY"), institution_id: evil(BANK) };
}

const page = (results: unknown[]) => ({ count: results.length, next: null, previous: null, results });

/** A service whose every text is hostile. What `refuse` returns takes precedence over the usual response. */
export async function startHostileService(
  refuse: (request: Received, nth: number) => Reply | undefined = () => undefined,
): Promise<Service> {
  return await startService((request, nth) => {
    if (request.path.startsWith("/token/")) return undefined;
    const body = usual(request);
    return refuse(request, nth) ?? (body === undefined ? undefined : { body });
  });
}

/** An error response with hostile texts; with status 429, it is the daily limit. */
export const refusal = (status: number): Reply => ({
  status,
  headers: {
    http_x_ratelimit_account_success_limit: "4",
    http_x_ratelimit_account_success_remaining: "0",
    http_x_ratelimit_account_success_reset: "80000",
  },
  body: { summary: evil("Refused"), detail: evil("Because"), type: evil("Type"), status_code: status },
});
