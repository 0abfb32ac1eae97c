import { chosen } from "./prompts.ts";
import type { Terminal } from "./terminal.ts";

/** What the menu offers: each is a command that could be typed. */
const CHOICES = [
  { value: "balances", label: "Balances", hint: "of all accounts" },
  { value: "transactions", label: "Transactions", hint: "of the last 90 days" },
  { value: "accounts", label: "Accounts" },
  { value: "connections", label: "Connections", hint: "banks, and how long their consent lasts" },
  { value: "connect", label: "Connect a bank" },
  { value: "banks", label: "Find a bank" },
  { value: "quota", label: "Calls left today" },
  { value: "doctor", label: "Is everything in order?" },
  { value: "init", label: "Set up credentials" },
  { value: "demo", label: "Show me on invented data" },
  { value: "leave", label: "Leave" },
] as const;

/** Lets a person choose commands until they leave. */
export async function menu(terminal: Terminal, run: (command: string) => Promise<void>): Promise<void> {
  for (;;) {
    const choice = await chosen(terminal, "What would you like to see?", CHOICES);
    if (choice === "leave") return;
    await run(choice);
    terminal.out.write("\n");
  }
}
