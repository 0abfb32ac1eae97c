import { z } from "zod";
import type { SandboxAccount } from "../../banks/index.ts";
import type { LimitBook } from "../limits.ts";
import {
  AgreementRecord,
  KeptAccount,
  LinkUnderWay,
  ReconfirmationRecord,
  RequisitionRecord,
  TokenRecord,
} from "./records.ts";
import type { ServiceState } from "./state.ts";

/** The state of a sandbox as one JSON document. Banks, bank accounts and histories are derived from the seed. */
export const SandboxSnapshot = z.object({
  format: z.literal(1),
  seed: z.int(),
  accountsPerBank: z.int().optional(),
  transactionsPerDay: z.number().optional(),
  clock: z.object({ standing: z.boolean(), time: z.number() }),
  made: z.int(),
  tokens: z.array(z.tuple([z.string(), TokenRecord])),
  agreements: z.array(AgreementRecord),
  requisitions: z.array(RequisitionRecord),
  linking: z.array(z.tuple([z.string(), LinkUnderWay])),
  reconfirmations: z.array(z.tuple([z.string(), ReconfirmationRecord])),
  accounts: z.array(KeptAccount),
  calls: z.record(z.string(), z.array(z.number())),
});
export type SandboxSnapshot = z.infer<typeof SandboxSnapshot>;

/** Takes a snapshot of the whole state, except for faults and the log of requests. */
export function snapshotOf(state: ServiceState, limits: LimitBook): SandboxSnapshot {
  const { seed, size, clock, made } = state.world;
  const { accountsPerBank, transactionsPerDay } = size;
  return {
    format: 1,
    seed,
    ...(accountsPerBank === undefined ? {} : { accountsPerBank }),
    ...(transactionsPerDay === undefined ? {} : { transactionsPerDay }),
    clock: clock.kept(),
    made,
    tokens: state.tokens,
    agreements: [...state.agreements.values()],
    requisitions: [...state.requisitions.values()],
    linking: [...state.linking],
    reconfirmations: [...state.reconfirmations],
    accounts: [...state.accounts.values()].map(({ bankAccount, ...account }) => ({
      ...account,
      index: bankAccount.index,
    })),
    calls: limits.counts.counted,
  };
}

/** Restores a snapshot, except for the clock. */
export function restore(state: ServiceState, limits: LimitBook, snapshot: SandboxSnapshot): void {
  state.world.made = snapshot.made;
  state.tokens = snapshot.tokens;
  for (const agreement of snapshot.agreements) state.agreements.set(agreement.id, agreement);
  for (const requisition of snapshot.requisitions) state.requisitions.set(requisition.id, requisition);
  for (const [id, link] of snapshot.linking) state.linking.set(id, link);
  for (const [id, reconfirmation] of snapshot.reconfirmations) state.reconfirmations.set(id, reconfirmation);
  const people = new Map<string, SandboxAccount[]>();
  for (const { index, ...account } of snapshot.accounts) {
    const known = people.get(account.institution_id) ?? state.world.accountsAt(account.institution_id);
    people.set(account.institution_id, known);
    const bankAccount = known[index];
    if (bankAccount !== undefined) state.keepAccount({ ...account, bankAccount });
  }
  limits.counts.counted = snapshot.calls;
}
