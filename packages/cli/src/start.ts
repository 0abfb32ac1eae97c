/** Runs the built executable. */
export async function start(args: readonly string[]): Promise<void> {
  const { run } = await import("./main.ts");
  await run(args);
}
