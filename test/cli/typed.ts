import { runCommand } from "../../packages/cli/src/main.ts";
import type { Part } from "../../packages/cli/src/ui/part.ts";
import type { Printable } from "../../packages/cli/src/ui/printable.ts";
import { Output } from "../../packages/cli/src/ui/terminal.ts";

/** An output of a given width that keeps what is printed; without a width, it is not a terminal. */
class Screen extends Output {
  text = "";
  readonly #columns: number | undefined;

  constructor(columns?: number) {
    super(process.stdout);
    this.#columns = columns;
  }

  override get isTerminal(): boolean {
    return this.#columns !== undefined;
  }

  override get width(): number {
    return this.#columns ?? 100;
  }

  override line(...parts: readonly Part[]): void {
    this.text += `${parts.map((part) => (typeof part === "string" ? part : part.text)).join("")}\n`;
  }

  override json(value: unknown, indent?: number): void {
    this.text += `${JSON.stringify(value, null, indent)}\n`;
  }

  override lines(lines: readonly Printable[]): void {
    this.text += `${lines.join("\n")}\n`;
  }
}

/** Runs a command line in this process. @param columns of the terminal; none if the output is piped */
export async function typed(args: readonly string[], columns?: number) {
  const [out, err] = [new Screen(columns), new Screen()];
  const before = process.exitCode;
  process.exitCode = undefined;
  try {
    await runCommand(args, { out, err, in: process.stdin, isQuiet: false });
    return { code: Number(process.exitCode ?? 0), out: out.text, err: err.text };
  } finally {
    process.exitCode = before;
  }
}
