import { z } from "zod";
import { ALL_QUIRKS, type SandboxAccount } from "../../banks/index.ts";
import type { BankQuirks } from "../../world/bank-quirks.ts";
import type { KeptClock } from "../../world/clock.ts";
import type { LimitBook } from "../limits.ts";
import {
  type AgreementRecord,
  agreementRecord,
  type KeptAccount,
  keptAccount,
  type LinkUnderWay,
  linkUnderWay,
  type ReconfirmationRecord,
  type RequisitionRecord,
  reconfirmationRecord,
  requisitionRecord,
  type ShapeOf,
  type TokenRecord,
  tokenRecord,
} from "./records.ts";
import type { ServiceState } from "./state.ts";

/**
 * The state of a sandbox as one JSON document, readable by this version and all later ones. Banks, bank accounts and
 * histories are derived from the seed. Faults and the log of requests are not part of it.
 */
export interface SandboxSnapshot {
  /** The version of this form. */
  format: 1;
  /** The seed of the sandbox; it decides on the banks' accounts, their histories and all ids. */
  seed: number;
  /** How many accounts the end user has at each bank; absent for 2. */
  accountsPerBank?: number | undefined;
  /** How many purchases each account has a day; absent for 0 to 3, drawn for each day. */
  transactionsPerDay?: number | undefined;
  /** The quirks that banks have in place of their own, by the id of the bank; absent if none are replaced. */
  quirks?: BankQuirks | undefined;
  /** The sandbox's clock. */
  clock: KeptClock;
  /** How many ids have been generated, so that the next one is another. */
  made: number;
  /** The tokens that have not expired, by their text. */
  tokens: [string, TokenRecord][];
  /** All agreements that are not deleted, oldest first. */
  agreements: AgreementRecord[];
  /** All requisitions that are not deleted, oldest first. */
  requisitions: RequisitionRecord[];
  /** Consents in progress, by the id of the requisition. */
  linking: [string, LinkUnderWay][];
  /** Reconfirmations, by the id of the agreement. */
  reconfirmations: [string, ReconfirmationRecord][];
  /** All accounts that were ever linked, oldest first. */
  accounts: KeptAccount[];
  /**
   * The times of the calls that count against the limits, in milliseconds since 1970, oldest first: by the name of a
   * general limit, or by an account's id and kind of data, such as `7e944232-bda9-40bc-b784-660c7ab5fe78/balances`.
   */
  calls: Record<string, number[]>;
  /** The ids of the banks that have left the service; absent for none. */
  withdrawnBanks?: string[] | undefined;
}

/** Checks a document that claims to be a snapshot. Members that are not listed are dropped. */
export const sandboxSnapshot: z.ZodType<SandboxSnapshot> = z.object({
  format: z.literal(1),
  seed: z.int(),
  accountsPerBank: z.int().optional(),
  transactionsPerDay: z.number().optional(),
  quirks: z.record(z.string(), z.array(z.enum(ALL_QUIRKS))).optional(),
  clock: z.object({ standing: z.boolean(), time: z.number() } satisfies ShapeOf<KeptClock>),
  made: z.int(),
  tokens: z.array(z.tuple([z.string(), tokenRecord])),
  agreements: z.array(agreementRecord),
  requisitions: z.array(requisitionRecord),
  linking: z.array(z.tuple([z.string(), linkUnderWay])),
  reconfirmations: z.array(z.tuple([z.string(), reconfirmationRecord])),
  accounts: z.array(keptAccount),
  calls: z.record(z.string(), z.array(z.number())),
  withdrawnBanks: z.array(z.string()).optional(),
} satisfies ShapeOf<SandboxSnapshot>);

/** A copy of a snapshot. @throws TypeError that names the first member that is missing or invalid */
export function snapshotFrom(value: unknown): SandboxSnapshot {
  const result = sandboxSnapshot.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new TypeError(
    `state must be what save() of a sandbox returned: ${["state", ...(issue?.path ?? [])].join(".")}: ${issue?.message}`,
  );
}

/** Takes a snapshot of the whole state, except for faults and the log of requests. */
export function snapshotOf(state: ServiceState, limits: LimitBook): SandboxSnapshot {
  const { seed, size, quirks, clock, made } = state.world;
  const { accountsPerBank, transactionsPerDay } = size;
  return {
    format: 1,
    seed,
    ...(accountsPerBank === undefined ? {} : { accountsPerBank }),
    ...(transactionsPerDay === undefined ? {} : { transactionsPerDay }),
    ...(Object.keys(quirks).length === 0 ? {} : { quirks }),
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
    ...(state.withdrawn.size === 0 ? {} : { withdrawnBanks: [...state.withdrawn] }),
  };
}

/** Replaces the state by a snapshot, except for the clock. */
export function restore(state: ServiceState, limits: LimitBook, snapshot: SandboxSnapshot): void {
  state.clear();
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
  for (const id of snapshot.withdrawnBanks ?? []) state.withdrawn.add(id);
}
