import { z } from "zod";
import type { SandboxAccount } from "../../banks/index.ts";

/*
 * What the service remembers, as it is kept in snapshots: the schema of each record is its one definition. Field names
 * are kept for good, so that snapshots of earlier versions still open.
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
  /** How many there were before it. */
  call: z.int(),
  range: z.object({ from: Text, to: Text.optional(), snapshotOn: Text.optional() }),
});
/** A response with transactions that was given: all that was observed follows from these. */
export type GivenResponse = z.infer<typeof GivenResponse>;

/** An account that a requisition has opened, and what a tester has set of it, as it is kept. */
export const KeptAccount = z.object({
  id: Text,
  created: Text,
  last_accessed: Text.nullable(),
  status: Text,
  institution_id: Text,
  /** Which of the person's accounts at the bank. */
  index: z.int(),
  /** Failures in a row that count towards suspension. */
  failures: z.int(),
  /** Milliseconds since 1970: until then the service prepares it, and rejects requests for its data. */
  readyAt: z.number(),
  /** Requisitions that opened it, oldest first; some may be deleted. */
  requisitions: z.array(Text),
  /** The responses with its transactions that were given so far. */
  answers: z.array(GivenResponse),
  /** A tester's own payloads. */
  transactions: z.object({ booked: z.array(z.unknown()), pending: z.array(z.unknown()) }).optional(),
});

/** An opened account with the bank account behind it, which in a snapshot is an index alone. */
export type AccountRecord = Omit<z.infer<typeof KeptAccount>, "index"> & { bankAccount: SandboxAccount };

/** A consent that takes its time: which accounts the requisition will open, and when. */
export const LinkUnderWay = z.object({
  /** Milliseconds since 1970. */
  from: z.number(),
  until: z.number(),
  /** Indexes of the accounts that were picked. */
  picked: z.array(z.int()),
});
export type LinkUnderWay = z.infer<typeof LinkUnderWay>;

/** A token that was issued. */
export const TokenRecord = z.object({ kind: z.enum(["access", "refresh"]), expiresAt: z.number() });
export type TokenRecord = z.infer<typeof TokenRecord>;
