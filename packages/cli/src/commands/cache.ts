import type { Command } from "commander";
import type { GlobalOptions } from "../session/global-options.ts";
import { runInSession } from "../session/run-in-session.ts";
import type { CommandLine } from "../ui/command-line.ts";
import type { Terminal } from "../ui/terminal.ts";

export function registerCache(program: CommandLine, terminal: Terminal): void {
  const list = async (_: unknown, command: Command) => {
    await runInSession(terminal, command, async (session) => {
      const { listCache } = await import("./cache.run.ts");
      await listCache(session);
    });
  };
  const page = "docs/cache.md";
  const cache = program
    .command("cache")
    .description("list or clear the cached responses; without a command, list them")
    .withExamples("bankdata cache", "bankdata cache clear")
    .onPage(page)
    .helpCommand(false)
    .action(list);
  cache
    .command("list")
    .description("list the cached responses")
    .withExamples("bankdata cache list --json")
    .onPage(page)
    .action(list);
  cache
    .command("clear")
    .description("remove the cached responses")
    .withExamples("bankdata cache clear", "bankdata cache clear --sandbox")
    .onPage(page)
    .action(async (_, command: Command) => {
      await runInSession(terminal, command, async (session) => {
        const { clearCache } = await import("./cache.run.ts");
        await clearCache(session);
      });
    });
  cache
    .command("path")
    .description("print the path of the cache")
    .withExamples('ls -l "$(bankdata cache path)"')
    .onPage(page)
    .action(async (_, command: Command) => {
      const { printCachePath } = await import("./cache.run.ts");
      printCachePath(terminal, command.optsWithGlobals<GlobalOptions>());
    });
}
