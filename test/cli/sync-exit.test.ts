import { expect, it } from "vitest";
import type { AccountReport } from "../../packages/archive/src/index.ts";
import { exitCodeOf } from "../../packages/cli/src/commands/sync.exit.ts";
import { EXIT } from "../../packages/cli/src/ui/exit.ts";
import type { Connection } from "../../packages/core/src/bank/index.ts";

const REPORT: AccountReport = {
  ...{ account: null, handle: "a", connectionId: "c", bankId: null, iban: null, currency: null, label: null },
  ...{ outcome: "synced", reason: null, error: null, asked: [], range: null },
  ...{ added: 0, booked: 0, changed: 0, vanished: 0, retracted: 0, uncertain: 0, unreadable: 0 },
  ...{ asOf: null, nextCallAt: null, consentEndsAt: null, daysLeft: null },
};

const CONNECTION: Connection = {
  ...{ id: "c", reference: null, bankId: null, state: "active", stage: null, stateAsSent: null },
  ...{ createdAt: null, consent: { grantedAt: null, validUntil: null, historyDays: null } },
  ...{ accountHandles: ["a"], raw: null },
};

/** The exit code of a sync of two accounts. */
function codeOf(
  given: {
    failures?: readonly number[];
    ending?: boolean;
    ended?: boolean;
    atOnce?: boolean;
    before?: number;
    reports?: readonly Partial<AccountReport>[];
  } = {},
): number {
  const { failures = [], ending, ended, atOnce = false, before = EXIT.done, reports = [{}, {}] } = given;
  return exitCodeOf({
    report: {
      accounts: reports.map((one) => ({ ...REPORT, ...one })),
      ending: ending ? [CONNECTION] : [],
      ended: ended ? [CONNECTION] : [],
    },
    ...{ failures, before, atOnce },
  });
}

it("what failed comes before what a person has to renew, unless it is access that has ended", () => {
  expect(codeOf()).toBe(EXIT.done);
  expect(codeOf({ failures: [EXIT.failed] })).toBe(EXIT.partly);
  expect(codeOf({ failures: [EXIT.failed, EXIT.failed] })).toBe(EXIT.failed);
  expect(codeOf({ failures: [EXIT.quota, EXIT.quota] })).toBe(EXIT.quota);
  expect(codeOf({ failures: [EXIT.quota, EXIT.failed] })).toBe(EXIT.failed);
  expect(codeOf({ failures: [EXIT.failed], ended: true })).toBe(EXIT.partly);
  expect(codeOf({ failures: [EXIT.renew] })).toBe(EXIT.renew);
  expect(codeOf({ failures: [EXIT.renew, EXIT.failed] })).toBe(EXIT.partly);
  expect(codeOf({ ending: true })).toBe(EXIT.renew);
  expect(codeOf({ ended: true })).toBe(EXIT.renew);
});

it("calls that are used up count only if they were to be made now, and unreadable entries always", () => {
  const spent = { reason: "spent" } as const;
  expect(codeOf({ reports: [spent, spent] })).toBe(EXIT.done);
  expect(codeOf({ reports: [spent, spent], atOnce: true })).toBe(EXIT.quota);
  expect(codeOf({ reports: [spent, {}], atOnce: true })).toBe(EXIT.partly);
  expect(codeOf({ reports: [{ unreadable: 1 }, {}] })).toBe(EXIT.partly);
  expect(codeOf({ before: EXIT.partly })).toBe(EXIT.partly);
});
