import type { AccountReport, SyncReport } from "bankdata-archive";
import { EXIT } from "../ui/exit.ts";

/** What decides how a sync ends. */
interface Ended {
  readonly report: Pick<SyncReport, "accounts" | "ending" | "ended">;
  /** The exit code of each account that failed. */
  readonly failures: readonly number[];
  /** `EXIT.partly` if some connection or account could not be understood. */
  readonly before: number;
  /** Whether the person wants to ask now, not when it is due. */
  readonly atOnce: boolean;
}

/**
 * The exit code of a sync. What failed comes first, as with other commands, unless it is access that has ended: then, and
 * if a consent has ended or ends soon, a person has to renew it. Calls that are used up are a failure only if they were
 * to be made now.
 */
export function exitCodeOf({ report, failures, before, atOnce }: Ended): number {
  const { accounts, ending, ended } = report;
  const others = failures.filter((code) => code !== EXIT.renew);
  const [first] = others;
  if (first !== undefined) {
    if (others.length < accounts.length) return EXIT.partly;
    return others.every((code) => code === first) ? first : EXIT.failed;
  }
  if (failures.length > 0 || ending.length > 0 || ended.length > 0) return EXIT.renew;
  const spent = atOnce ? accounts.filter(isSpent).length : 0;
  if (spent > 0) return spent === accounts.length ? EXIT.quota : EXIT.partly;
  return accounts.some(({ unreadable }) => unreadable > 0) ? EXIT.partly : before;
}

function isSpent({ reason }: AccountReport): boolean {
  return reason === "spent";
}
