import type { Archive, ArchivedTransaction } from "../../packages/archive/src/index.ts";
import {
  type JudgedRow,
  judge,
  type Sandbox,
  type TrueTransaction,
  type Verdict,
} from "../../packages/sandbox/src/index.ts";
import type { Answers } from "./answers.ts";
import { type Counts, sumOf } from "./plan.ts";
import type { SeenIds } from "./seen-ids.ts";
import { type HeldEntry, misstatedEntries } from "./statuses.ts";

/** What was found about a life. */
export interface Findings {
  readonly counts: Counts;
  readonly faults: readonly string[];
}

/** What a life leaves behind. */
interface Remains {
  readonly sandbox: Sandbox;
  readonly archive: Archive;
  readonly answers: Answers;
  readonly ids: SeenIds;
}

/** The most faults that are told one by one. */
const MOST_FAULTS = 20;

/** Compares the archive with the truth, account by account. */
export async function findingsOf({ sandbox, archive, answers, ids }: Remains): Promise<Findings> {
  const accounts = await archive.accounts();
  const found = [];
  for (const { id, handles } of accounts) {
    const [first] = handles;
    if (first === undefined) continue;
    const truth = sandbox.truth(first.handle);
    found.push(await accountFindings(archive, answers, { id, truth }));
  }
  const broken = await ids.broken(archive);
  const split = splitAccounts(sandbox, accounts.length);
  const counts = sumOf(found.map((one) => one.counts));
  return {
    counts: {
      ...counts,
      responses: answers.count,
      failures: answers.failures,
      brokenIds: broken.length,
      doubled: counts.doubled + split.length,
    },
    faults: [
      ...split,
      ...found.flatMap(({ faults }) => faults),
      ...broken.map((id) => `the id ${id} leads nowhere`),
    ].slice(0, MOST_FAULTS),
  };
}

/** Whether a bank account has become two in the archive. */
function splitAccounts(sandbox: Sandbox, archived: number): string[] {
  const real = new Set(sandbox.state().accounts.map((one) => [one.iban, one.currency, one.name].join(" ")));
  return archived > real.size ? [`${real.size} bank accounts are ${archived} in the archive`] : [];
}

async function accountFindings(
  archive: Archive,
  answers: Answers,
  { id, truth }: { id: string; truth: readonly TrueTransaction[] },
): Promise<Findings> {
  const { transactions, rows, altered } = await archivedRows(archive, answers, { id, sent: sentRows(truth) });
  const verdict = judge(rows, truth);
  const misstated = misstatedEntries(heldEntries(truth, { rows, transactions, answers }));
  return {
    counts: countsOf(verdict, transactions, { altered: altered.length, misstated: misstated.length }),
    faults: [...faultsOf(verdict), ...altered, ...misstated],
  };
}

/** What the archive has of an account, and what of it is not as the sandbox sent it. */
async function archivedRows(
  archive: Archive,
  answers: Answers,
  { id, sent }: { id: string; sent: ReadonlyMap<string, Record<string, unknown>> },
) {
  const transactions: ArchivedTransaction[] = [];
  const rows: JudgedRow[] = [];
  const altered: string[] = [];
  for await (const transaction of archive.transactions({ account: id })) {
    transactions.push(transaction);
    let newest = Number.NEGATIVE_INFINITY;
    const amounts = new Set<string>();
    for await (const { observedAt, status, position, raw, amount } of archive.observations(transaction.id)) {
      if (observedAt.getTime() > newest) amounts.clear();
      newest = observedAt.getTime();
      amounts.add(amount);
      const answer = answers.at(observedAt);
      if (answer === undefined || (status !== "booked" && status !== "pending")) {
        altered.push(`${transaction.id} has a row that no response showed, of ${observedAt.toISOString()}`);
        continue;
      }
      const row = { account: answer.handle, response: answer.response, status, position };
      rows.push({ ...row, transaction: transaction.id });
      const payload = sent.get(placeOf(row));
      if (JSON.stringify(raw) !== jsonWithoutNumbers(payload))
        altered.push(`${placeOf(row)} is not as it was sent: ${JSON.stringify(raw)}`);
      else if (!isAmountOf(amount, payload)) altered.push(`${placeOf(row)} has the amount ${amount}`);
    }
    if (!amounts.has(transaction.amount))
      altered.push(`${transaction.id} has the amount ${transaction.amount}`);
  }
  return { transactions, rows, altered };
}

/** What the sandbox sent at each place. */
function sentRows(truth: readonly TrueTransaction[]): Map<string, Record<string, unknown>> {
  const sent = new Map<string, Record<string, unknown>>();
  for (const { observed } of truth) {
    for (const { account, status, payload, seen } of observed) {
      for (const { response, position } of seen)
        sent.set(placeOf({ account, response, status, position }), payload);
    }
  }
  return sent;
}

function placeOf({ account, response, status, position }: Omit<JudgedRow, "transaction">): string {
  return `${status} ${position} of response ${response} of ${account}`;
}

/** A payload as JSON, with each number as a text of its digits, as the client reads it so that none is rounded. */
function jsonWithoutNumbers(payload: unknown): string {
  return JSON.stringify(payload, (_, value) => (typeof value === "number" ? String(value) : value));
}

/** Whether an amount is exactly the one that was sent; some banks send a number, or a sign that the program corrects. */
function isAmountOf(amount: string, payload: Record<string, unknown> | undefined): boolean {
  const sent = payload?.["transactionAmount"];
  if (typeof sent !== "object" || sent === null || !("amount" in sent)) return false;
  const digits = (text: string) => text.replace(/^[-+]/, "");
  const text = String(sent.amount);
  return typeof sent.amount === "number"
    ? Number(digits(text)) === Number(digits(amount))
    : digits(text) === digits(amount);
}

/** Each true entry with the transaction that holds its last booked row, or its last pending one. */
function heldEntries(
  truth: readonly TrueTransaction[],
  {
    rows,
    transactions,
    answers,
  }: {
    rows: readonly JudgedRow[];
    transactions: readonly ArchivedTransaction[];
    answers: Answers;
  },
): HeldEntry[] {
  const holders = new Map(rows.map((row) => [placeOf(row), row.transaction]));
  const byId = new Map(transactions.map((one) => [one.id, one]));
  const handles = new Set(truth.flatMap(({ observed }) => observed.map(({ account }) => account)));
  const asked = answers.momentsOf(handles);
  return truth.flatMap((entry) => {
    const last = entry.observed.findLast(({ status }) => status === "booked") ?? entry.observed.at(-1);
    const sighting = last?.seen.at(-1);
    if (last === undefined || sighting === undefined) return [];
    const { account, status } = last;
    const id = holders.get(placeOf({ account, status, ...sighting }));
    const transaction = id === undefined ? undefined : byId.get(id);
    if (transaction === undefined) return [];
    const moments = entry.observed.flatMap((form) => {
      const response = form.seen.at(-1)?.response;
      return answers.momentOf(form.account, response) ?? [];
    });
    const shown = Math.max(...moments);
    return [{ entry, transaction, askedAfter: asked.filter((date) => date.getTime() > shown) }];
  });
}

function countsOf(
  verdict: Verdict,
  transactions: readonly ArchivedTransaction[],
  { altered, misstated }: { altered: number; misstated: number },
): Counts {
  const wrong = new Set([...verdict.mixed, ...verdict.mislinked].map(({ transaction }) => transaction));
  const joined = new Set(
    verdict.linked.flatMap(({ booked, pending }) => booked.filter((id) => pending.includes(id))),
  );
  for (const { transaction } of verdict.mislinked) joined.add(transaction);
  const certain = transactions.filter((one) => one.certain && joined.has(one.id));
  return {
    responses: 0,
    failures: 0,
    rows: verdict.rows,
    entries: verdict.entries,
    missing: verdict.lost.length + verdict.unjudged.length,
    doubled: verdict.doubled.length,
    mixed: verdict.mixed.length,
    links: verdict.linked.length + verdict.unlinked.length,
    linked: verdict.linked.length,
    certain: certain.length,
    certainRight: certain.filter(({ id }) => !wrong.has(id)).length,
    altered,
    misstated,
    brokenIds: 0,
  };
}

function faultsOf(verdict: Verdict): string[] {
  const told = (what: string, items: readonly object[]) =>
    items.map((item) => `${what}: ${JSON.stringify(item).slice(0, 300)}`);
  return [
    ...told("lost", verdict.lost),
    ...told("no transaction has the row", verdict.unjudged),
    ...told("doubled", verdict.doubled),
    ...told("mixed", verdict.mixed),
    ...told("not linked", verdict.unlinked),
    ...told("linked wrongly", verdict.mislinked),
  ];
}
