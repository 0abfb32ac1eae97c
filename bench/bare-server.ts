import { createServer } from "node:http";

/**
 * A separate process that sends prepared bytes: tokens, transactions (account `1000-7` has 1,000 of them), and 50
 * accounts with a delay of 50 ms. Prints its port.
 */
const DELAY = 50;

const tokens = { access: "access", access_expires: 86_400, refresh: "refresh", refresh_expires: 2_592_000 };
const accounts = Array.from({ length: 50 }, (_, at) => `account-${at}`);
const page = (results: unknown[]) => ({ count: results.length, next: null, previous: null, results });
const requisition = {
  id: "r",
  status: "LN",
  reference: "r",
  institution_id: "BANK",
  agreement: "e",
  accounts,
};
const agreement = {
  id: "e",
  institution_id: "BANK",
  accepted: "2026-11-01T00:00:00Z",
  access_valid_for_days: 90,
};

const prepared = new Map<string, Buffer>();

function bytesFor(path: string): { bytes: Buffer; delay: number } {
  const key = path.replace(/-\d+\/transactions/, "/transactions");
  const known = prepared.get(key);
  const delay = path.startsWith("/token/") || path.includes("/transactions") ? 0 : DELAY;
  if (known !== undefined) return { bytes: known, delay };
  const bytes = Buffer.from(JSON.stringify(bodyFor(key)));
  prepared.set(key, bytes);
  return { bytes, delay };
}

function bodyFor(path: string): unknown {
  if (path.startsWith("/token/")) return tokens;
  if (path.startsWith("/requisitions")) return page([requisition]);
  if (path.startsWith("/agreements")) return page([agreement]);
  const [, , id = "", kind] = path.split("/");
  if (kind !== "transactions")
    return { id, status: "READY", iban: "DE89370400440532013000", institution_id: "BANK" };
  return {
    transactions: { booked: transactions(Number(id)), pending: [] },
    last_updated: "2026-11-23T09:00:00Z",
  };
}

function transactions(count: number): unknown[] {
  return Array.from({ length: count }, (_, at) => ({
    transactionId: `20260304-${at}`,
    bookingDate: "2026-03-04",
    valueDate: "2026-03-03",
    transactionAmount: { amount: `-${at}.${at % 10}5`, currency: "EUR" },
    creditorName: `Corner Market ${at % 40}`,
    ...(at % 3 === 0 ? { creditorAccount: { iban: "DE89370400440532013000" } } : {}),
    ...(at % 9 === 0
      ? { currencyExchange: [{ sourceCurrency: "USD", exchangeRate: "1.0812", unitCurrency: "EUR" }] }
      : {}),
    remittanceInformationUnstructured: `Card payment Corner Market ${at}, card 1234, thank you`,
    bankTransactionCode: "PMNT-CCRD-POSD",
    internalTransactionId: `${at}`.padStart(32, "0"),
  }));
}

const server = createServer((request, response) => {
  request.resume();
  const path = (request.url ?? "").replace(/^\/api\/v2/, "").replace(/\?.*$/, "");
  const { bytes, delay } = bytesFor(path);
  const send = () => response.writeHead(200, { "content-type": "application/json" }).end(bytes);
  if (delay === 0) send();
  else setTimeout(send, delay);
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  process.stdout.write(`${typeof address === "object" ? address?.port : ""}\n`);
});
process.on("disconnect", () => process.exit());
