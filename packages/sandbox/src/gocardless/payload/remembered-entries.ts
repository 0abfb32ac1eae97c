import { monthStart, nextMonthStart } from "../../banks/day.ts";
import { bookedBetween } from "../../banks/history.ts";
import type { Range, SandboxAccount } from "../../banks/index.ts";
import type { Movement } from "../../banks/movement.ts";
import type { Viewpoint } from "../../banks/shown.ts";
import type { EntryContext } from "./quirks.ts";
import { bookedEntries, type ReportedEntry, reported } from "./transactions.ts";
import { type VariantOf, variantsOf } from "./variants.ts";

/**
 * The booked entries of many responses of one account. Hundreds of daily responses show the same entries again and again,
 * so each month of the history is computed once, and an entry again only if it comes in another variant than the last time.
 */
export class RememberedEntries {
  readonly #account: SandboxAccount;
  /** The booked movements of whole months, by the first day of the month. */
  readonly #months = new Map<number, readonly Movement[]>();
  readonly #variantOf: VariantOf;
  /** The last variant of each entry. */
  readonly #last = new Map<Movement, { variant: string | number; entry: ReportedEntry }>();

  constructor(account: SandboxAccount) {
    this.#account = account;
    this.#variantOf = variantsOf(account);
  }

  /** The booked entries that a response showed, in its order. */
  *booked(view: Viewpoint, range: Range): Generator<ReportedEntry> {
    const booked = (_: SandboxAccount, first: number, last: number) => this.#between(first, last);
    const report = (context: EntryContext) => this.#entry(context);
    for (const entries of bookedEntries(this.#account, view, range, { booked, report })) yield* entries;
  }

  /** The movements that are booked from one day to another one. */
  #between(first: number, last: number): Movement[] {
    const found: Movement[] = [];
    for (let start = monthStart(first); start <= last; start = nextMonthStart(start)) {
      for (const movement of this.#month(start)) {
        const { bookedDay } = movement;
        if (bookedDay >= first && bookedDay <= last) found.push(movement);
      }
    }
    return found;
  }

  #month(start: number): readonly Movement[] {
    const known = this.#months.get(start);
    if (known !== undefined) return known;
    const month = bookedBetween(this.#account, start, nextMonthStart(start) - 1);
    this.#months.set(start, month);
    return month;
  }

  #entry(context: EntryContext): ReportedEntry {
    const variant = this.#variantOf(context);
    if (variant === undefined) return reported(context);
    const last = this.#last.get(context.movement);
    if (last?.variant === variant) return last.entry;
    const entry = reported(context);
    this.#last.set(context.movement, { variant, entry });
    return entry;
  }
}
