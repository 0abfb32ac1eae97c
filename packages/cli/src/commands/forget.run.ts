import { messageOf } from "bankdata-core/base";
import { configurationFor } from "../session/configured.ts";
import type { GlobalOptions } from "../session/global-options.ts";
import { EXIT } from "../ui/exit.ts";
import { CommandFailure } from "../ui/failure.ts";
import { counted } from "../ui/format.ts";
import { isForProgram, note, printOne } from "../ui/output.ts";
import { line, printable } from "../ui/printable.ts";
import { isInteractive, styled, type Terminal } from "../ui/terminal.ts";
import { planOf, planOfSandbox, removeEmptyFolders } from "./forget.files.ts";
import type { Kept, Plan, Removal } from "./forget.plan.ts";

/**
 * Removes what bankdata keeps on this machine, after it has listed it and asked. Connections at the service stay.
 *
 * @returns the exit code
 * @throws CommandFailure without a confirmation or a terminal to ask on
 */
export async function forget(
  terminal: Terminal,
  options: GlobalOptions,
  { confirmed: alreadyConfirmed = false }: { confirmed?: boolean | undefined },
): Promise<number> {
  const { sandbox, archive } = options;
  if (sandbox && archive !== undefined)
    throw new CommandFailure(
      line`Use either --sandbox, which removes the sandbox's archive, or --archive.`,
      EXIT.usage,
      line`See bankdata forget --help`,
    );
  const configuration = configurationFor(options);
  const plan = await (sandbox ? planOfSandbox(configuration) : planOf(configuration, archive));
  const forProgram = isForProgram(options);
  if (!forProgram) printPlan(terminal, plan);
  if (plan.removals.length > 0 && !alreadyConfirmed) {
    if (configuration.credentials !== null)
      note(
        terminal,
        line`Connections at the service stay until they end. To end them first: bankdata disconnect`,
      );
    if (!(await isConfirmed(terminal, plan))) {
      note(terminal, line`Nothing was changed.`);
      return EXIT.done;
    }
  }
  const { removed, failed } = removeAll(plan);
  printOne(terminal, options, itemOf(removed, failed, plan.kept), () => {
    if (removed.length > 0)
      terminal.out.line(styled("green", line`✓`), line` Removed ${counted(removed.length, "item")}.`);
    for (const { path, reason } of failed)
      terminal.err.line(
        styled("red", line`✗`),
        line` ${printable(path, path.length)} was not removed: ${reason}`,
      );
  });
  return failed.length === 0 ? EXIT.done : EXIT.failed;
}

function printPlan({ out }: Terminal, { removals, kept }: Plan): void {
  if (removals.length === 0) out.line(line`There is nothing of bankdata to remove on this machine.`);
  else out.line(line`To be removed from this machine:`);
  for (const { path, what } of removals)
    out.line(line`  ${printable(path, path.length)}  `, styled("dim", what));
  if (kept.length > 0) out.line(line`This stays:`);
  for (const { what, next } of kept) {
    out.line(line`  `, what);
    out.line(line`  → `, next);
  }
}

async function isConfirmed(terminal: Terminal, { removals }: Plan): Promise<boolean> {
  if (!isInteractive(terminal))
    throw new CommandFailure(
      line`Nothing was removed: this needs a confirmation.`,
      EXIT.usage,
      line`bankdata forget --yes`,
    );
  const { confirmed } = await import("../ui/prompts.ts");
  return await confirmed(terminal, line`Remove ${counted(removals.length, "item")}?`, { preselected: false });
}

/** A removal that failed, and why. */
interface Failed {
  path: string;
  reason: string;
}

/** Removes one after the other. What cannot be removed does not keep the rest. */
function removeAll({ removals }: Plan): { removed: Removal[]; failed: Failed[] } {
  const removed: Removal[] = [];
  const failed: Failed[] = [];
  for (const removal of removals) {
    try {
      removal.remove();
      removed.push(removal);
    } catch (error) {
      failed.push({ path: removal.path, reason: messageOf(error) });
    }
  }
  removeEmptyFolders();
  return { removed, failed };
}

function itemOf(removed: readonly Removal[], failed: readonly Failed[], kept: readonly Kept[]) {
  return { removed: removed.map(({ path, what }) => ({ path, what })), failed, kept };
}
