import { z } from "zod";
import type { AccountRecord } from "./account-calls.ts";
import { FailureCount } from "./failure-pause.ts";
import type { RollingWindow } from "./rolling-window.ts";

const Time = z.number().int();
const Limit = z.number().int().positive();

/** A window as it is stored. The keys are those of earlier versions, which may share the cache with this one. */
const StoredWindow = z.object({
  toldLimit: Limit.nullable(),
  lowered: z.object({ limit: Limit, until: Time }).nullable(),
  own: z.array(Time),
  guessed: z.array(Time),
  underWay: z.array(z.object({ id: z.string(), since: Time })),
  closedUntil: Time.nullable(),
  lastAt: Time.nullable(),
});

const Window = StoredWindow.transform(
  ({ toldLimit, lowered, own, guessed, underWay, closedUntil, lastAt }): RollingWindow => ({
    reportedLimit: toldLimit,
    observedLimit: lowered,
    counted: own,
    inferred: guessed,
    inFlight: underWay,
    blockedUntil: closedUntil,
    lastAt,
  }),
);

const StoredAccountRecord = z.object({
  format: z.literal(1),
  balances: Window.optional(),
  details: Window.optional(),
  transactions: Window.optional(),
  failures: FailureCount.optional(),
});

/** Reads a stored record; undefined if it is damaged or of another version. */
export function readAccountRecord(text: string): AccountRecord | undefined {
  try {
    return StoredAccountRecord.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** Writes a record as the text that is stored. */
export function writeAccountRecord({
  format,
  balances,
  details,
  transactions,
  failures,
}: AccountRecord): string {
  return JSON.stringify({
    format,
    balances: storedWindow(balances),
    details: storedWindow(details),
    transactions: storedWindow(transactions),
    failures,
  });
}

function storedWindow(window: RollingWindow | undefined): z.input<typeof StoredWindow> | undefined {
  if (window === undefined) return undefined;
  const { reportedLimit, observedLimit, counted, inferred, inFlight, blockedUntil, lastAt } = window;
  return {
    toldLimit: reportedLimit,
    lowered: observedLimit,
    own: [...counted],
    guessed: [...inferred],
    underWay: [...inFlight],
    closedUntil: blockedUntil,
    lastAt,
  };
}
