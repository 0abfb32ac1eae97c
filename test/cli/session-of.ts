import type { GlobalOptions } from "../../packages/cli/src/session/global-options.ts";
import type { Session } from "../../packages/cli/src/session/session.ts";
import type { Part } from "../../packages/cli/src/ui/part.ts";
import type { Printable } from "../../packages/cli/src/ui/printable.ts";
import { StopSignals } from "../../packages/cli/src/ui/stop-signals.ts";
import { Output } from "../../packages/cli/src/ui/terminal.ts";
import type { BankProvider } from "../../packages/core/src/bank/index.ts";

/** An output that is not a terminal and keeps what is printed. */
class KeptOutput extends Output {
  text = "";

  constructor() {
    super(process.stdout);
  }

  override get isTerminal(): boolean {
    return false;
  }

  override line(...parts: readonly Part[]): void {
    this.text += `${parts.map((part) => (typeof part === "string" ? part : part.text)).join("")}\n`;
  }

  override cells(cells: readonly Printable[]): void {
    this.text += `${cells.join("\t")}\n`;
  }

  override jsonList(items: readonly unknown[], indent: number): void {
    this.json(items, indent);
  }

  override async jsonListOf(items: AsyncIterable<unknown>, indent: number): Promise<void> {
    const all: unknown[] = [];
    for await (const item of items) all.push(item);
    this.json(all, indent);
  }

  override json(value: unknown, indent?: number): void {
    this.text += `${JSON.stringify(value, undefined, indent)}\n`;
  }
}

/** A session with the given provider and an empty configuration, and what it prints. */
export function sessionOf(provider: BankProvider, options: GlobalOptions = {}) {
  const [out, err] = [new KeptOutput(), new KeptOutput()];
  const stopSignals = new StopSignals();
  const nothing = async () => {};
  const session: Session = {
    provider,
    unrecorded: provider,
    recordConnected: () => {},
    recorded: async () => false,
    archive: { location: "/nowhere/archive.sqlite", isNamed: false },
    cache: undefined,
    login: nothing,
    ping: nothing,
    configuration: {
      ...{
        credentials: null,
        baseUrl: undefined,
        allowHttp: false,
        cache: {},
        archive: { location: "/nowhere/archive.sqlite", isNamed: false },
        accounts: [],
        unused: [],
        file: null,
      },
      ...{ sources: {}, credentialFiles: [], foreign: { file: false, credentials: [], baseUrl: [] } },
    },
    terminal: { out, err, in: process.stdin, isQuiet: options.quiet ?? false },
    options,
    now: Date.now,
    stopSignals,
    async [Symbol.asyncDispose]() {
      stopSignals[Symbol.dispose]();
    },
  };
  return { session, out, err, [Symbol.dispose]: () => stopSignals[Symbol.dispose]() };
}
