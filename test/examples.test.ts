import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { type Sandbox, startSandbox } from "../packages/sandbox/src/index.ts";
import { connected } from "./cli/e2e/command.ts";
import { temporaryFolder } from "./support/folder.ts";
import { onText } from "./support/text.ts";

const BANK = "DEUTSCHE_BANK_DEUTDEFF";

/** Starts an example against a sandbox, with an empty home. */
async function started(
  sandbox: Sandbox,
  home: string,
  name: string,
  ...args: string[]
): Promise<ChildProcess> {
  const file = resolve(import.meta.dirname, "../examples", name);
  const child = spawn(process.execPath, ["--conditions=bankdata-source", file, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      HOME: home,
      PORT: "0",
      GOCARDLESS_SECRET_ID: sandbox.credentials.secretId,
      GOCARDLESS_SECRET_KEY: sandbox.credentials.secretKey,
      BANKDATA_BASE_URL: sandbox.baseUrl,
    },
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

/** Runs an example to its end. @returns what it printed */
async function output(...parameters: Parameters<typeof started>): Promise<string> {
  const child = await started(...parameters);
  let text = "";
  for (const stream of [child.stdout, child.stderr]) onText(stream, (part) => (text += part));
  const [code] = await once(child, "close");
  expect(code, text).toBe(0);
  return text;
}

/** A sandbox for one test. @param now the time at which its clock stands still; it runs if there is none */
async function sandboxFor(now?: Date): Promise<Sandbox> {
  const sandbox = await startSandbox({ seed: 1, now });
  onTestFinished(() => sandbox.close());
  return sandbox;
}

it("balances.ts prints the balances of each account", async () => {
  const sandbox = await sandboxFor();
  await connected(sandbox, BANK);
  const text = await output(sandbox, temporaryFolder(), "balances.ts");
  const lines = text.trim().split("\n");
  expect(new Set(lines.map((line) => line.split(" ")[0])).size).toBe(2);
  for (const line of lines) expect(line).toMatch(/^DE\d{20} \w+ -?\d+\.\d+ EUR$/);
});

it.each([
  ["ends in 13 days", 76.5],
  ["expired", 91],
])("ending-consents.ts says %j of a consent of 90 days that was given %d days ago", async (words, days) => {
  const sandbox = await sandboxFor(new Date(Date.now() - days * 86_400_000));
  const { reference } = await connected(sandbox, BANK);
  const child = await started(sandbox, temporaryFolder(), "ending-consents.ts");
  const [text] = await once(child.stdout ?? child, "data");
  expect(String(text)).toBe(`${BANK}, ${reference}: ${words}\n`);
  expect(await once(child, "close")).toEqual([1, null]);
});

it("ending-consents.ts prints nothing if no consent ends soon", async () => {
  const sandbox = await sandboxFor();
  await connected(sandbox, BANK);
  expect(await output(sandbox, temporaryFolder(), "ending-consents.ts")).toBe("");
});

it("connect.ts sends a user to the bank, and says after the return what was connected", async () => {
  const sandbox = await sandboxFor();
  const child = await started(sandbox, temporaryFolder(), "connect.ts");
  const [first] = await once(child.stdout ?? child, "data");
  const origin = String(first).trim();
  const sent = await fetch(new URL(`/connect?bank=${BANK}`, origin), { redirect: "manual" });
  expect(sent.status).toBe(303);
  const [{ id = "", link = "", redirect = "", reference = "" } = {}] = sandbox.state().requisitions;
  expect(sent.headers.get("location")).toBe(link);
  expect(new URL(redirect ?? "").pathname).toBe("/return");
  await sandbox.authorise(id, { outcome: "linked" });
  const back = await fetch(new URL(`/return?ref=${reference}`, origin));
  expect(await back.text()).toBe("Connected: 2 accounts.\n");
  const unknown = await fetch(new URL("/return?ref=another", origin));
  expect(await unknown.text()).toBe("Open /connect?bank=ID.\n");
});
