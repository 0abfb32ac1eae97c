import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type Sandbox, type SandboxOptions, startSandbox } from "../../../packages/sandbox/src/index.ts";
import { onText } from "../../support/text.ts";

/** The executable as it is installed. */
export const executable = resolve(import.meta.dirname, "../../../packages/cli/bin/bankdata.js");

/** What a command printed, and how it ended. */
export interface Ended {
  code: number;
  out: string;
  err: string;
  /** stdout as JSON. */
  json(): unknown;
}

/** A person with an empty home and credentials of a sandbox of their own. */
export async function person(options: SandboxOptions = {}) {
  const home = await mkdtemp(join(tmpdir(), "bankdata-cli-"));
  const sandbox = await startSandbox({ seed: 1, ...options });
  const env: Record<string, string> = {
    PATH: process.env["PATH"] ?? "",
    HOME: home,
    LANG: "C.UTF-8",
    TZ: "UTC",
    GOCARDLESS_SECRET_ID: sandbox.credentials.secretId,
    GOCARDLESS_SECRET_KEY: sandbox.credentials.secretKey,
    BANKDATA_BASE_URL: sandbox.baseUrl,
  };
  const start = (
    args: readonly string[],
    more: Record<string, string | undefined> = {},
    cwd = home,
  ): ChildProcess =>
    spawn(process.execPath, [executable, ...args], {
      cwd,
      env: { ...env, ...more },
      stdio: ["ignore", "pipe", "pipe"],
    });
  return {
    home,
    sandbox,
    env,
    start,
    run: (args: readonly string[], more?: Record<string, string | undefined>, cwd?: string) =>
      ended(start(args, more, cwd)),
    put: (name: string, text: string) => writeFile(join(home, name), text),
    connect: (bank: string) => connected(sandbox, bank),
    async [Symbol.asyncDispose]() {
      await sandbox.close();
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** Waits for a command's end. */
export async function ended(child: ChildProcess): Promise<Ended> {
  const text = { out: "", err: "" };
  onText(child.stdout, (part) => (text.out += part));
  onText(child.stderr, (part) => (text.err += part));
  const [code] = await once(child, "close");
  return { code: Number(code), ...text, json: () => JSON.parse(text.out) };
}

/** What a command for a program printed on stderr: one value of JSON per line. */
export function jsonLines(err: string): unknown[] {
  return err
    .trimEnd()
    .split("\n")
    .map((text): unknown => JSON.parse(text));
}

/** The error among what a command for a program printed on stderr. */
export function errorIn(err: string): unknown {
  for (const one of jsonLines(err)) {
    if (typeof one === "object" && one !== null && "error" in one) return one.error;
  }
  return undefined;
}

/** Connects a bank of a sandbox without the command line. Returns the requisition. */
export async function connected(sandbox: Sandbox, institution_id: string) {
  const { secretId: secret_id, secretKey: secret_key } = sandbox.credentials;
  const send = async (path: string, body: object, token = "") => {
    const headers = { "content-type": "application/json", authorization: `Bearer ${token}` };
    const response = await fetch(sandbox.baseUrl + path, {
      method: "POST",
      headers,
      body: JSON.stringify(body),
    });
    return JSON.parse(await response.text());
  };
  const { access } = await send("/token/new/", { secret_id, secret_key });
  const reference = `at-${institution_id.toLowerCase()}`;
  const redirect = "http://localhost/";
  const { id } = await send("/requisitions/", { institution_id, redirect, reference }, access);
  await sandbox.authorise(id, { outcome: "linked" });
  const requisition = sandbox.state().requisitions.find((one) => one.id === id);
  if (requisition === undefined) throw new Error("it was not connected");
  return requisition;
}
