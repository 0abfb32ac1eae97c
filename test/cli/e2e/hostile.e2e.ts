import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Service } from "../../support/service.ts";
import { harmfulIn } from "../harmful.ts";
import { ended, executable } from "./command.ts";
import { EVIL, refusal, startHostileService } from "./hostile-service.ts";
import { Screen } from "./screen.ts";

/** Arguments and variables cannot hold half a surrogate pair. */
const EVIL_ARGUMENT = EVIL.toWellFormed();

/** A person with an empty home who uses a hostile service. */
async function victim(service: Service) {
  const home = await mkdtemp(join(tmpdir(), "bankdata-hostile-"));
  const env: Record<string, string> = {
    PATH: process.env["PATH"] ?? "",
    HOME: home,
    LANG: "C.UTF-8",
    GOCARDLESS_SECRET_ID: "id",
    GOCARDLESS_SECRET_KEY: "key",
    BANKDATA_BASE_URL: service.baseUrl,
  };
  return {
    home,
    env,
    run: (args: readonly string[], more: Record<string, string> = {}) =>
      ended(
        spawn(process.execPath, [executable, ...args], {
          cwd: home,
          env: { ...env, ...more },
          stdio: ["ignore", "pipe", "pipe"],
        }),
      ),
    put: (name: string, text: string) => writeFile(join(home, name), text),
    [Symbol.asyncDispose]: () => rm(home, { recursive: true, force: true }),
  };
}

type Victim = Awaited<ReturnType<typeof victim>>;

/** Runs a command, and expects that it printed no harmful character and no forged line. */
async function harmless(me: Victim, args: readonly string[], more?: Record<string, string>) {
  const end = await me.run(args, more);
  expect([harmfulIn(end.out, "\n\t"), harmfulIn(end.err, "\n")], args.join(" ")).toEqual([[], []]);
  // A text with a tab or a line break of its own would make a row longer or shorter than the others.
  const lengths = end.out.split("\n").map((row) => row.split("\t").length);
  expect(new Set(lengths.filter((length) => length > 1)).size, args.join(" ")).toBeLessThanOrEqual(1);
  expect(end.out + end.err, args.join(" ")).not.toMatch(/^✗ forged|^ +at .*\.js/m);
  return end;
}

const COMMANDS = [
  ["accounts"],
  ["balances"],
  ["balances", "7e944232"],
  ["details"],
  ["details", "7e944232-bda9-40bc-b784-660c7ab5fe70"],
  ["transactions"],
  ["quota"],
  ["connections"],
  ["banks", "DE"],
  ["banks", "--search", "evil"],
  ["cache"],
  ["connect", "bank"],
  ["connect", "EVIL_BANK", "--no-browser"],
  ["disconnect", "1e944232-bda9-40bc-b784-660c7ab5fe78", "--yes"],
  ["doctor"],
] as const;

describe("a service whose every text steers a terminal", () => {
  it.each([[[]], [["--verbose"]], [["--json"]], [["--jsonl"]]])(
    "no command with %j lets the service steer the terminal",
    async (flags) => {
      await using service = await startHostileService();
      await using me = await victim(service);
      for (const command of COMMANDS) {
        const { out, code } = await harmless(me, [...command, ...flags]);
        if (flags.includes("--json") && code === 0)
          expect(() => JSON.parse(out), command.join(" ")).not.toThrow();
      }
      const { out } = await me.run(["transactions", "--json"]);
      const [entry] = JSON.parse(out);
      expect(entry.raw.creditorName).toBe(`Shop${EVIL}`);
      expect(entry.counterparty).toContain("Shop");
    },
    120_000,
  );

  it.each([400, 401, 403, 404, 409, 429, 500])(
    "an error response with status %i cannot steer the terminal",
    async (status) => {
      await using service = await startHostileService(({ path }) => {
        // The client would wait for a general limit, which the list of banks meets.
        const refused = status === 429 ? /^\/accounts\/[^/]+\/\w/ : /^\/accounts\/[^/]+\/\w|^\/institutions/;
        return refused.test(path) ? refusal(status) : undefined;
      });
      await using me = await victim(service);
      await me.put("bankdata.yaml", "cache:\n  old_data_on_error: false\n");
      for (const command of [["balances"], ["transactions"], ["banks"], ["connections"]]) {
        const { err } = await harmless(me, [...command, "--verbose"]);
        if (command[0] === "balances") expect(err).toContain("✗ Giro");
      }
      await harmless(me, ["connect", "EVIL_BANK"]);
    },
    120_000,
  );

  it("a redirect, a page that is not JSON and texts of a megabyte cannot steer the terminal", async () => {
    const megabyte = `<html><title>${EVIL}</title>${"x\u202e".repeat(500_000)}`;
    const odd = [
      { status: 302, headers: { location: "http://a\u009b31m\u00ad.example/x" } },
      { status: 502, body: megabyte, headers: { "content-type": "text/html" } },
      { status: 200, body: `${EVIL}${megabyte}` },
      { status: 400, body: { summary: megabyte, detail: megabyte } },
    ];
    for (const reply of odd) {
      await using service = await startHostileService(({ path }) =>
        /balances/.test(path) ? reply : undefined,
      );
      await using me = await victim(service);
      const { err } = await harmless(me, ["balances", "--verbose"]);
      for (const line of err.split("\n").filter((one) => one.startsWith("✗")))
        expect(line.length).toBeLessThanOrEqual(1010);
    }
  }, 120_000);

  it("a reference adds no more than one word to the command that renews a connection", async () => {
    const reference = "a; touch pwned `touch pwned` $(touch pwned) '; touch pwned '";
    const expired = {
      summary: "End User Agreement (EUA) has expired",
      detail: "EUA expired",
      status_code: 401,
    };
    await using service = await startHostileService(({ method, path }) => {
      if (/balances/.test(path)) return { status: 401, body: { ...expired, type: "AccessExpiredError" } };
      if (method !== "GET" || !path.startsWith("/requisitions/")) return undefined;
      const linked = {
        id: "1e944232-bda9-40bc-b784-660c7ab5fe78",
        status: "EX",
        institution_id: "EVIL_BANK",
      };
      const results = [{ ...linked, reference, accounts: ["7e944232-bda9-40bc-b784-660c7ab5fe70"] }];
      return { body: { count: 1, next: null, previous: null, results } };
    });
    await using me = await victim(service);
    const { out } = await me.run(["connections", "--json"]);
    const copied = [
      String(JSON.parse(out)[0].renewWith),
      /Renew it: (.*)$/m.exec((await me.run(["connections"])).err)?.[1] ?? "",
      /→ (.*)$/m.exec((await me.run(["balances"])).err)?.[1] ?? "",
    ];
    expect(new Set(copied).size).toBe(1);
    const shell = spawn("sh", ["-c", `bankdata() { printf '%s\\0' "$@"; }\n${copied[0]}\nls`], {
      cwd: me.home,
      env: me.env,
    });
    const { out: words } = await ended(shell);
    expect(words.split("\0").slice(0, 3)).toEqual(["connect", "--renew", reference]);
    expect(words).not.toMatch(/^pwned$/m);
  });

  it("a connection to a hostile bank cannot steer the terminal, and Ctrl-C removes it", async () => {
    await using service = await startHostileService(({ method, path }) =>
      method === "GET" && /^\/requisitions\/\w/.test(path)
        ? {
            body: {
              id: "1e944232-bda9-40bc-b784-660c7ab5fe78",
              status: `ID${EVIL}`,
              institution_id: "EVIL_BANK",
            },
          }
        : undefined,
    );
    await using me = await victim(service);
    using screen = new Screen(["connect", "EVIL_BANK"], me.env, me.home);
    await screen.showing("is connected already");
    screen.press("Down", "Enter");
    await screen.showing("Waiting for Bank");
    await screen.showing("ID ]0;PWNED");
    screen.press("C-c");
    await screen.showing("ended with 1");
    expectUnsteered(screen);
    expect(service.asked()).toContain("DELETE /requisitions/1e944232-bda9-40bc-b784-660c7ab5fe78/");
  });
});

/** The escape sequences of prompts, spinner and colours, which are the only ones allowed. */
const ESCAPE = String.fromCharCode(0x1b);
const DRAWING = new RegExp(String.raw`${ESCAPE}\[(\?25[hl]|\d*[ABCDGJK]|[\d;]*m)|\r`, "g");

/** Expects that everything written to the terminal steered it only with allowed sequences. */
function expectUnsteered(screen: Screen): void {
  const written = screen.written();
  expect(written.length).toBeGreaterThan(20);
  expect(written).not.toContain("\u001b[2J");
  expect(harmfulIn(written.replaceAll(DRAWING, ""), "\n")).toEqual([]);
  expect(screen.title()).not.toContain("PWNED");
}

describe("a hostile service in a terminal", () => {
  it.each([
    [["banks"], "Which|Type to search", ["e", "Enter"]],
    [["details"], "Which account", ["Enter"]],
    [["disconnect"], "Which connection", ["Enter", "n"]],
    [["accounts"], "ended with", []],
    [["balances", "--verbose"], "ended with", []],
    [["transactions"], "ended with", []],
    [["connections"], "ended with", []],
    [["quota"], "ended with", []],
    [["connect", "bank"], "ended with", []],
  ] as const)("the service cannot steer the terminal in %j", async (args, first, keys) => {
    await using service = await startHostileService();
    await using me = await victim(service);
    using screen = new Screen(args, me.env, me.home);
    await screen.showing(new RegExp(first));
    for (const key of keys) {
      screen.press(key);
      if (key === "Enter" && keys.length > 1 && key !== keys.at(-1)) await screen.showing("Disconnect Bank");
    }
    await screen.showing("ended with");
    expectUnsteered(screen);
    expect(screen.unwrapped()).not.toMatch(/^✗ forged/m);
  });
});

describe("arguments, variables and files that steer a terminal", () => {
  it("arguments, variables and files are shown without characters that steer a terminal", async () => {
    await using service = await startHostileService();
    await using me = await victim(service);
    for (const args of [
      [`x${EVIL_ARGUMENT}`],
      [`--x${EVIL_ARGUMENT}`],
      ["balances", `x${EVIL_ARGUMENT}`],
      ["balances", `--live${EVIL_ARGUMENT}`],
      ["transactions", "--from", EVIL_ARGUMENT],
      ["transactions", "--days", EVIL_ARGUMENT],
      ["connect", `x${EVIL_ARGUMENT}`],
      ["connect", "--renew", `x${EVIL_ARGUMENT}`],
      ["disconnect", `x${EVIL_ARGUMENT}`],
      ["banks", EVIL_ARGUMENT],
      ["completion", EVIL_ARGUMENT],
      ["balances", "--config", `x${EVIL_ARGUMENT}`],
      ["sandbox", "--port", EVIL_ARGUMENT],
    ]) {
      expect((await harmless(me, args)).code, args.join(" ")).not.toBe(0);
    }
    await harmless(me, ["cache", "path"], { BANKDATA_CACHE: join(me.home, EVIL_ARGUMENT) });
    await harmless(me, ["cache", "path", "--json"], { BANKDATA_CACHE: join(me.home, EVIL_ARGUMENT) });
    for (const command of [["balances"], ["doctor"]]) {
      await harmless(me, command, { BANKDATA_BASE_URL: `http://127.0.0.1:9/${EVIL_ARGUMENT}` });
      await harmless(me, command, { BANKDATA_CONFIG: join(me.home, `x${EVIL_ARGUMENT}`) });
    }
    const alias = JSON.stringify(`mine${EVIL_ARGUMENT}`);
    await me.put(
      "bankdata.yaml",
      `accounts:\n  - id: 7e944232-bda9-40bc-b784-660c7ab5fe70\n    alias: ${alias}\n`,
    );
    expect((await harmless(me, ["balances"])).out).toContain("mine ]0;PWNED");
    await harmless(me, ["balances", "mime"]);
    for (const broken of [`${alias}: 1\n`, `a: ${alias}: ${EVIL_ARGUMENT}\n`, `cache:\n  ${alias}: 1\n`]) {
      await me.put("bankdata.yaml", broken);
      expect((await harmless(me, ["doctor"])).code).toBe(1);
      expect((await harmless(me, ["balances"])).code).toBe(2);
    }
  }, 120_000);
});
