import type { HttpBindings } from "@hono/node-server";
import type { Hono } from "hono";
import { balancesOf, detailsOf, type Payload, transactionsOf } from "../banks/index.ts";
import { accessEnd, currentAccountStatus } from "../consent.ts";
import type { LimitBook } from "../limits.ts";
import { accountNotFound, fields, flat, invalidAccountId, Refusal, suspended } from "../refusal.ts";
import { isUuid, refuseUnknown, type SandboxContext } from "../request.ts";
import type { AccountRecord, AgreementRecord, SandboxState } from "../state.ts";

const DAY = 86_400_000;

type Kind = "balances" | "details" | "transactions";

/** `/accounts/{id}/` and what hangs on it. */
export function accountRoutes(
  api: Hono<{ Bindings: HttpBindings }>,
  state: SandboxState,
  limits: LimitBook | undefined,
): void {
  api.get("/accounts/:id/", (c) => {
    // Metadata document no 400: an id that is none is simply not found.
    if (!isUuid(c.req.param("id") ?? "")) throw accountNotFound(c.req.param("id") ?? "");
    const account = accountFor(state, c);
    account.last_accessed = state.clock.iso();
    return c.json(metadataOf(state, account));
  });

  const data = (
    kind: Kind,
    answer: (c: SandboxContext, account: AccountRecord, agreement: AgreementRecord) => Payload,
  ) =>
    api.get(`/accounts/:id/${kind}/`, (c) => {
      const account = accountFor(state, c);
      const agreement = openedBy(state, account, kind);
      limits?.checkAccount(account.id, kind, state.clock.now());
      const payload = answer(c, account, agreement);
      limits?.countAccount(account.id, kind, state.clock.now());
      account.last_accessed = state.clock.iso();
      account.failures = 0;
      return c.json(payload);
    });

  const view = (account: AccountRecord) => ({ at: state.clock.date(), call: account.transactionCalls });

  data("balances", (_, account) => ({ balances: balancesOf(account.bank, view(account)) }));
  data("details", (_, account) => ({ account: detailsOf(account.bank) }));
  data("transactions", (c, account, agreement) => {
    const range = rangeFrom(c, state, agreement);
    const transactions = account.transactions ?? transactionsOf(account.bank, view(account), range);
    account.transactionCalls += 1;
    return { transactions, last_updated: state.clock.iso() };
  });
}

function accountFor(state: SandboxState, c: SandboxContext): AccountRecord {
  const id = c.req.param("id") ?? "";
  if (!isUuid(id)) throw invalidAccountId(id);
  const account = state.accounts.get(id.toLowerCase());
  if (account === undefined) throw accountNotFound(id);
  return account;
}

function metadataOf(state: SandboxState, account: AccountRecord): Payload {
  return {
    id: account.id,
    created: account.created,
    last_accessed: account.last_accessed ?? account.created,
    iban: account.bank.iban,
    ...(account.bank.bban === null ? {} : { bban: account.bank.bban }),
    status: currentAccountStatus(state, account),
    institution_id: account.institution_id,
    owner_name: account.bank.ownerName,
    name: account.bank.name,
  };
}

/** The agreement that opens an account for a kind of data. @throws Refusal where none does */
function openedBy(state: SandboxState, account: AccountRecord, kind: Kind): AgreementRecord {
  if (account.status === "SUSPENDED") throw suspended();
  if (account.status !== "READY" && account.status !== "EXPIRED") {
    throw new Refusal(409, metadataOf(state, account));
  }
  const agreements = [...state.requisitions.values()]
    .filter((requisition) => requisition.accounts.includes(account.id))
    .flatMap((requisition) => state.agreements.get(requisition.agreement) ?? []);
  if (agreements.length === 0) {
    const detail = "Account exists but there is no valid End User Agreement permitting you to access it";
    throw flat(403, "No valid End User Agreement", detail);
  }
  const now = state.clock.now();
  const valid = agreements.filter((agreement) => (accessEnd(agreement) ?? 0) > now);
  const last = agreements.at(-1);
  if (valid.length === 0 && last !== undefined) throw expired(last);
  const opening = valid.find((agreement) => agreement.access_scope.includes(kind));
  if (opening !== undefined) return opening;
  const detail = `EUA doesn't allow access to account ${kind}. Check EUA access scope. Or create new EUA with correct access scope`;
  throw flat(403, "End User Agreement (EUA) access scope error", detail);
}

function expired(agreement: AgreementRecord) {
  const at = new Date(accessEnd(agreement) ?? 0).toISOString();
  const detail = `EUA was valid for ${agreement.access_valid_for_days} days and it expired at ${at}. The end user must connect the account once more with new EUA and Requisition`;
  return flat(401, `End User Agreement (EUA) ${agreement.id} has expired`, detail);
}

/** The dates asked for; a start before the agreed history is cut without a word, as the service does. */
function rangeFrom(
  c: SandboxContext,
  state: SandboxState,
  agreement: AgreementRecord,
): { from: string; to?: string } {
  refuseUnknown(Object.keys(c.req.query()), ["date_from", "date_to"], "query");
  const today = state.clock.iso().slice(0, 10);
  const from = dateParam(c, "date_from", today);
  const to = dateParam(c, "date_to", today);
  if (from !== undefined && to !== undefined && from > to) {
    const detail = `Starting date '${from}' is greater than end date '${to}'. When specifying date range, starting date must precede the end date`;
    throw flat(400, "Incorrect date range", detail);
  }
  const accepted = Date.parse(agreement.accepted ?? agreement.created);
  const earliest = new Date(accepted - agreement.max_historical_days * DAY).toISOString().slice(0, 10);
  const start = from === undefined || from < earliest ? earliest : from;
  return to === undefined ? { from: start } : { from: start, to };
}

function dateParam(c: SandboxContext, name: string, today: string): string | undefined {
  const text = c.req.query(name);
  if (text === undefined || text === "") return undefined;
  const date = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(date) || new Date(date).toISOString().slice(0, 10) !== text) {
    throw fields({ [name]: ["Enter a valid date."] });
  }
  if (text > today) {
    const detail = `'${text}' can't be greater than ${today}. Specify correct date range`;
    throw fields({ [name]: { summary: "Date can't be in future", detail } });
  }
  return text;
}
