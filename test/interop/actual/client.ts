import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import type { Installed } from "./install.ts";

/** Actual's own client with an empty budget, logged in at a server. */
export interface ActualClient {
  /**
   * Calls one of its functions, such as `gocardless-get-banks`.
   *
   * @throws Error with what the function throws
   */
  send(name: string, argument?: unknown): Promise<unknown>;
  /** Resolves when the process has ended. */
  close(): Promise<void>;
}

const answerSchema = z.object({
  id: z.number(),
  result: z.unknown().optional(),
  failure: z.string().optional(),
});

/** Starts the client. What it keeps, it keeps in the folder. */
export async function startClient(
  installed: Installed,
  place: { folder: string; url: string; password: string },
): Promise<ActualClient> {
  const folder = join(place.folder, "client");
  mkdirSync(folder);
  const child = fork(
    join(import.meta.dirname, "client-process.ts"),
    [installed.client, folder, place.url, place.password],
    {
      execPath: installed.node,
      execArgv: ["--disable-warning=ExperimentalWarning"],
      // It prints what it reports as errors, too.
      stdio: ["ignore", "ignore", "ignore", "ipc"],
    },
  );
  await answerOf(child, 0);
  let last = 0;
  return {
    send: async (name, argument) => {
      if (!child.connected) throw new Error("Actual's client has ended.");
      last += 1;
      const answer = answerOf(child, last);
      child.send({ id: last, name, argument });
      return await answer;
    },
    close: async () => {
      const ended = once(child, "exit");
      if (!child.connected) return;
      child.disconnect();
      await ended;
    },
  };
}

/** The answer to a request. */
function answerOf(child: ChildProcess, id: number): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const onMessage = (message: unknown) => {
      const { data, error } = answerSchema.safeParse(message);
      if (data !== undefined && data.id !== id) return;
      stop();
      if (data === undefined) reject(error);
      else if (data.failure === undefined) resolve(data.result);
      else reject(new Error(data.failure));
    };
    const onExit = (code: number | null) => {
      stop();
      reject(new Error(`Actual's client ended with exit code ${code}.`));
    };
    const stop = () => child.off("message", onMessage).off("exit", onExit);
    child.on("message", onMessage).on("exit", onExit);
  });
}
