import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import * as z from "zod";
import { freePort } from "../../support/free-port.ts";
import type { Installed } from "./install.ts";

/** Actual's server on the loopback interface, with a password, to which nobody else is logged in. */
export interface ActualServer {
  url: string;
  password: string;
  /** The lines that it has printed so far. */
  printed: readonly string[];
  /**
   * Sends what Actual's web application sends, as a browser does that has opened it.
   *
   * @returns the whole response
   * @throws Error if the status is not 200
   */
  post(path: string, body: object): Promise<unknown>;
  /** Resolves when the process has ended. */
  close(): Promise<void>;
}

/** How long the server may take to start: at first it makes its databases. In milliseconds. */
const START_WITHIN = 60_000;

/** Starts the server, sets its password and logs in. What it keeps, it keeps in the folder. */
export async function startServer(
  installed: Installed,
  folder: string,
  environment: Readonly<Record<string, string>>,
): Promise<ActualServer> {
  const data = join(folder, "server");
  mkdirSync(data);
  const port = await freePort();
  const { NODE_ENV: _, ...inherited } = process.env;
  const child = spawn(installed.node, [installed.server], {
    cwd: data,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...inherited,
      ...environment,
      // Actual takes a date with a time for local time: to the west of Greenwich, midnight is a day early.
      TZ: "Europe/Berlin",
      ACTUAL_DATA_DIR: data,
      ACTUAL_HOSTNAME: "127.0.0.1",
      ACTUAL_PORT: `${port}`,
    },
  });
  // Unlike the client, it would outlive this process.
  process.once("exit", () => child.kill());
  const printed: string[] = [];
  await listening(child, printed);
  const url = `http://127.0.0.1:${port}`;
  const password = "a password of the test";
  const post = (path: string, body: object, token?: string) => sent(url, { path, body, token });
  await post("/account/bootstrap", { password });
  const login = await post("/account/login", { password, loginMethod: "password" });
  const { token } = z.object({ data: z.object({ token: z.string() }) }).parse(login).data;
  return {
    url,
    password,
    printed,
    post: (path, body) => post(path, body, token),
    close: async () => {
      const ended = once(child, "exit");
      if (child.kill()) await ended;
    },
  };
}

/** Waits until the server listens, and collects the lines that it prints, then and later. */
async function listening(
  child: ChildProcessByStdio<null, Readable, Readable>,
  printed: string[],
): Promise<void> {
  const started = Promise.withResolvers<void>();
  const read = (text: string) => {
    printed.push(...text.split("\n").filter((line) => line !== ""));
    if (text.includes("Listening on")) started.resolve();
  };
  child.stdout.setEncoding("utf8").on("data", read);
  child.stderr.setEncoding("utf8").on("data", read);
  const fail = (reason: string) =>
    started.reject(new Error(`Actual's server ${reason}.\n${printed.join("\n")}`));
  child.once("exit", (code) => fail(`ended with exit code ${code}`));
  const timer = setTimeout(() => fail("did not start in time"), START_WITHIN);
  try {
    await started.promise;
  } catch (error) {
    child.kill("SIGKILL");
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** A browser sends the address of the page as the origin. */
async function sent(url: string, { path, body, token }: Sent): Promise<unknown> {
  const response = await fetch(url + path, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      origin: url,
      ...(token === undefined ? {} : { "x-actual-token": token }),
    },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${path}: status ${response.status}\n${text}`);
  return JSON.parse(text);
}

interface Sent {
  path: string;
  body: object;
  token: string | undefined;
}
