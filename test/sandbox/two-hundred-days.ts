import { Random } from "../../packages/sandbox/src/banks/random.ts";
import type { SandboxOptions } from "../../packages/sandbox/src/index.ts";
import { type WatchedAccount, watchAccount } from "./watched-account.ts";

/** The first and the last day of a holiday of 19 days, on which nothing is asked. */
const HOLIDAY = { first: 61, last: 79 };
/** The day on which the account is reconnected, before the first consent ends. */
const RECONNECTED_ON = 120;

/**
 * What somebody sees of an account who asks for 90 days once a day, but forgets three days in ten, goes on holiday once,
 * and reconnects the account once.
 */
export async function watchedForTwoHundredDays(
  bank: string,
  options: SandboxOptions = {},
): Promise<WatchedAccount> {
  const account = await watchAccount(bank, { max_historical_days: 90, access_valid_for_days: 180 }, options);
  const random = new Random(options.seed ?? 1, "forgotten days");
  for (let day = 0; day < 200; day += 1) {
    if (day === RECONNECTED_ON) await account.reconnect({ max_historical_days: 90 });
    const isOnHoliday = day >= HOLIDAY.first && day <= HOLIDAY.last;
    const isForgotten = day > 0 && random.chance(30);
    if (!isOnHoliday && !isForgotten) await account.ask();
    await account.wait(1);
  }
  return account;
}
