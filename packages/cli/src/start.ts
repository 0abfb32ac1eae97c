import module from "node:module";
import { keepCompiledCode } from "./config/compile-cache.ts";

/**
 * Runs the built executable. What has to be settled before a module loads is settled here: whether Node keeps what it
 * compiles, and whether it reads source maps, with which a command takes about a tenth longer.
 */
export async function start(args: readonly string[]): Promise<void> {
  const isVersion = args[0] === "--version" || args[0] === "-V"; // Done sooner than the folder is checked.
  const removesCode = args.includes("forget");
  if (!isVersion && !removesCode) keepCompiledCode();
  if (args.includes("--verbose")) module.setSourceMapsSupport(true, { nodeModules: true });
  const { run } = await import("./main.ts");
  await run(args);
}
