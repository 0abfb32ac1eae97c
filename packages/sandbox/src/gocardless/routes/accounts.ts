import type { HttpBindings } from "@hono/node-server";
import type { Hono } from "hono";
import { balancesOf, detailsOf, type Payload, type Range, transactionsText } from "../../banks/index.ts";
import { acceptedAt, accountAccessEnd, historyStart } from "../../world/access.ts";
import { currentAccountStatus, requisitionsOf } from "../../world/consent.ts";
import type { LimitBook } from "../../world/limits.ts";
import { accountNotFound, fields, flat, invalidAccountId, Refusal, suspended } from "../../world/refusal.ts";
import type { AccountRecord, AgreementRecord, SandboxState } from "../../world/state.ts";
import { isUuid, refuseUnknown, type SandboxContext } from "../request.ts";
import { streamed } from "../streamed.ts";

/** Banks with a separate consent for what comes hold back nothing from a consent of at most so many days of history. */
const CONTINUOUS_HISTORY_DAYS = 90;

type Kind = "balances" | "details" | "transactions";

type Answering = (
  c: SandboxContext,
  account: AccountRecord,
  agreements: readonly AgreementRecord[],
) => Response;

/** `/accounts/{id}/` and what hangs on it. */
export function accountRoutes(
  api: Hono<{ Bindings: HttpBindings }>,
  state: SandboxState,
  limits: LimitBook,
): void {
  /** What was worked out of an account's balances, for the day on which it holds. */
  const balances = new WeakMap<AccountRecord, { date: string; list: Payload[] }>();

  api.get("/accounts/:id/", (c) => {
    // Metadata document no 400: an id that is none is simply not found.
    if (!isUuid(c.req.param("id") ?? "")) throw accountNotFound(c.req.param("id") ?? "");
    const account = accountFor(state, c);
    account.last_accessed = state.clock.iso();
    return c.json(metadataOf(state, account));
  });

  const data = (kind: Kind, answer: Answering) =>
    api.get(`/accounts/:id/${kind}/`, (c) => {
      const account = accountFor(state, c);
      const agreements = openedBy(state, account, kind);
      limits.checkAccount(account, kind, state.clock.now());
      const response = answer(c, account, agreements);
      limits.countAccount(account, kind, state.clock.now());
      account.last_accessed = state.clock.iso();
      account.failures = 0;
      return response;
    });

  data("balances", (c, account) => {
    const date = state.clock.iso().slice(0, 10);
    const known = balances.get(account);
    const list = known?.date === date ? known.list : balancesOf(account.bank, state.clock.date());
    balances.set(account, { date, list });
    return c.json({ balances: list });
  });

  data("details", (c, account) => c.json({ account: detailsOf(account.bank) }));

  data("transactions", (c, account, agreements) => {
    const range = rangeFrom(c, state, account, agreements);
    const [at, call, iso] = [state.clock.now(), account.answers.length, state.clock.iso()];
    account.answers.push({ at, call, range });
    if (account.transactions !== undefined) {
      return c.json({ transactions: account.transactions, last_updated: iso });
    }
    return streamed(c, transactionsText(account.bank, { at: new Date(at), call }, range, iso));
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

/** The agreements that open an account for a kind of data. @throws Refusal where none does */
function openedBy(state: SandboxState, account: AccountRecord, kind: Kind): AgreementRecord[] {
  const status = currentAccountStatus(state, account);
  if (status === "SUSPENDED") throw suspended();
  if (status !== "READY" && status !== "EXPIRED") throw new Refusal(409, metadataOf(state, account));
  const agreements = requisitionsOf(state, account).flatMap(
    (requisition) => state.agreements.get(requisition.agreement) ?? [],
  );
  if (agreements.length === 0) {
    const detail = "Account exists but there is no valid End User Agreement permitting you to access it";
    throw flat(403, "No valid End User Agreement", detail);
  }
  const now = state.clock.now();
  const valid = agreements.filter((agreement) => (accountAccessEnd(state, agreement, account.id) ?? 0) > now);
  const last = agreements.at(-1);
  if (valid.length === 0 && last !== undefined)
    throw expired(last, accountAccessEnd(state, last, account.id));
  const opening = valid.filter((agreement) => agreement.access_scope.includes(kind));
  if (opening.length > 0) return opening;
  const detail = `EUA doesn't allow access to account ${kind}. Check EUA access scope. Or create new EUA with correct access scope`;
  throw flat(403, "End User Agreement (EUA) access scope error", detail);
}

function expired(agreement: AgreementRecord, end: number | undefined) {
  const at = new Date(end ?? 0).toISOString();
  const detail = `EUA was valid for ${agreement.access_valid_for_days} days and it expired at ${at}. The end user must connect the account once more with new EUA and Requisition`;
  return flat(401, `End User Agreement (EUA) ${agreement.id} has expired`, detail);
}

/** The dates asked for; a start before the agreed history is cut without a word, as the service does. */
function rangeFrom(
  c: SandboxContext,
  state: SandboxState,
  account: AccountRecord,
  agreements: readonly AgreementRecord[],
): Range {
  refuseUnknown(Object.keys(c.req.query()), ["date_from", "date_to"], "query");
  const today = state.clock.iso().slice(0, 10);
  const from = dateParam(c, "date_from", today);
  const to = dateParam(c, "date_to", today);
  if (from !== undefined && to !== undefined && from > to) {
    const detail = `Starting date '${from}' is greater than end date '${to}'. When specifying date range, starting date must precede the end date`;
    throw flat(400, "Incorrect date range", detail);
  }
  const earliest = historyStart(agreements);
  return {
    from: from === undefined || from < earliest ? earliest : from,
    to,
    snapshotOn: snapshotDate(state, account, agreements),
  };
}

/**
 * Where a bank wants a separate consent for what comes, one of a longer history is a snapshot of the day on which it was
 * given; undefined where the feed goes on.
 */
function snapshotDate(
  state: SandboxState,
  account: AccountRecord,
  agreements: readonly AgreementRecord[],
): string | undefined {
  const institution = state.institutions.get(account.institution_id);
  if (!institution?.supported_features.includes("separate_continuous_history_consent")) return undefined;
  if (agreements.some(({ max_historical_days: days }) => days <= CONTINUOUS_HISTORY_DAYS)) return undefined;
  return new Date(Math.max(...agreements.map(acceptedAt))).toISOString().slice(0, 10);
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
