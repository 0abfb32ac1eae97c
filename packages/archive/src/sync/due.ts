import type { DataKind, KindCalls } from "bankdata-core/bank";
import { nextCall } from "bankdata-core/limits";

/** The calls of an account by kind of data. */
export type Calls = Readonly<Record<DataKind, KindCalls>>;

/** When a kind of data is asked. */
export interface Due {
  /** In milliseconds since 1970; null if the consent ends before. */
  readonly at: number | null;
  /** Whether no call is allowed before that. */
  readonly spent: boolean;
}

/** What decides when a kind of data is asked. */
export interface DueInput {
  /** In milliseconds since 1970. */
  readonly now: number;
  /** The calls of this kind of data. */
  readonly calls: KindCalls;
  /** When the consent ends; null if unknown. */
  readonly consentEndsAt: Date | null;
  /** How soon: when it is due; now, but for the call that is left for a person; or now, if it is possible at all. */
  readonly haste: "none" | "some" | "all";
}

/**
 * When a kind of data is asked. The calls that a bank allows are spread evenly over 24 hours, but one, which is left for
 * a person who wants to look at once.
 */
export function dueAt({ now, calls, consentEndsAt, haste }: DueInput): Due {
  const spent = calls.remaining === 0 && (calls.resetAt === null || calls.resetAt.getTime() > now);
  const left = withoutReserve(calls);
  if (haste === "all" && !spent) return { at: now, spent };
  if (haste === "some" && left.remaining > 0) return { at: now, spent };
  const dataKind: DataKind = "transactions"; // The rule is the same for each.
  const next = nextCall({
    now,
    quota: { [dataKind]: left },
    consent: { endsAt: consentEndsAt },
    wish: { fresh: "as possible", dataKinds: [dataKind] },
  });
  return { at: next === null ? null : next.at.getTime(), spent };
}

/** The calls without the one that is left for a person. A bank that allows only one leaves none. */
function withoutReserve({ limit, remaining, ...rest }: KindCalls): KindCalls {
  if (limit <= 1) return { limit, remaining, ...rest };
  return { limit: limit - 1, remaining: Math.max(0, remaining - 1), ...rest };
}
