import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { line } from "../../packages/cli/src/ui/printable.ts";
import { row, textWidth } from "../../packages/cli/src/ui/table.ts";
import { version } from "../../packages/core/src/base/version.ts";
import { onText } from "../support/text.ts";
import { textLines } from "./text-lines.ts";

const main = resolve(import.meta.dirname, "../../packages/cli/src/main.ts");

async function run(...args: string[]) {
  const child = spawn(process.execPath, ["--conditions=bankdata-source", main, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = { out: "", err: "" };
  onText(child.stdout, (text) => (output.out += text));
  onText(child.stderr, (text) => (output.err += text));
  const [code] = await once(child, "close");
  return { code, ...output };
}

describe("the command line", () => {
  it("--version and --help print on stdout and end with 0", async () => {
    expect(await run("--version")).toEqual({ code: 0, out: `${version}\n`, err: "" });
    const help = await run("--help");
    expect(help.code).toBe(0);
    expect(help.out).toContain("sandbox");
  });

  it.each([[["--help"]], [["connect", "--help"]], [["--version"]]])(
    "%j loads no implementation of a command and no heavy module",
    async (args) => {
      const hook = `import { registerHooks } from "node:module"; import { writeSync } from "node:fs";
      registerHooks({ load: (url, context, next) => (writeSync(2, url + "\\n"), next(url, context)) });`;
      const child = spawn(
        process.execPath,
        [
          "--conditions=bankdata-source",
          `--import=data:text/javascript,${encodeURIComponent(hook)}`,
          main,
          ...args,
        ],
        { stdio: ["ignore", "ignore", "pipe"] },
      );
      let loaded = "";
      onText(child.stderr, (text) => (loaded += text));
      expect(await once(child, "close")).toEqual([0, null]);
      expect(loaded).toContain("cli/src/main.ts");
      const heavy =
        /node_modules\/(?!commander)|packages\/(core|archive|sandbox)|commands\/\w+\/|session\/session|config\//;
      expect(loaded.split("\n").filter((url) => heavy.test(url))).toEqual([]);
    },
  );

  it("a mistyped command is an error that suggests the right one", async () => {
    const { code, err, out } = await run("dmeo");
    expect([code, out]).toEqual([2, ""]);
    expect(err).toContain("Did you mean demo?");
  });

  it("demo prints the ledger's path on a line of its own, without colours if it is piped", async () => {
    const { code, out, err } = await run("demo");
    expect([code, err]).toEqual([0, ""]);
    expect(out).not.toContain("\u001b[");
    expect(out).toContain("N26 Bank is connected for 90 days: 2 accounts.");
    expect(out).toMatch(/^Booked +Account +Who +What +Amount/m);
    expect(out).toMatch(/First: 6 calls for account data.*Again: 0 calls/);
    const file = /^\/.*\.beancount$/m.exec(out)?.[0] ?? "";
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const ledger = readFileSync(file, "utf8");
    const booked = Number(/^(\d+) booked in the last/m.exec(out)?.[1]);
    expect(ledger.match(/^\d{4}-\d\d-\d\d \* /gm)).toHaveLength(booked + 2);
    expect(ledger.match(/^\d{4}-\d\d-\d\d balance /gm)).toHaveLength(2);
    // The ledger alone is left.
    expect(readdirSync(dirname(file))).toEqual(["demo.beancount"]);
    rmSync(dirname(file), { recursive: true });
  });

  it.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
    "sandbox prints only its address on stdout, serves requests, and ends on %s",
    async (signal) => {
      const child = spawn(
        process.execPath,
        ["--conditions=bankdata-source", main, "sandbox", "--port", "0", "--seed", "3"],
        {
          stdio: ["ignore", "pipe", "pipe"],
        },
      );
      const [line] = await once(child.stdout, "data");
      const baseUrl = String(line).trim();
      expect(baseUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/api\/v2$/);
      const response = await fetch(`${baseUrl}/token/new/`, {
        method: "POST",
        body: new URLSearchParams({ secret_id: "sandbox-secret-id", secret_key: "sandbox-secret-key" }),
      });
      expect(response.status).toBe(200);
      child.kill(signal);
      expect(await once(child, "close")).toEqual([0, null]);
    },
  );
});

describe("tables", () => {
  const columns = [
    { title: line`Who`, flexible: true },
    { title: line`Amount`, align: "decimal" as const },
    { title: line`` },
  ];

  it("a table aligns amounts at their decimal points", () => {
    expect(
      textLines(columns, [row("a", "-1.5", "EUR"), row("b", "1000", "HUF"), row("c", "12.3400", "EUR")], 80),
    ).toEqual(["Who     Amount", "a      -1.5     EUR", "b    1000       HUF", "c      12.3400  EUR"]);
  });

  it("a table fits the width by cutting flexible columns at whole characters", () => {
    const lines = textLines(
      columns,
      [row("a very long name of somebody", "1.00", "EUR"), row("👩‍👩‍👧‍👦".repeat(9), "1.00", "EUR")],
      28,
    );
    expect(lines[1]).toBe("a very long na…    1.00  EUR");
    for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(28);
    expect(lines[2]).toContain("👩‍👩‍👧‍👦…");
  });
});
