import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { temporaryFolder } from "../support/folder.ts";
import { hasAddress, ownAddress } from "./own-address.ts";
import { commandLine, printed, sandboxProcess } from "./sandbox-process.ts";
import { ask } from "./tls-client.ts";

/** What a command for `sh` prints that exports the lines which a sandbox has printed, before a program. */
async function inShell(exports: readonly string[], program: string): Promise<string> {
  const child = spawn("sh", ["-c", `${exports.join("\n")}\n${program}`], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const text = printed(child);
  await text.code;
  return text.out + text.err;
}

it("a program in Node.js reaches the service's own name with the lines that --tls prints", async () => {
  const folder = join(temporaryFolder(), "it's a folder");
  await using sandbox = await sandboxProcess("--tls-folder", folder);
  const script = `fetch("https://bankaccountdata.gocardless.com/api/v2/token/new/", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ secret_id: "sandbox-secret-id", secret_key: "sandbox-secret-key" }),
  }).then((response) => response.json()).then(({ access_expires }) => console.log(access_expires))`;
  const greeting = await sandbox.saying("for Node.js.\n");
  const exports = greeting.split("\n").filter((line) => line.startsWith("  export "));
  expect(exports.map((line) => /export (\w+)=/.exec(line)?.[1])).toEqual([
    "HTTPS_PROXY",
    "https_proxy",
    "NO_PROXY",
    "no_proxy",
    "NODE_USE_ENV_PROXY",
    "SSL_CERT_FILE",
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
    "NODE_EXTRA_CA_CERTS",
  ]);
  // What a machine behind another proxy has set, and what some programs prefer, must not lead to the service itself.
  const others = [
    "https_proxy=http://127.0.0.1:9",
    "NO_PROXY=bankaccountdata.gocardless.com",
    "no_proxy=.gocardless.com",
  ].map((one) => `export ${one}`);
  expect(await inShell([...others, ...exports], `'${process.execPath}' -e '${script}'`)).toBe("86400\n");
  expect(sandbox.text.out).toBe(`${sandbox.baseUrl}\n`);
});

it("five sandboxes that start at the same time make one authority", async () => {
  const folder = temporaryFolder();
  const all = await Promise.all(
    Array.from({ length: 5 }, () => sandboxProcess("--tls-folder", folder, "--tls-port", "0")),
  );
  try {
    expect(readdirSync(folder).sort()).toEqual(["ca-key.pem", "ca.pem"]);
    expect(statSync(join(folder, "ca-key.pem")).mode & 0o777).toBe(0o600);
    const ca = join(folder, "ca.pem");
    for (const one of all) {
      const port = /https:\/\/localhost:(\d+)\/api\/v2\./.exec(await one.saying("/api/v2.\n"))?.[1];
      expect((await ask(`https://localhost:${port}/api/v2/`, { ca: readFileSync(ca, "utf8") })).status).toBe(
        404,
      );
    }
  } finally {
    for (const one of all) await one[Symbol.asyncDispose]();
  }
});

it("on other addresses it says how the controls are reached, and takes their key from the environment", async () => {
  const key = "a-key-for-the-controls";
  const started = (value: string) => {
    const [node, ...rest] = commandLine;
    const env = { ...process.env, BANKDATA_SANDBOX_KEY: value };
    const child = spawn(node, [...rest, "sandbox", "--port", "0", "--host", "0.0.0.0"], {
      env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    return { child, text: printed(child) };
  };
  for (const [value, said] of [
    [
      "",
      "The overview and the controls can only be reached from this machine: set BANKDATA_SANDBOX_KEY to a password for others.",
    ],
    [
      key,
      "The overview and the controls need the user name sandbox and the password in BANKDATA_SANDBOX_KEY.",
    ],
  ] as const) {
    const { child, text } = started(value);
    while (!text.err.includes("BANKDATA_SANDBOX_KEY")) await once(child.stderr, "data");
    child.kill();
    expect(await text.code).toBe(0);
    expect(text.err).toContain(`Other machines can reach the service and its consent pages.\n${said}\n`);
    expect(text.err).toMatch(/Open http:\/\/127\.0\.0\.1:\d+\/ to look at it/);
    expect(text.err + text.out).not.toContain(key);
  }
  const { text } = started("too-short");
  expect(await text.code).toBe(2);
  expect(text.err).toContain("BANKDATA_SANDBOX_KEY must be a text of 16 to 255 characters.");
  expect(text.err).not.toContain("too-short");
});

it.runIf(hasAddress("IPv4"))(
  "on one address of the machine it names no page that cannot be reached there, and how it could be",
  async () => {
    await using sandbox = await sandboxProcess(
      "--host",
      ownAddress("IPv4"),
      "--tls-folder",
      temporaryFolder(),
    );
    const greeting = await sandbox.saying("at 127.0.0.1.\n");
    expect(greeting).toContain(
      "The overview and the controls cannot be reached at this address: set BANKDATA_SANDBOX_KEY to a password for them, or use --host 0.0.0.0, and they are at 127.0.0.1.\n",
    );
    expect(greeting).not.toContain("to look at it");
    expect(greeting).not.toContain("https://localhost");
    expect((await ask(new URL("/", sandbox.baseUrl).href)).status).toBe(403);
  },
);
