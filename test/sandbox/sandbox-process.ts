import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { onText } from "../support/text.ts";

const main = resolve(import.meta.dirname, "../../packages/cli/src/main.ts");

/** The command line from its sources, as arguments of Node.js. */
export const commandLine = [process.execPath, "--conditions=bankdata-source", main] as const;

/** What a process printed so far, and how it ended. */
export interface Printed {
  out: string;
  err: string;
  /** The exit code, once it has ended. */
  code: Promise<number | null>;
}

/** Collects what a process prints. */
export function printed(child: ChildProcess): Printed {
  const code = once(child, "close").then(([ended]: (number | null)[]) => ended ?? null);
  const text: Printed = { out: "", err: "", code };
  onText(child.stdout, (part) => (text.out += part));
  onText(child.stderr, (part) => (text.err += part));
  return text;
}

/** Runs `bankdata sandbox` in a process of its own until disposed, and a client of it that uses `fetch` only. */
export async function sandboxProcess(...args: string[]) {
  const [node, ...rest] = commandLine;
  const child = spawn(node, [...rest, "sandbox", "--port", "0", ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const text = printed(child);
  while (!text.out.includes("\n")) {
    if (child.exitCode !== null) throw new Error(`It did not start: ${text.err}`);
    await Promise.race([once(child.stdout, "data"), text.code]);
  }
  const baseUrl = text.out.trim();
  return {
    ...clientOf(baseUrl),
    baseUrl,
    child,
    text,
    /** What it has printed on stderr, once that contains these words. */
    async saying(words: string) {
      while (!text.err.includes(words)) await once(child.stderr, "data");
      return text.err;
    },
    /** Sends a signal, and waits for the end. @returns the exit code; null if the signal has ended the process */
    async end(signal: NodeJS.Signals = "SIGTERM") {
      child.kill(signal);
      return await text.code;
    },
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await text.code;
    },
  };
}

/** A client of a sandbox that uses `fetch` only. */
export function clientOf(baseUrl: string) {
  let token = "";
  const send = async (method: string, path: string, body?: object) => {
    const response = await fetch(baseUrl + path, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, headers: response.headers, body: JSON.parse(await response.text()) };
  };
  return {
    send,
    /** Logs in. @returns the access token */
    async logIn(): Promise<string> {
      const credentials = { secret_id: "sandbox-secret-id", secret_key: "sandbox-secret-key" };
      token = (await send("POST", "/token/new/", credentials)).body.access;
      return token;
    },
    useToken: (text: string) => {
      token = text;
    },
    /** Creates a requisition. @returns its id */
    async begin(): Promise<string> {
      const { status, body } = await send("POST", "/requisitions/", {
        institution_id: "DEUTSCHE_BANK_DEUTDEFF",
        redirect: "http://localhost/back",
      });
      if (status !== 201) throw new Error(JSON.stringify(body));
      return body.id;
    },
    control: async (method: string, path: string, body: object) =>
      await fetch(new URL(`/_sandbox/${path}`, baseUrl), { method, body: JSON.stringify(body) }),
  };
}
