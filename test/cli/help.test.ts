import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { program } from "../../packages/cli/src/program.ts";
import { CommandLine, pathOf } from "../../packages/cli/src/ui/command-line.ts";
import { Output } from "../../packages/cli/src/ui/terminal.ts";
import { typed } from "./typed.ts";

const root = resolve(import.meta.dirname, "../..");

/** A program and all commands below it. */
function everyCommand(of = newProgram()): CommandLine[] {
  const below = of.commands.filter((one) => one instanceof CommandLine).flatMap((one) => everyCommand(one));
  return [of, ...below].filter((one) => one.name() !== "complete");
}

function newProgram(): CommandLine {
  const output = new Output(process.stdout);
  return program({ out: output, err: output, in: process.stdin, isQuiet: false }, async () => {});
}

/** The words of a command line as a shell would take it apart; of a substitution, those inside. */
function wordsOf(example: string): string[] {
  const inside = /\$\((.*)\)/.exec(example)?.[1] ?? example.split(" | ")[0] ?? "";
  return [...inside.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare = ""]) => quoted ?? bare);
}

const commands = everyCommand()
  .map((command) => ({ path: pathOf(command), command }))
  .filter(({ path }) => !/^bankdata (?:accounts|cache) help$/.test(path)); // Shown by nothing: `help` once more.

describe("help", () => {
  it.each(commands)("the examples of $path can be run, and its page exists", async ({ command }) => {
    expect(command.examples.length).toBeGreaterThan(0);
    expect(existsSync(resolve(root, command.page))).toBe(true);
    for (const example of command.examples) {
      const [name, ...words] = wordsOf(example);
      expect(name).toBe("bankdata");
      const ran: string[] = [];
      const tried = newProgram();
      for (const one of everyCommand(tried)) one.action(() => void ran.push(pathOf(one)));
      await tried.parseAsync(words, { from: "user" });
      expect(ran, example).toHaveLength(1);
      if (command.parent !== null) expect(`${ran[0]} `).toContain(`${pathOf(command)} `);
    }
  });

  it.each(commands)("of $path fits 80, 60 and 40 columns, examples apart", async ({ path }) => {
    const words = path.split(" ").slice(1);
    for (const columns of [undefined, 200, 80, 60, 40]) {
      const { code, out, err } = await typed([...words, "--help"], columns);
      expect([code, err]).toEqual([0, ""]);
      const [before = "", after = ""] = out.split("\nExamples:\n");
      const lines = `${before}\n${after.slice(after.indexOf("\n\n"))}`.split("\n");
      expect(lines.filter((one) => one.length > Math.min(columns ?? 80, 80))).toEqual([]);
      expect(out).not.toContain("…");
    }
  });

  it.each(commands)("bankdata help shows the same of $path as --help", async ({ path }) => {
    const words = path.split(" ").slice(1);
    const asked = await typed(["help", ...words]);
    expect(asked).toEqual(await typed([...words, "--help"]));
    expect(asked.code).toBe(0);
  });

  it("shows usage, arguments, flags with defaults, inherited flags, examples and the page, in this order", async () => {
    const { out } = await typed(["sandbox", "--help"]);
    const headings = [...out.matchAll(/^([A-Z][a-z ]+):/gm)].map(([, heading]) => heading);
    expect(headings).toEqual(["Usage", "Flags", "Inherited flags", "Examples", "More"]);
    expect(out).toMatch(/^Usage: bankdata sandbox \[flags\]\n\nRun a stand-in/);
    expect(out).toMatch(/--port <number> .*\n.*\(default: 4010\)/);
    expect(out.split("Inherited flags:")[1]).toContain("--quiet");
    const { out: one } = await typed(["balances", "--help"]);
    expect(one).toContain("Arguments:\n  account  your alias for it");
  });

  it("groups the commands", async () => {
    const { out } = await typed(["--help"]);
    const groups = [...out.matchAll(/^(\w+):\n {2}(\w+)/gm)].map(([, ...group]) => group);
    expect(groups).toEqual([
      ["Start", "init"],
      ["Banks", "banks"],
      ["Data", "accounts"],
      ["Maintenance", "cache"],
      ["Examples", "bankdata"],
    ]);
    expect(out).not.toContain("complete ");
    expect(out).not.toContain("--env-file");
  });

  it("of cache can be asked of cache itself", async () => {
    expect((await typed(["cache", "help", "clear"])).out).toMatch(/^Usage: bankdata cache clear \[flags\]\n/);
  });
});
