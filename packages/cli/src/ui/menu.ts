import { line } from "./printable.ts";
import { chosen } from "./prompts.ts";
import { wasToldToEnd } from "./stop-signals.ts";
import type { Terminal } from "./terminal.ts";

/** The choices of the menu; each but the last is a command. */
const CHOICES = [
  { value: "balances", label: line`Balances`, hint: line`of all accounts` },
  { value: "transactions", label: line`Transactions`, hint: line`of the last 90 days` },
  { value: "accounts", label: line`Accounts` },
  { value: "connections", label: line`Connections`, hint: line`banks, and how long their consent lasts` },
  { value: "connect", label: line`Connect a bank` },
  { value: "banks", label: line`Find a bank` },
  { value: "quota", label: line`Calls left today` },
  { value: "doctor", label: line`Check the setup` },
  { value: "init", label: line`Set up credentials` },
  { value: "demo", label: line`Try it on invented data` },
  { value: "leave", label: line`Exit` },
] as const;

/** Lets a person choose commands until they leave. */
export async function menu(terminal: Terminal, run: (command: string) => Promise<void>): Promise<void> {
  for (;;) {
    const choice = await chosen(terminal, line`What would you like to do?`, CHOICES);
    if (choice === "leave") return;
    await run(choice);
    if (wasToldToEnd(process.exitCode)) return;
    terminal.out.line();
  }
}
