import type { Command } from "commander";
import { ACCOUNT_ARGUMENT, addArchiveOption } from "../accounts/account-options.ts";
import { runInArchive } from "../session/archive-context.ts";
import type { CommandLine } from "../ui/command-line.ts";
import type { Terminal } from "../ui/terminal.ts";

/** The answers that can be given without a terminal. */
const VERDICTS = ["same", "different", "twin"] as const;

export function registerReview(program: CommandLine, terminal: Terminal): void {
  const [, account] = ACCOUNT_ARGUMENT;
  const review = program
    .command("review")
    .description("decide what is not certain: whether two entries of a bank are one transaction")
    .withExamples("bankdata review", "bankdata review giro --list", "bankdata review 9p5mwd same")
    .argument("[account]", `${account}; or the id of a transaction, if an answer follows`)
    .argument("[answer]", "same: one transaction; different: two; twin: two that look alike")
    .option("--list", "list what is not certain, and ask nothing");
  addArchiveOption(review).action(
    async (
      name: string | undefined,
      answer: string | undefined,
      { list }: { list?: boolean },
      command: Command,
    ) => {
      await runInArchive(terminal, command, async (context) => {
        const run = await import("./review.run.ts");
        if (name !== undefined && answer !== undefined)
          return await run.answerOne(context, name, answer, VERDICTS);
        return await run.review(context, name, { list });
      });
    },
  );
}
