import { z } from "zod";
import type { SandboxAccount } from "../../banks/index.ts";

/*
 * The records of the service's state, as snapshots store them; types derive from these schemas. Field names never change,
 * so that snapshots of earlier versions can still be restored.
 */

const Text = z.string();

/** An end-user agreement, as the service returns it. */
export const AgreementRecord = z.object({
  id: Text,
  created: Text,
  institution_id: Text,
  max_historical_days: z.number(),
  access_valid_for_days: z.number(),
  access_scope: z.array(Text),
  accepted: Text.nullable(),
  reconfirmation: z.boolean(),
});
export type AgreementRecord = z.infer<typeof AgreementRecord>;

/** A requisition, as the service returns it. */
export const RequisitionRecord = z.object({
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
export type RequisitionRecord = z.infer<typeof RequisitionRecord>;

/** A reconfirmation of an agreement, as the service returns it. */
export const ReconfirmationRecord = z.object({
  reconfirmation_url: Text,
  created: Text,
  url_valid_from: Text,
  url_valid_to: Text,
  redirect: Text.nullable(),
  last_accessed: Text.nullable(),
  last_submitted: Text.nullable(),
  accounts: z.record(Text, z.object({ reconfirmed: Text, rejected: Text })),
});
export type ReconfirmationRecord = z.infer<typeof ReconfirmationRecord>;

const GivenResponse = z.object({
  /** Milliseconds since 1970. */
  at: z.number(),
  /** How many responses with transactions of the account preceded this one. */
  call: z.int(),
  range: z.object({ from: Text, to: Text.optional(), snapshotOn: Text.optional() }),
});
/** A response with transactions that was sent. Observations are derived from these, and not stored. */
export type GivenResponse = z.infer<typeof GivenResponse>;

/** An account that a requisition has linked, as snapshots store it. */
export const KeptAccount = z.object({
  id: Text,
  created: Text,
  last_accessed: Text.nullable(),
  status: Text,
  institution_id: Text,
  /** The index among the user's accounts at the bank. */
  index: z.int(),
  /** Failures in a row that count towards suspension. */
  failures: z.int(),
  /** Milliseconds since 1970: until then the account is being prepared, and requests for its data are rejected. */
  readyAt: z.number(),
  /** The requisitions that linked it, oldest first; some may be deleted. */
  requisitions: z.array(Text),
  /** The responses so far with its transactions. */
  answers: z.array(GivenResponse),
  /** Payloads that a tester has set. */
  transactions: z.object({ booked: z.array(z.unknown()), pending: z.array(z.unknown()) }).optional(),
});

/** A linked account with its bank account, of which snapshots store only the index. */
export type AccountRecord = Omit<z.infer<typeof KeptAccount>, "index"> & { bankAccount: SandboxAccount };

/** A consent in progress: which accounts the requisition will link, and when. */
export const LinkUnderWay = z.object({
  /** Milliseconds since 1970. */
  from: z.number(),
  until: z.number(),
  /** The indexes of the picked accounts. */
  picked: z.array(z.int()),
});
export type LinkUnderWay = z.infer<typeof LinkUnderWay>;

/** A token that was issued. */
export const TokenRecord = z.object({ kind: z.enum(["access", "refresh"]), expiresAt: z.number() });
export type TokenRecord = z.infer<typeof TokenRecord>;
