import { z } from "zod";
import { accountsAt } from "../banks/index.ts";
import { keepAccount } from "./consent.ts";
import type { LimitBook } from "./limits.ts";
import { type AccountRecord, type SandboxState, Token } from "./state.ts";

const Text = z.string();

const Agreement = z.object({
  id: Text,
  created: Text,
  institution_id: Text,
  max_historical_days: z.number(),
  access_valid_for_days: z.number(),
  access_scope: z.array(Text),
  accepted: Text.nullable(),
  reconfirmation: z.boolean(),
});

const Requisition = z.object({
  id: Text,
  created: Text,
  redirect: Text.nullable(),
  status: Text,
  institution_id: Text,
  agreement: Text,
  reference: Text,
  accounts: z.array(Text),
  user_language: Text,
  link: Text,
  ssn: Text,
  account_selection: z.boolean(),
  redirect_immediate: z.boolean(),
});

const Reconfirmation = z.object({
  reconfirmation_url: Text,
  created: Text,
  url_valid_from: Text,
  url_valid_to: Text,
  redirect: Text.nullable(),
  last_accessed: Text.nullable(),
  last_submitted: Text.nullable(),
  accounts: z.record(Text, z.object({ reconfirmed: Text, rejected: Text })),
});

const Account = z.object({
  id: Text,
  created: Text,
  last_accessed: Text.nullable(),
  status: Text,
  institution_id: Text,
  /** Which of the person's accounts at the bank. */
  index: z.int(),
  failures: z.int(),
  readyAt: z.number(),
  requisitions: z.array(Text),
  answers: z.array(
    z.object({
      at: z.number(),
      call: z.int(),
      range: z.object({ from: Text, to: Text.optional(), snapshotOn: Text.optional() }),
    }),
  ),
  transactions: z.object({ booked: z.array(z.unknown()), pending: z.array(z.unknown()) }).optional(),
});

/** The whole state of a sandbox as one JSON document. Banks, accounts and histories follow from the seed. */
export const SandboxSnapshot = z.object({
  format: z.literal(1),
  seed: z.int(),
  accountsPerBank: z.int().optional(),
  transactionsPerDay: z.number().optional(),
  clock: z.object({ standing: z.boolean(), time: z.number() }),
  made: z.int(),
  tokens: z.array(z.tuple([Text, Token])),
  agreements: z.array(Agreement),
  requisitions: z.array(Requisition),
  linking: z.array(
    z.tuple([Text, z.object({ from: z.number(), until: z.number(), picked: z.array(z.int()) })]),
  ),
  reconfirmations: z.array(z.tuple([Text, Reconfirmation])),
  accounts: z.array(Account),
  calls: z.record(Text, z.array(z.number())),
});
export type SandboxSnapshot = z.infer<typeof SandboxSnapshot>;

/** Takes down everything that a sandbox remembers, but the faults that wait and the log of requests. */
export function snapshotOf(state: SandboxState, limits: LimitBook): SandboxSnapshot {
  return {
    format: 1,
    seed: state.seed,
    ...(state.accountsPerBank === undefined ? {} : { accountsPerBank: state.accountsPerBank }),
    ...(state.transactionsPerDay === undefined ? {} : { transactionsPerDay: state.transactionsPerDay }),
    clock: state.clock.kept(),
    ...state.kept(),
    agreements: [...state.agreements.values()],
    requisitions: [...state.requisitions.values()],
    linking: [...state.linking],
    reconfirmations: [...state.reconfirmations],
    accounts: [...state.accounts.values()].map(({ bank, ...account }) => ({ ...account, index: bank.index })),
    calls: limits.counted,
  };
}

/** Puts back what was taken down. */
export function restore(state: SandboxState, limits: LimitBook, snapshot: SandboxSnapshot): void {
  state.restore(snapshot);
  for (const agreement of snapshot.agreements) state.agreements.set(agreement.id, agreement);
  for (const requisition of snapshot.requisitions) state.requisitions.set(requisition.id, requisition);
  for (const [id, link] of snapshot.linking) state.linking.set(id, link);
  for (const [id, reconfirmation] of snapshot.reconfirmations) state.reconfirmations.set(id, reconfirmation);
  const people = new Map<string, AccountRecord["bank"][]>();
  for (const { index, ...account } of snapshot.accounts) {
    const known = people.get(account.institution_id) ?? accountsOf(state, account.institution_id);
    people.set(account.institution_id, known);
    const bank = known[index];
    if (bank !== undefined) keepAccount(state, { ...account, transactions: account.transactions, bank });
  }
  limits.counted = snapshot.calls;
}

function accountsOf(state: SandboxState, institutionId: string): AccountRecord["bank"][] {
  const institution = state.institutions.get(institutionId);
  if (institution === undefined) return [];
  const { seed, accountsPerBank: count, transactionsPerDay } = state;
  return accountsAt(institution, { seed, count, transactionsPerDay });
}
