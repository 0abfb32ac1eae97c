import type { Range } from "../../banks/index.ts";
import { whenSentWhole } from "../../world/delivery.ts";
import { newApp, type SandboxApp, type SandboxContext } from "../../world/http.ts";
import { acceptedAt, accountAccessEnd, historyStart } from "../consent/access.ts";
import { currentAccountStatus, requisitionsOf } from "../consent/requisition-flow.ts";
import { accountState } from "../errors/account-state.ts";
import {
  accountNotFound,
  fieldErrors,
  flatError,
  invalidAccountId,
  suspended,
} from "../errors/error-response.ts";
import { accessEnded } from "../errors/named-errors.ts";
import type { LimitBook } from "../limits.ts";
import { balancesOf, detailsOf } from "../payload/account.ts";
import type { Payload } from "../payload/quirks.ts";
import { transactionsText } from "../payload/transactions.ts";
import { isUuid, queryOf, rejectUnknown } from "../request.ts";
import type { AccountRecord, AgreementRecord, GivenResponse } from "../state/records.ts";
import type { ServiceState } from "../state/state.ts";
import { streamed } from "../streamed.ts";

/** Banks with `separate_continuous_history_consent` return new entries only under a consent of at most this much history. */
const CONTINUOUS_HISTORY_DAYS = 90;

type Kind = "balances" | "details" | "transactions";

type Respond = (
  c: SandboxContext,
  account: AccountRecord,
  agreements: readonly AgreementRecord[],
) => Response;

/**
 * `/accounts/{id}/` and the paths below it.
 *
 * @param afterwards does what is left to do once a response has been sent, on the newest state
 */
export function accountRoutes(
  state: ServiceState,
  limits: LimitBook,
  afterwards: (work: () => void) => void,
): SandboxApp {
  const routes = newApp();
  const { clock } = state.world;
  /** The computed balances of each account, with the date for which they are valid. */
  const balances = new WeakMap<AccountRecord, { date: string; list: Payload[] }>();

  routes.get("/accounts/:id/", (c) => {
    // The specification has no status 400 for this operation, so an invalid id is reported as not found.
    if (!isUuid(c.req.param("id") ?? "")) throw accountNotFound(c.req.param("id") ?? "");
    const account = accountFor(state, c);
    account.last_accessed = clock.iso();
    return c.json(metadataOf(state, account));
  });

  const data = (kind: Kind, respond: Respond) =>
    routes.get(`/accounts/:id/${kind}/`, (c) => {
      const account = accountFor(state, c);
      const agreements = openedBy(state, account, kind);
      limits.checkAccount(account, kind, clock.now());
      // The agreement still runs, so that only the bank can say that the access has ended.
      if (account.status === "EXPIRED") throw accessEnded(kind);
      const response = respond(c, account, agreements);
      limits.countAccount(account, kind, clock.now());
      account.last_accessed = clock.iso();
      account.failures = 0;
      return response;
    });

  data("balances", (c, account) => {
    const date = clock.iso().slice(0, 10);
    const known = balances.get(account);
    const list = known?.date === date ? known.list : balancesOf(account.bankAccount, clock.date());
    balances.set(account, { date, list });
    return c.json({ balances: list });
  });

  data("details", (c, account) => c.json({ account: detailsOf(account.bankAccount) }));

  data("transactions", (c, account, agreements) => {
    const range = rangeFrom(c, state, account, agreements);
    const [at, call, iso] = [clock.now(), callsSoFar(state, account), clock.iso()];
    const given: GivenResponse = { at, call, range, incomplete: true };
    if (account.transactions !== undefined) given.setPayloads = true;
    account.answers.push(given);
    whenSentWhole(c, () => afterwards(() => complete(state, account.id, call)));
    if (account.transactions !== undefined) {
      return c.json({ transactions: account.transactions, last_updated: iso });
    }
    const connection = state.accountsOf(account.bankAccount).indexOf(account);
    return streamed(
      c,
      transactionsText(account.bankAccount, { at: new Date(at), call, connection }, range, iso),
    );
  });

  return routes;
}

function accountFor(state: ServiceState, c: SandboxContext): AccountRecord {
  const id = c.req.param("id") ?? "";
  if (!isUuid(id)) throw invalidAccountId(id);
  const account = state.accounts.get(id.toLowerCase());
  if (account === undefined) throw accountNotFound(id);
  return account;
}

function metadataOf(state: ServiceState, account: AccountRecord): Payload {
  return {
    id: account.id,
    created: account.created,
    last_accessed: account.last_accessed ?? account.created,
    iban: account.bankAccount.iban,
    ...(account.bankAccount.bban === null ? {} : { bban: account.bankAccount.bban }),
    status: currentAccountStatus(state, account),
    institution_id: account.institution_id,
    owner_name: account.bankAccount.ownerName,
    name: account.bankAccount.name,
  };
}

/** The agreements that give access to a kind of data of an account. @throws ErrorResponse if none does */
function openedBy(state: ServiceState, account: AccountRecord, kind: Kind): AgreementRecord[] {
  const status = currentAccountStatus(state, account);
  if (status === "SUSPENDED") throw suspended();
  if (status !== "READY" && status !== "EXPIRED") throw accountState(account, status);
  const agreements = requisitionsOf(state, account).flatMap(
    (requisition) => state.agreements.get(requisition.agreement) ?? [],
  );
  if (agreements.length === 0) {
    const detail = "Account exists but there is no valid End User Agreement permitting you to access it";
    throw flatError(403, "No valid End User Agreement", detail);
  }
  const now = state.world.clock.now();
  const valid = agreements.filter((agreement) => (accountAccessEnd(state, agreement, account.id) ?? 0) > now);
  const last = agreements.at(-1);
  if (valid.length === 0 && last !== undefined)
    throw expired(last, accountAccessEnd(state, last, account.id));
  const opening = valid.filter((agreement) => agreement.access_scope.includes(kind));
  if (opening.length > 0) return opening;
  const detail = `EUA doesn't allow access to account ${kind}. Check EUA access scope. Or create new EUA with correct access scope`;
  throw flatError(403, "End User Agreement (EUA) access scope error", detail);
}

function expired(agreement: AgreementRecord, end: number | undefined) {
  const at = new Date(end ?? 0).toISOString();
  const detail = `EUA was valid for ${agreement.access_valid_for_days} days and it expired at ${at}. The end user must connect the account once more with new EUA and Requisition`;
  return flatError(401, `End User Agreement (EUA) ${agreement.id} has expired`, detail);
}

/** Notes that a response has been sent whole. The account is looked up, as another process may have changed it meanwhile. */
function complete(state: ServiceState, accountId: string, call: number): void {
  delete state.accounts.get(accountId)?.answers.findLast((given) => given.call === call)?.incomplete;
}

/** How many responses with transactions of a bank account were begun: ids that change with each one never repeat. */
function callsSoFar(state: ServiceState, { bankAccount }: AccountRecord): number {
  return state.accountsOf(bankAccount).reduce((sum, { answers }) => sum + answers.length, 0);
}

/** The requested dates. A start before the agreed history is silently moved to its beginning, as the service does. */
function rangeFrom(
  c: SandboxContext,
  state: ServiceState,
  account: AccountRecord,
  agreements: readonly AgreementRecord[],
): Range {
  rejectUnknown(queryOf(c).keys(), ["date_from", "date_to"], "query");
  const today = state.world.clock.iso().slice(0, 10);
  const from = dateParam(c, "date_from", today);
  const to = dateParam(c, "date_to", today);
  if (from !== undefined && to !== undefined && from > to) {
    const detail = `Starting date '${from}' is greater than end date '${to}'. When specifying date range, starting date must precede the end date`;
    throw flatError(400, "Incorrect date range", detail);
  }
  const earliest = historyStart(agreements);
  return {
    from: from === undefined || from < earliest ? earliest : from,
    to,
    snapshotOn: snapshotDate(state, account, agreements),
  };
}

/**
 * At a bank that requires a separate consent for new entries, a consent of longer history returns a snapshot of the day
 * on which it was given. Undefined if new entries are returned.
 */
function snapshotDate(
  state: ServiceState,
  account: AccountRecord,
  agreements: readonly AgreementRecord[],
): string | undefined {
  const bank = state.world.banks.get(account.institution_id);
  if (!bank?.features.includes("separateContinuousHistoryConsent")) return undefined;
  if (agreements.some(({ max_historical_days: days }) => days <= CONTINUOUS_HISTORY_DAYS)) return undefined;
  return new Date(Math.max(...agreements.map(acceptedAt))).toISOString().slice(0, 10);
}

function dateParam(c: SandboxContext, name: string, today: string): string | undefined {
  const given = queryOf(c).get(name);
  if (given === undefined || given === "") return undefined;
  // The service's framework reads a month or a day of one digit as well.
  const text = given.replaceAll(/-(?=\d(?:-|$))/g, "-0");
  const date = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(date) || new Date(date).toISOString().slice(0, 10) !== text) {
    throw fieldErrors({ [name]: ["Enter a valid date."] });
  }
  if (text > today) {
    const detail = `'${text}' can't be greater than ${today}. Specify correct date range`;
    throw fieldErrors({ [name]: { summary: "Date can't be in future", detail } });
  }
  return text;
}
