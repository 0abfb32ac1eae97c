/**
 * Runs Actual's own client, as its desktop application does, in a process of its own and under the Node.js that Actual is
 * installed for. Each message is the name of one of the client's functions and its argument; the answer is its result.
 *
 * node client-process.ts MODULE FOLDER SERVER PASSWORD
 */
import { pathToFileURL } from "node:url";
import * as z from "zod";

const isFunction = (value: unknown) => typeof value === "function";
const librarySchema = z.object({
  init: z.custom<(options: object) => Promise<unknown>>(isFunction),
  shutdown: z.custom<() => Promise<void>>(isFunction),
});
const clientSchema = z.object({
  send: z.custom<(name: string, argument?: unknown) => Promise<unknown>>(isFunction),
});
const requestSchema = z.object({ id: z.number(), name: z.string(), argument: z.unknown().optional() });

const [module = "", dataDir, serverURL, password] = process.argv.slice(2);
const library = librarySchema.parse(await import(pathToFileURL(module).href));
const client = clientSchema.parse(await library.init({ dataDir, serverURL, password, verbose: false }));
// The budget stays in the folder: only what concerns the bank is asked of the server.
await client.send("create-budget", { budgetName: "bankdata", avoidUpload: true });

process.on("message", async (message) => {
  const { id, name, argument } = requestSchema.parse(message);
  try {
    process.send?.({ id, result: (await client.send(name, argument)) ?? null });
  } catch (error) {
    // Actual throws plain objects, too.
    const failure = error instanceof Error ? error.message : JSON.stringify(error);
    process.send?.({ id, failure });
  }
});
process.on("disconnect", () => library.shutdown().finally(() => process.exit()));
process.send?.({ id: 0, result: "ready" });
