import { monthStart, nextMonthStart } from "../../banks/day.ts";
import { bookedBetween } from "../../banks/history.ts";
import type { Range, SandboxAccount } from "../../banks/index.ts";
import type { Movement } from "../../banks/movement.ts";
import { bookedMovements } from "../../banks/shown.ts";
import type { Viewpoint } from "./quirks.ts";
import { bookedEntry, type ReportedEntry } from "./transactions.ts";
import { unstableMembers } from "./unstable-members.ts";

/**
 * The booked entries of many responses of one account. Hundreds of daily responses show the same entries again and again,
 * so each month of the history is computed once, and each entry too unless the bank changes it with each response.
 */
export class RememberedEntries {
  readonly #account: SandboxAccount;
  readonly #stable: boolean;
  /** The booked movements of whole months, by the first day of the month. */
  readonly #months = new Map<number, readonly Movement[]>();
  readonly #entries = new Map<Movement, ReportedEntry>();

  constructor(account: SandboxAccount) {
    this.#account = account;
    this.#stable = unstableMembers(account.payloadQuirks).size === 0;
  }

  /** The booked entries that a response showed, in its order. */
  *booked(view: Viewpoint, range: Range): Generator<ReportedEntry> {
    const between = (_: SandboxAccount, first: number, last: number) => this.#between(first, last);
    for (const movements of bookedMovements(this.#account, view.at, range, between)) {
      for (const movement of movements) yield this.#entry(view, movement);
    }
  }

  /** The movements that are booked from one day to another one of the same month. */
  #between(first: number, last: number): Movement[] {
    const start = monthStart(first);
    let month = this.#months.get(start);
    if (month === undefined) {
      month = bookedBetween(this.#account, start, nextMonthStart(start) - 1);
      this.#months.set(start, month);
    }
    return month.filter(({ bookedDay }) => bookedDay >= first && bookedDay <= last);
  }

  #entry(view: Viewpoint, movement: Movement): ReportedEntry {
    const known = this.#entries.get(movement);
    if (known !== undefined) return known;
    const entry = bookedEntry(this.#account, view, movement);
    if (this.#stable) this.#entries.set(movement, entry);
    return entry;
  }
}
