import { type AccountState, stateAt } from "bankdata-core/bank";
import { accountName, bankInWords, type ListedAccount } from "../accounts/connected-accounts.ts";
import { accountStateInWords } from "../ui/connection-words.ts";
import { ibanEnd, idStart } from "../ui/format.ts";
import { printTable } from "../ui/output.ts";
import { line } from "../ui/printable.ts";
import { row } from "../ui/table.ts";
import type { Terminal } from "../ui/terminal.ts";

/** Prints accounts, one a row. @param now in milliseconds since 1970 */
export function printAccounts(terminal: Terminal, all: readonly ListedAccount[], now: number): void {
  printTable(
    terminal,
    [
      { title: line`Account`, flexible: true, least: 12, keepsEnd: true },
      { title: line`IBAN`, short: ibanEnd },
      { title: line`Bank`, flexible: true, least: 10, drop: 3 },
      { title: line`Status` },
      { title: line`Access until`, drop: 2 },
      { title: line`Id`, short: idStart, drop: 1 },
    ],
    all.map((account) => {
      const state = stateAt(account.connection, now) === "expired" ? "expired" : account.state;
      return row(
        accountName(account),
        account.iban,
        bankInWords(account),
        accountStateInWords({ ...account, state }),
        accessUntil(account, state, now),
        account.handle,
      );
    }),
  );
}

/** The day on which access ends, or has ended; empty if it has ended before the consent does. */
function accessUntil({ consent: { validUntil } }: ListedAccount, state: AccountState, now: number): string {
  const hasEndedEarly = state === "expired" && validUntil !== null && validUntil.getTime() > now;
  return hasEndedEarly ? "" : (validUntil?.toISOString().slice(0, 10) ?? "");
}
