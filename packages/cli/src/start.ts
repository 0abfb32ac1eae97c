import { keepCompiledCode } from "./config/compile-cache.ts";

/** Runs the built executable. Whether Node keeps what it compiles has to be settled before a module loads. */
export async function start(args: readonly string[]): Promise<void> {
  const isVersion = args[0] === "--version" || args[0] === "-V"; // Takes less time than to look for the folder.
  if (!isVersion) keepCompiledCode();
  const { run } = await import("./main.ts");
  await run(args);
}
