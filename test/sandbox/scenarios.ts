import fc from "fast-check";
import { banks, PROFILES } from "../../packages/sandbox/src/banks/index.ts";
import type { SandboxOptions } from "../../packages/sandbox/src/index.ts";
import { type WatchedAccount, watchAccount } from "./watched-account.ts";

type Step =
  | { kind: "ask"; back: number; length: number }
  | { kind: "wait"; days: number }
  | { kind: "reconnect"; days: number; first: "delete" | "keep" };

interface Scenario {
  seed: number;
  days: number;
  transactionsPerDay: number | undefined;
  steps: Step[];
}

const DAYS = fc.constantFrom(1, 2, 5, 31, 60, 90, 730);
const STEP: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant("ask" as const), back: fc.nat(70), length: fc.nat(70) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("wait" as const), days: fc.integer({ min: 1, max: 4 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("reconnect" as const),
      days: DAYS,
      first: fc.constantFrom("delete" as const, "keep" as const),
    }),
  },
);
/** What a client may do with an account: a seed, the days of the first history, and steps. */
export const SCENARIO: fc.Arbitrary<Scenario> = fc.record({
  seed: fc.nat(1000),
  days: DAYS,
  transactionsPerDay: fc.constantFrom(undefined, 1, 6),
  steps: fc.array(STEP, { minLength: 2, maxLength: 7 }),
});

const reissuing = banks.filter(({ newAccountIdsOnReconnect }) => newAccountIdsOnReconnect);
const oneOfEach = Object.keys(PROFILES).map(
  (profile) => banks.find((bank) => bank.profile === profile) ?? banks[0],
);
/** A bank of each profile, and all that issue new account ids with each connection. */
export const oneBankOfEachKind = [...new Set([...oneOfEach, ...reissuing])].flatMap((bank) =>
  bank ? [bank] : [],
);

/** Connects the first account at a bank, plays a scenario, and asks twice at the end. */
export async function play(
  bank: (typeof banks)[number],
  { seed, days, transactionsPerDay, steps }: Scenario,
  options: SandboxOptions = {},
): Promise<WatchedAccount> {
  const longest = bank.grantedHistoryDays ?? bank.historyDays;
  const agreement = (wanted: number) => ({ max_historical_days: Math.min(wanted, longest) });
  const account = await watchAccount(bank.id, agreement(days), { ...options, seed, transactionsPerDay });
  const date = (back: number) =>
    new Date(Date.parse(account.sandbox.now()) - back * 86_400_000).toISOString().slice(0, 10);
  for (const step of steps) {
    if (step.kind === "wait") await account.wait(step.days);
    else if (step.kind === "ask") {
      const { back, length } = step;
      await account.ask(`?date_from=${date(back)}&date_to=${date(Math.max(0, back - length))}`);
    } else {
      if (step.first === "delete") await account.disconnect();
      await account.reconnect(agreement(step.days));
    }
  }
  await account.ask();
  await account.ask();
  return account;
}
