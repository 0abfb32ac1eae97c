import { z } from "zod";
import type { Range, SandboxAccount } from "../../banks/index.ts";

/*
 * The records of the service's state, as snapshots store them, each with the schema that checks it. Field names never
 * change, so that snapshots of earlier versions can still be restored.
 */

/** The schema of each member of a record: the compiler refuses one that is missing, or that reads something else. */
export type ShapeOf<Model> = { readonly [Name in keyof Model]-?: z.ZodType<Model[Name]> };

const Text = z.string();

/** An end-user agreement, as the service returns it. */
export interface AgreementRecord {
  /** A UUID, which depends on the seed and on how many ids were generated before. */
  id: string;
  /** The time on the sandbox's clock at which it was created, ISO 8601. */
  created: string;
  /** The id of a bank of the sandbox's catalogue. */
  institution_id: string;
  /** How many days before `accepted` the readable history begins. */
  max_historical_days: number;
  /** How many days after `accepted` the access ends. */
  access_valid_for_days: number;
  /** The kinds of data that may be read: `balances`, `details`, `transactions`. */
  access_scope: string[];
  /** The time at which the end user agreed, ISO 8601; null until then. */
  accepted: string | null;
  /** Whether the access can be prolonged by a reconfirmation. */
  reconfirmation: boolean;
}

export const agreementRecord = z.object({
  id: Text,
  created: Text,
  institution_id: Text,
  max_historical_days: z.number(),
  access_valid_for_days: z.number(),
  access_scope: z.array(Text),
  accepted: Text.nullable(),
  reconfirmation: z.boolean(),
} satisfies ShapeOf<AgreementRecord>);

/** A requisition, as the service returns it. */
export interface RequisitionRecord {
  /** A UUID, which depends on the seed and on how many ids were generated before. */
  id: string;
  /** The time on the sandbox's clock at which it was created, ISO 8601. */
  created: string;
  /** Where the end user is sent afterwards, an absolute URL; null for nowhere. */
  redirect: string | null;
  /** One of the service's codes, such as `CR` or `LN`. A snapshot has the last one that was set, which time may outdate. */
  status: string;
  /** The id of a bank of the sandbox's catalogue. */
  institution_id: string;
  /** The id of its agreement, which the sandbox creates if none is given. */
  agreement: string;
  /** The client's own name for it, or a UUID. */
  reference: string;
  /** The ids of the linked accounts; empty until `status` is `LN`. */
  accounts: string[];
  /** The language of the pages in capitals, such as `EN`. */
  user_language: string;
  /** The URL of the sandbox's consent page, with the address that the sandbox had when it was created. */
  link: string;
  /** The national identification number of the end user; empty if none was given. */
  ssn: string;
  /** Whether the end user picks accounts on the consent page. */
  account_selection: boolean;
  /** Whether the end user is sent back before the accounts are read. */
  redirect_immediate: boolean;
}

export const requisitionRecord = z.object({
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
} satisfies ShapeOf<RequisitionRecord>);

/** What the end user decided about an account in a reconfirmation; both are empty until then. */
export interface AccountDecision {
  /** The time at which it was reconfirmed, ISO 8601; else empty. */
  reconfirmed: string;
  /** The time at which it was rejected, ISO 8601; else empty. */
  rejected: string;
}

/** A reconfirmation of an agreement, as the service returns it. */
export interface ReconfirmationRecord {
  /** The URL of the sandbox's reconfirmation page. */
  reconfirmation_url: string;
  /** The time on the sandbox's clock at which it was created, ISO 8601. */
  created: string;
  /** The time from which the URL can be used, ISO 8601. */
  url_valid_from: string;
  /** The time until which the URL can be used, ISO 8601. */
  url_valid_to: string;
  /** Where the end user is sent afterwards, an absolute URL; null for nowhere. */
  redirect: string | null;
  /** The time at which the page was last opened, ISO 8601; null if it never was. */
  last_accessed: string | null;
  /** The time at which a decision was last submitted, ISO 8601; null if none was. */
  last_submitted: string | null;
  /** The decisions by the ids of the accounts. */
  accounts: Record<string, AccountDecision>;
}

export const reconfirmationRecord = z.object({
  reconfirmation_url: Text,
  created: Text,
  url_valid_from: Text,
  url_valid_to: Text,
  redirect: Text.nullable(),
  last_accessed: Text.nullable(),
  last_submitted: Text.nullable(),
  accounts: z.record(
    Text,
    z.object({ reconfirmed: Text, rejected: Text } satisfies ShapeOf<AccountDecision>),
  ),
} satisfies ShapeOf<ReconfirmationRecord>);

/** A response with transactions. Observations are derived from the complete ones, and not stored. */
export interface GivenResponse {
  /** In milliseconds since 1970, on the sandbox's clock. */
  at: number;
  /** How many responses with transactions of the bank account preceded this one, under any account id, complete or not. */
  call: number;
  /** The part of the history that it covered. */
  range: Range;
  /** Present if it has not been sent whole: the connection was cut, the request was a HEAD, or it is still being sent. */
  incomplete?: true | undefined;
  /** Present if it had payloads that a tester had set, and so showed nothing that really happened. */
  setPayloads?: true | undefined;
}

const givenResponse = z.object({
  at: z.number(),
  call: z.int(),
  range: z.object({
    from: Text,
    to: Text.optional(),
    snapshotOn: Text.optional(),
  } satisfies ShapeOf<Range>),
  incomplete: z.literal(true).optional(),
  setPayloads: z.literal(true).optional(),
} satisfies ShapeOf<GivenResponse>);

/** The payloads of an account's transactions that a tester has set: the account responds with them, unchanged. */
export interface SetPayloads {
  /** The entries of the list `booked`, of any form, even one that no client can read. */
  booked: unknown[];
  /** The entries of the list `pending`, of any form. */
  pending: unknown[];
}

/** An account that a requisition has linked, as snapshots store it. */
export interface KeptAccount {
  /** A UUID, which depends on the seed and on how many ids were generated before. */
  id: string;
  /** The time on the sandbox's clock at which it was first linked, ISO 8601. */
  created: string;
  /** The time at which its data was last requested, ISO 8601; null if it never was. */
  last_accessed: string | null;
  /** One of the service's words, such as `READY`. A snapshot has the last one that was set, which time may outdate. */
  status: string;
  /** The id of a bank of the sandbox's catalogue. */
  institution_id: string;
  /** The index among the end user's accounts at the bank. */
  index: number;
  /** Failures in a row that count towards suspension. */
  failures: number;
  /** Milliseconds since 1970: until then the account is being prepared, and requests for its data are rejected. */
  readyAt: number;
  /** The requisitions that linked it, oldest first; some may be deleted. */
  requisitions: string[];
  /** The responses so far with its transactions. */
  answers: GivenResponse[];
  /** Payloads that a tester has set; absent if the transactions follow from the seed. */
  transactions?: SetPayloads | undefined;
}

export const keptAccount = z.object({
  id: Text,
  created: Text,
  last_accessed: Text.nullable(),
  status: Text,
  institution_id: Text,
  index: z.int(),
  failures: z.int(),
  readyAt: z.number(),
  requisitions: z.array(Text),
  answers: z.array(givenResponse),
  transactions: z
    .object({ booked: z.array(z.unknown()), pending: z.array(z.unknown()) } satisfies ShapeOf<SetPayloads>)
    .optional(),
} satisfies ShapeOf<KeptAccount>);

/** A linked account with its bank account, of which snapshots store only the index. */
export type AccountRecord = Omit<KeptAccount, "index"> & { bankAccount: SandboxAccount };

/** A consent in progress: which accounts the requisition will link, and when. */
export interface LinkUnderWay {
  /** When the end user agreed, in milliseconds since 1970, on the sandbox's clock. */
  from: number;
  /** When the requisition is linked, in milliseconds since 1970, on the sandbox's clock. */
  until: number;
  /** The indexes of the picked accounts. */
  picked: number[];
}

export const linkUnderWay = z.object({
  from: z.number(),
  until: z.number(),
  picked: z.array(z.int()),
} satisfies ShapeOf<LinkUnderWay>);

/** A token that was issued. */
export interface TokenRecord {
  /** Only an access token authenticates requests; a refresh token is exchanged for one. */
  kind: "access" | "refresh";
  /** In milliseconds since 1970, on the sandbox's clock. */
  expiresAt: number;
}

export const tokenRecord = z.object({
  kind: z.enum(["access", "refresh"]),
  expiresAt: z.number(),
} satisfies ShapeOf<TokenRecord>);
