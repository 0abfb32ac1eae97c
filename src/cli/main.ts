import { version } from "../version.ts";

/** Runs the command line. Heavy modules load where they are used, so that `--version` and `--help` answer at once. */
export async function run(args: readonly string[]): Promise<void> {
  if (args[0] === "--version" || args[0] === "-V") {
    process.stdout.write(`${version}\n`);
    return;
  }
  const { program } = await import("./program.ts");
  await program({ out: process.stdout, err: process.stderr }).parseAsync(args, { from: "user" });
}

if (import.meta.main) await run(process.argv.slice(2));
