import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import ts from "typescript";
import { expect, it } from "vitest";
import packageJson from "../package.json" with { type: "json" };
import { version } from "../src/version.ts";

const source = resolve(import.meta.dirname, "../src");

/** Who may import whom: each room its own files and those below it. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  models: [],
  errors: [],
  logger: [],
  version: [],
  store: [],
  cache: ["store", "models", "errors", "logger"],
  quota: ["cache", "store", "models", "errors", "logger"],
  http: ["quota", "cache", "store", "models", "errors", "logger"],
  client: ["http", "quota", "cache", "store", "models", "errors", "logger"],
  sandbox: ["models"],
  export: ["client", "models", "errors"],
  config: ["store", "models", "errors"],
  cli: [
    "sandbox",
    "export",
    "config",
    "client",
    "http",
    "quota",
    "cache",
    "store",
    "models",
    "errors",
    "logger",
    "version",
  ],
  index: ["client", "http", "quota", "cache", "models", "errors", "logger", "version"],
};

const files = readdirSync(source, { recursive: true, encoding: "utf8" }).filter((name) =>
  name.endsWith(".ts"),
);

function importsOf(file: string): { own: string[]; packages: string[] } {
  const own: string[] = [];
  const packages: string[] = [];
  for (const { fileName } of ts.preProcessFile(readFileSync(join(source, file), "utf8")).importedFiles) {
    if (fileName.startsWith(".")) own.push(relative(source, resolve(source, dirname(file), fileName)));
    else packages.push(fileName);
  }
  return { own, packages };
}

const roomOf = (file: string) => file.split("/")[0]?.replace(/\.ts$/, "") ?? "";

it("every room imports downwards only", () => {
  const wrong = files.flatMap((file) =>
    importsOf(file)
      .own.filter(
        (imported) =>
          roomOf(imported) !== roomOf(file) && !MAY_IMPORT[roomOf(file)]?.includes(roomOf(imported)),
      )
      .map((imported) => `${file} → ${imported}`),
  );
  expect(files.length).toBeGreaterThan(40);
  expect(wrong).toEqual([]);
});

it("no files import each other in a circle", () => {
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (file: string, path: readonly string[]) => {
    if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(" → "));
    if (path.includes(file) || done.has(file)) return;
    for (const imported of importsOf(file).own) visit(imported, [...path, file]);
    done.add(file);
  };
  for (const file of files) visit(file, []);
  expect(circles).toEqual([]);
});

it("the sandbox shares no code with the client, and only the sandbox serves", () => {
  for (const file of files) {
    const { packages } = importsOf(file);
    if (packages.some((name) => name.startsWith("hono") || name.startsWith("@hono")))
      expect(roomOf(file)).toBe("sandbox");
    if (packages.includes("node:sqlite")) expect(roomOf(file)).toBe("cache");
  }
});

it("the version is the package's", () => {
  expect(version).toBe(packageJson.version);
});
