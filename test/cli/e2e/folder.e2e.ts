import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdir, open, readdir, readFile, rm, symlink, truncate, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { startService } from "../../support/service.ts";
import { ended, executable, person } from "./command.ts";
import { Screen } from "./screen.ts";

const BANK = "DEUTSCHE_BANK_DEUTDEFF";
const NOTHING = {
  GOCARDLESS_SECRET_ID: undefined,
  GOCARDLESS_SECRET_KEY: undefined,
  BANKDATA_BASE_URL: undefined,
};

/** A person who runs commands in a folder that somebody else made. */
async function inFolder() {
  const me = await person();
  const folder = join(me.home, "downloads/repository");
  const own = join(me.home, ".config/bankdata/bankdata.yaml");
  await mkdir(folder, { recursive: true });
  await mkdir(dirname(own), { recursive: true });
  return {
    ...me,
    folder,
    own,
    putHere: (name: string, text: string) => writeFile(join(folder, name), text),
    putOwn: (text: string) => writeFile(own, text, { mode: 0o600 }),
    here: (args: readonly string[], more: Record<string, string | undefined> = {}) =>
      me.run(args, { ...NOTHING, ...more }, folder),
  };
}

describe("in a folder that somebody else made", () => {
  it("no command sends the user's secret to an address that a file there names", async () => {
    await using me = await inFolder();
    await using service = await startService(() => ({ body: { count: 0, results: [] } }));
    await me.putOwn("secret_id: my-id\nsecret_key: my-key\n");
    await me.putHere(".env", `BANKDATA_BASE_URL=${service.baseUrl}\n`);
    const commands = [
      "connections",
      "accounts",
      "balances",
      "banks DE",
      "connect X",
      "connect --renew x",
      "quota",
      "cache list",
      "doctor",
    ];
    for (const command of commands) {
      const { code, out, err } = await me.here(command.split(" "));
      expect(code, command).toBe(command === "doctor" ? 1 : 2);
      expect(out + err, command).toContain(
        `The base URL comes from BANKDATA_BASE_URL in ${join(me.folder, ".env")}, line 1`,
      );
      expect(out + err, command).toContain(me.own);
      expect(out + err).not.toMatch(/my-id|my-key/);
    }
    await rm(join(me.folder, ".env"));
    await me.putHere("bankdata.yaml", `base_url: ${service.baseUrl}\n`);
    const environment = { GOCARDLESS_SECRET_ID: "my-id", GOCARDLESS_SECRET_KEY: "my-key" };
    expect((await me.here(["connections"], environment)).code).toBe(2);
    expect(service.received).toEqual([]);
    expect((await me.here(["banks", "DE", "--sandbox", "--json"], environment)).code).toBe(0);
    expect(service.received).toEqual([]);
    await me.here(["connections", "--config", "bankdata.yaml"], environment);
    expect(service.received.map(({ method, path }) => `${method} ${path}`)[0]).toBe("POST /token/new/");
  });

  it("a .env cannot move the user's folders, set a proxy or start a program", async () => {
    await using me = await inFolder();
    await using proxy = await startService(() => ({ body: {} }));
    await me.putOwn(
      `secret_id: ${me.sandbox.credentials.secretId}\nsecret_key: ${me.sandbox.credentials.secretKey}\nbase_url: ${me.sandbox.baseUrl}\n`,
    );
    await me.putHere("bad.cjs", 'require("node:fs").writeFileSync("started", "")');
    const address = proxy.baseUrl.replace(/\/api.*/, "");
    const moved = ["HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "TMPDIR"];
    const proxies = ["HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "ALL_PROXY"];
    await me.putHere(
      ".env",
      [
        ...moved.map((name) => `${name}=${me.folder}/moved`),
        ...proxies.map((name) => `${name}=${address}`),
        `NODE_OPTIONS=--require=${me.folder}/bad.cjs`,
        "NODE_USE_ENV_PROXY=1",
        "NODE_TLS_REJECT_UNAUTHORIZED=0",
      ].join("\n"),
    );
    const path = (await me.here(["cache", "path"])).out.trim();
    expect(path).toBe(join(me.home, ".cache/bankdata/gocardless.sqlite"));
    expect((await me.here(["connections", "--json"])).json()).toEqual([]);
    expect((await me.here(["banks", "DE", "--sandbox"])).code).toBe(0);
    expect(proxy.received).toEqual([]);
    expect(await readdir(me.folder)).toEqual([".env", "bad.cjs"]);
  });

  it("every command rejects a cache path that leads out of the folder, and touches nothing there", async () => {
    await using me = await inFolder();
    const precious = join(me.home, "precious");
    await mkdir(precious);
    for (const path of [precious, "../../precious", "~/precious", "/dev/null"]) {
      await me.putHere(".env", `BANKDATA_CACHE=${path}\n`);
      for (const command of ["quota --sandbox", "cache path", "banks DE --sandbox"]) {
        const { code, err } = await me.here(command.split(" "));
        expect([
          code,
          err.includes(`BANKDATA_CACHE in ${join(me.folder, ".env")}, line 1: BANKDATA_CACHE leads out`),
        ]).toEqual([2, true]);
      }
    }
    expect(await readdir(me.home)).toEqual(expect.arrayContaining(["precious"]));
    await me.putHere(".env", "BANKDATA_CACHE=./mine.sqlite\n");
    expect((await me.here(["banks", "DE", "--sandbox"])).code).toBe(0);
    expect(await readdir(me.folder)).toContain("mine.sqlite");
  });

  it("connect names the file of its credentials before it sends anything, and doctor names it too", async () => {
    await using me = await inFolder();
    const { secretId, secretKey } = me.sandbox.credentials;
    const file = join(me.folder, "bankdata.yaml");
    await me.putHere(
      "bankdata.yaml",
      `secret_id: ${secretId}\nsecret_key: ${secretKey}\nbase_url: ${me.sandbox.baseUrl}\n`,
    );
    const { reference } = await me.connect(BANK);
    for (const args of [
      ["connect", BANK, "--no-browser"],
      ["connect", "--renew", String(reference), "--no-browser"],
    ]) {
      const asked = me.sandbox.requests.length;
      const child = me.start(args, NOTHING, me.folder);
      const first = await firstOutput(child);
      expect(first).toContain(`The credentials come from ${file}, in the current folder`);
      expect(first).not.toContain("Open this link");
      child.kill("SIGKILL");
      await ended(child);
      expect(me.sandbox.requests.length - asked).toBeLessThan(10);
    }
    const { out } = await me.here(["doctor"]);
    expect(out).toContain(`✓ Credentials: from ${file} and ${file}, in the current folder`);
    expect(out).toContain("→ Make sure that they are yours");
    expect(out).toContain(`✓ Base URL: from ${file}`);
    expect(out).toContain(`✗ File: ${file} can be read by others`);
    const mine = await me.run(["connect", "NOBANK"], {}, me.folder);
    expect(mine.err).not.toContain("The credentials come from");
  });

  it("init asks before it writes into the folder, and sends no secret to an address that the folder names", async () => {
    await using me = await inFolder();
    const { secretId, secretKey } = me.sandbox.credentials;
    const env = { PATH: me.env["PATH"] ?? "", HOME: me.home, LANG: "C.UTF-8", TZ: "UTC" };
    const theirs = "accounts:\n  - id: theirs\n";
    await me.putHere("bankdata.yaml", theirs);
    const address = { BANKDATA_BASE_URL: me.sandbox.baseUrl };
    using screen = new Screen(["init"], { ...env, ...address }, me.folder);
    await screen.showing("Do you have credentials");
    screen.press("Enter");
    expect(await screen.showing("Where should the credentials be stored")).toContain(me.own);
    screen.press("Enter");
    await screen.showing("Secret id");
    screen.type(secretId);
    screen.press("Enter");
    await screen.showing("Secret key");
    screen.type(secretKey);
    screen.press("Enter");
    const end = await screen.showing("ended with 0");
    expect(end).toContain(`bankdata.yaml overrides the file`);
    expect(await readFile(me.own, "utf8")).toBe(`secret_id: ${secretId}\nsecret_key: ${secretKey}\n`);
    expect(await readFile(join(me.folder, "bankdata.yaml"), "utf8")).toBe(theirs);

    await rm(me.own);
    await rm(join(me.folder, "bankdata.yaml"));
    await me.putHere(".env", `BANKDATA_BASE_URL=${me.sandbox.baseUrl}\n`);
    using refused = new Screen(["init"], env, me.folder);
    await refused.showing("Do you have credentials");
    refused.press("Enter");
    expect(await refused.showing("ended with 2")).toContain("your credentials would be sent there");
  });
});

describe("plain http", () => {
  it("plain http to another machine is rejected before anything is sent, unless the user allows it", async () => {
    await using me = await inFolder();
    const env = { BANKDATA_BASE_URL: "http://user:my-password@api.example.invalid/api/v2" };
    const credentials = { GOCARDLESS_SECRET_ID: "my-id", GOCARDLESS_SECRET_KEY: "my-key" };
    const named = await me.here(["connections"], { ...credentials, ...env });
    expect([named.code, named.err.includes("without user")]).toEqual([2, true]);
    const plain = { ...credentials, BANKDATA_BASE_URL: "http://api.example.invalid/api/v2" };
    const refused = await me.here(["connections"], plain);
    expect([
      refused.code,
      refused.err.includes("network path to api.example.invalid could read the secret"),
    ]).toEqual([2, true]);
    for (const { err } of [named, refused]) expect(err).not.toMatch(/my-id|my-key|my-password/);
    const allowed = await me.here(["connections"], { ...plain, BANKDATA_ALLOW_HTTP: "true" });
    expect([allowed.code, allowed.err.includes("plain http")]).toEqual([1, false]);
    await me.putOwn("allow_http: true\n");
    expect((await me.here(["connections"], plain)).code).toBe(1);
    await me.putHere(".env", "BANKDATA_ALLOW_HTTP=true\n");
    expect((await me.here(["connections"], plain)).code).toBe(2);
  });
});

describe("paths that are not files", () => {
  it("what is not a file ends a command at once, with its name and the reason", async () => {
    await using me = await inFolder();
    const fifo = join(me.folder, "fifo");
    execFileSync("mkfifo", [fifo]);
    const large = join(me.folder, "large");
    await (await open(large, "w")).close();
    await truncate(large, 1_000_000_000);
    const said = async (args: string[], env: Record<string, string> = {}) => {
      const { code, err } = await me.here(["banks", "DE", "--sandbox", ...args], env);
      expect(code).toBe(2);
      return err;
    };
    expect(await said(["--config", fifo])).toContain(`${fifo} cannot be read: it is a named pipe`);
    expect(await said(["--config", "/dev/zero"])).toContain("/dev/zero cannot be read: it is a device");
    expect(await said(["--config", "/dev/stdin"])).toMatch(
      /\/dev\/stdin cannot be read: it is a (device|named pipe)/,
    );
    expect(await said([], { BANKDATA_CONFIG: large })).toContain(`${large} is too large`);
    await symlink("/dev/zero", join(me.folder, ".env"));
    expect(await said([])).toContain("it is a device");
    await rm(join(me.folder, ".env"));
    execFileSync("mkfifo", [join(me.folder, "bankdata.yaml")]);
    expect(await said([])).toContain("bankdata.yaml cannot be read: it is a named pipe");
    const piped = spawn(
      "bash",
      ["-c", `exec "$0" "$1" cache path --config <(echo 'accounts: []')`, process.execPath, executable],
      {
        cwd: me.home,
        env: me.env,
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
    const { code, err } = await ended(piped);
    expect([code, err]).toEqual([
      2,
      expect.stringMatching(/^✗ \/dev\/fd\/\d+ cannot be read: it is a named pipe\. Name a file on disk/),
    ]);
  });

  it("sandbox ends at once if its state cannot be kept", async () => {
    await using me = await inFolder();
    const fifo = join(me.folder, "fifo");
    execFileSync("mkfifo", [fifo]);
    for (const [path, kind] of [
      [fifo, "a named pipe"],
      ["/dev/zero", "a device or socket"],
      [me.folder, "a folder"],
    ] as const) {
      const { code, err } = await me.here(["sandbox", "--port", "0", "--state", path]);
      expect([code, err]).toEqual([
        2,
        `✗ --state must be a file, but ${path} is ${kind}.\n  → See bankdata sandbox --help\n`,
      ]);
    }
    const unwritable = "/proc/none/state.json";
    const refused = await me.here(["sandbox", "--port", "0", "--state", unwritable]);
    expect(refused.err).toContain(`The state file ${unwritable} cannot be written`);
    expect(refused.code).toBe(1);
    await mkdir(join(me.home, ".local"));
    await writeFile(join(me.home, ".local/state"), "in the way");
    const { code, err } = await me.here(["banks", "DE", "--sandbox"]);
    expect([code, err]).toEqual([
      1,
      `✗ The state file ${join(me.home, ".local/state/bankdata/sandbox.json")} cannot be written: a part of the path is not a folder.\n`,
    ]);
  });
});

describe("temporary files of killed processes", () => {
  it("doctor removes temporary files next to the user's configuration, and no others", async () => {
    await using me = await inFolder();
    await me.putOwn("accounts: []\n");
    const old = `${me.own}.0f8fad5b-d9cb-469f-a165-70867728950e`;
    for (const path of [
      old,
      `${me.own}.backup`,
      join(me.folder, "bankdata.yaml.0f8fad5b-d9cb-469f-a165-70867728950e"),
    ]) {
      await writeFile(path, "secret_key: my-key\n");
      await utimes(path, 1_700_000_000, 1_700_000_000);
    }
    const { out } = await me.run(["doctor"], {}, me.folder);
    expect(out).toContain(`✓ Left behind: removed 1 temporary file of killed processes next to ${me.own}`);
    expect((await readdir(dirname(me.own))).toSorted()).toEqual(["bankdata.yaml", "bankdata.yaml.backup"]);
    expect(await readdir(me.folder)).toHaveLength(1);
  });
});

/** The first output of a command on stderr. */
async function firstOutput(child: ChildProcess): Promise<string> {
  return await new Promise((resolve) => child.stderr?.once("data", (chunk) => resolve(String(chunk))));
}
