import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const packages = join(import.meta.dirname, "../../packages");

const commands = new Set(
  readdirSync(join(packages, "cli/src/commands")).map((name) => name.replace(/\..*/, "")),
);

/** The sources of the libraries, which know no command line, without their comments. */
const sources = ["core", "archive", "sandbox"].flatMap((name) => {
  const folder = join(packages, name, "src");
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file): [string, string] => {
      const text = readFileSync(join(folder, file), "utf8");
      return [`${name}/${file}`, text.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "")];
    });
});

/** A command of the command line, or an option as a sentence names it. */
const naming = (text: string) =>
  [...text.matchAll(/\bbankdata ([a-z]+)\b|(?<![\w(-])(--[a-z][a-z-]*)\b(?!\s*[:)])/g)]
    .filter(([, command, option]) => option !== undefined || commands.has(command ?? ""))
    .map(([found]) => found);

it("a command of the command line and its options are recognised in a text", () => {
  expect(naming("Fix it and run `bankdata doctor` again, or pass --force to bankdata connect.")).toEqual([
    "bankdata doctor",
    "--force",
    "bankdata connect",
  ]);
  expect(naming("var(--line); :root { --line: red } a bankdata file")).toEqual([]);
});

it("the libraries' messages state remedies in terms of the API, and name no command", () => {
  expect(sources.length).toBeGreaterThan(200);
  // The title of the sandbox's own page.
  const found = sources.map(([file, text]) => [
    file,
    naming(text).filter((name) => name !== "bankdata sandbox"),
  ]);
  expect(found.filter(([, names]) => names?.length !== 0)).toEqual([]);
});
