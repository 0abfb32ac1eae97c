import type { Command } from "commander";
import type { GlobalOptions } from "../session/global-options.ts";
import { runInSession } from "../session/run-in-session.ts";
import type { Terminal } from "../ui/terminal.ts";

export function registerCache(program: Command, terminal: Terminal): void {
  const cache = program.command("cache").description("list or clear the cached responses");
  cache
    .command("list", { isDefault: true })
    .description("list the cached responses")
    .action(async (_, command: Command) => {
      await runInSession(terminal, command, async (session) => {
        const { listCache } = await import("./cache.run.ts");
        await listCache(session);
      });
    });
  cache
    .command("clear")
    .description("remove the cached responses")
    .action(async (_, command: Command) => {
      await runInSession(terminal, command, async (session) => {
        const { clearCache } = await import("./cache.run.ts");
        await clearCache(session);
      });
    });
  cache
    .command("path")
    .description("print the path of the cache")
    .action(async (_, command: Command) => {
      const { printCachePath } = await import("./cache.run.ts");
      printCachePath(terminal, command.optsWithGlobals<GlobalOptions>());
    });
}
