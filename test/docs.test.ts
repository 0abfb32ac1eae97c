import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import ts from "typescript";
import { beforeAll, describe, expect, it } from "vitest";
import { MAY_IMPORT } from "./support/rooms.ts";

const root = resolve(import.meta.dirname, "..");
const pages = globSync("**/*.md", {
  cwd: root,
  exclude: (path) => /(^|[/\\])(node_modules|dist)$/.test(path),
}).map((path) => path.replaceAll("\\", "/"));

function read(page: string): string {
  return readFileSync(join(root, page), "utf8");
}

/** The text of a page outside its code blocks. */
function proseOf(page: string): string {
  return read(page).replaceAll(/^```.*?^```$/gms, "");
}

/** The anchors that GitHub gives the headings of a page. */
function anchorsOf(page: string): string[] {
  const seen = new Map<string, number>();
  return [...proseOf(page).matchAll(/^#{1,6} +(.+?) *#*$/gm)].map(([, heading = ""]) => {
    const text = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1").toLowerCase();
    const anchor = text.replaceAll(/[^\p{L}\p{N}_\- ]/gu, "").replaceAll(" ", "-");
    const count = seen.get(anchor) ?? 0;
    seen.set(anchor, count + 1);
    return count === 0 ? anchor : `${anchor}-${count}`;
  });
}

/** The targets of a page's links that lead to no other host. */
function linksOf(page: string): string[] {
  const prose = proseOf(page).replaceAll(/`[^`\n]*`/g, "");
  const targets = prose.matchAll(/\]\(<?([^)>\s]+)>?(?: "[^"]*")?\)|^\[[^\]]+\]: +(\S+)/gm);
  return [...targets]
    .map(([, inline, reference]) => inline ?? reference ?? "")
    .filter((target) => !/^[a-z]+:/i.test(target));
}

/** The part of a page below a heading, up to the next heading of the same level or a higher one. */
function sectionOf(page: string, heading: string): string {
  const [, after = ""] = read(page).split(`\n${heading}\n`);
  const level = heading.split(" ", 1)[0]?.length ?? 1;
  return after.split(new RegExp(`^#{1,${level}} `, "m"), 1)[0] ?? "";
}

/** The cells of all tables in a text, row by row, without header and ruler. */
function rowsOf(text: string): string[][] {
  const tables = text.matchAll(/^\|.*\|\n\|[-:| ]+\|\n((?:\|.*\|(?:\n|$))*)/gm);
  return [...tables].flatMap(([, rows = ""]) =>
    rows
      .trim()
      .split("\n")
      .map((row) => row.split(/(?<!\\)\|/).slice(1, -1)),
  );
}

/** The texts in backticks. */
function codeIn(text: string): string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, code = ""]) => code);
}

/** The names in the first column of a section's tables: `token` for `token()`. */
function namesIn(page: string, heading: string): string[] {
  return rowsOf(sectionOf(page, heading)).flatMap(([first = ""]) =>
    codeIn(first).flatMap((code) => /^\w+/.exec(code)?.[0] ?? []),
  );
}

it("finds the pages", () => {
  expect(pages).toEqual(
    expect.arrayContaining([
      "README.md",
      "docs/client.md",
      "docs/architecture.md",
      "packages/core/README.md",
    ]),
  );
});

it.each(pages)("every relative link of %s leads to a file, and every anchor to a heading", (page) => {
  const broken = linksOf(page).filter((link) => {
    const [path = "", anchor] = link.split("#");
    const target = path === "" ? page : relative(root, resolve(root, dirname(page), decodeURI(path)));
    if (!existsSync(join(root, target))) return true;
    return anchor !== undefined && !(target.endsWith(".md") && anchorsOf(target).includes(anchor));
  });
  expect(broken).toEqual([]);
});

describe("rooms", () => {
  const sorted = (names: readonly string[]) => [...names].sort();
  const expected = Object.fromEntries(Object.entries(MAY_IMPORT).map(([room, may]) => [room, sorted(may)]));

  it("docs/architecture.md lists who may import whom, as the test of the imports has it", () => {
    const rows = rowsOf(sectionOf("docs/architecture.md", "## Packages and rooms"));
    const listed = rows.map(([room = "", , may = ""]) => [codeIn(room)[0], sorted(codeIn(may))]);
    expect(Object.fromEntries(listed)).toEqual(expected);
  });

  it("the diagram of docs/architecture.md has no arrow that is not allowed, and leads to all that are", () => {
    const [, diagram = ""] = read("docs/architecture.md").split("```mermaid\n");
    const pathOf = (node: string) => node.replaceAll("_", "/");
    const arrows = [...diagram.replace(/```.*/s, "").matchAll(/^ *(\w+) --> (.+)$/gm)].flatMap(
      ([, from = "", to = ""]) => to.split(" & ").map((one): [string, string] => [pathOf(from), pathOf(one)]),
    );
    const forbidden = arrows.filter(([from, to]) => !MAY_IMPORT[from]?.includes(to));
    expect(forbidden).toEqual([]);
    const next = (room: string) => [
      ...arrows.filter(([from]) => from === room).map(([, to]) => to),
      // What a package exports comes from all of its rooms.
      ...(room.includes("/") ? [] : Object.keys(MAY_IMPORT).filter((one) => one.startsWith(`${room}/`))),
    ];
    const reachedFrom = (room: string, reached = new Set<string>()): Set<string> => {
      for (const one of next(room)) if (!reached.has(one)) reachedFrom(one, reached.add(one));
      return reached;
    };
    const missing = Object.entries(MAY_IMPORT).flatMap(([room, may]) =>
      may.filter((one) => !reachedFrom(room).has(one)).map((one) => `${room} → ${one}`),
    );
    expect(missing).toEqual([]);
  });

  it.each(["core", "archive", "sandbox", "cli"])(
    "packages/%s/README.md lists its rooms in the same way",
    (name) => {
      const lines = read(`packages/${name}/README.md`).matchAll(/^([a-z/]+(?: [a-z/]+)*) +→ (.+)$/gm);
      const full = (room: string) =>
        Object.hasOwn(MAY_IMPORT, `${name}/${room}`) ? `${name}/${room}` : room;
      const listed = [...lines].flatMap(([, rooms = "", may = ""]) =>
        rooms
          .split(" ")
          .map((room) => [full(room), may === "nothing" ? [] : sorted(may.split(" ").map(full))]),
      );
      const own = Object.entries(expected).filter(([room]) => room.startsWith(`${name}/`));
      expect(Object.fromEntries(listed)).toEqual(Object.fromEntries(own));
    },
  );
});

/** An example of a page. */
interface Example {
  page: string;
  /** The line of the page before its first line. */
  line: number;
  code: string;
}

/** The TypeScript of a page. A block that begins with a brace shows a value, and is not a program. */
function examplesOf(page: string): Example[] {
  const text = read(page);
  return [...text.matchAll(/^```ts\n(.*?)^```$/gms)]
    .map(({ index, 1: code = "" }) => ({ page, line: text.slice(0, index).split("\n").length, code }))
    .filter(({ code }) => !code.startsWith("{"));
}

/** What examples use without declaring it. */
const PRELUDE = `
  declare const secretId: string;
  declare const secretKey: string;
  declare const accountId: string;
  declare const agreementId: string;
  declare const requisitionId: string;
  declare const uri: string;
  declare const request: { readonly url: string };
  declare const state: string;
  declare const client: import("bankdata-core").GoCardlessClient;
  declare const provider: import("bankdata-core").BankProvider;
  declare const account: import("bankdata-core").BankAccount;
  declare const balances: import("bankdata-core").BalancesReading;
  declare const transactions: import("bankdata-core").TransactionsReading;
  declare const GoCardlessClient: typeof import("bankdata-core").GoCardlessClient;
  declare const startSandbox: typeof import("bankdata-sandbox").startSandbox;
  declare const afterAll: typeof import("vitest").afterAll;
  declare const KeyvPostgres: typeof import("@keyv/postgres").KeyvPostgres;
  type EventEmitter = import("node:events").EventEmitter;
`;

describe("TypeScript", () => {
  const examples = ["README.md", ...globSync(["docs/*.md", "packages/*/README.md"], { cwd: root })].flatMap(
    examplesOf,
  );
  const fileOf = ({ page, line }: Example) => join(root, "test", `${page.replaceAll("/", "-")}-${line}.ts`);
  let program: ts.Program;

  beforeAll(() => {
    const texts = new Map(examples.map((example) => [fileOf(example), `${example.code}\nexport {};\n`]));
    texts.set(join(root, "test/docs-prelude.d.ts"), PRELUDE);
    const config = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile).config;
    const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: [] }, ts.sys, root);
    // Rules for this repository's own code, which readers need not share.
    Object.assign(options, {
      noUnusedLocals: false,
      noUnusedParameters: false,
      noPropertyAccessFromIndexSignature: false,
    });
    const host = ts.createCompilerHost(options);
    const { readFile, fileExists } = host;
    host.readFile = (file) => texts.get(file) ?? readFile(file);
    host.fileExists = (file) => texts.has(file) || fileExists(file);
    program = ts.createProgram([...texts.keys(), join(root, "packages/core/src/index.ts")], options, host);
  }, 60_000);

  it("finds the examples", () => {
    expect(examples.length).toBeGreaterThan(15);
  });

  it.each(examples.map((example) => ({ ...example, name: `${example.page}:${example.line}` })))(
    "the example at $name compiles",
    (example) => {
      const file = program.getSourceFile(fileOf(example));
      const problems = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
      const texts = problems.map(({ start = 0, messageText }) => {
        const line = example.line + 1 + (file?.getLineAndCharacterOfPosition(start).line ?? 0);
        return `${example.page}:${line} ${ts.flattenDiagnosticMessageText(messageText, "\n")}`;
      });
      expect(texts).toEqual([]);
    },
    60_000,
  );

  /** What `bankdata-core` exports. */
  function exportsOfCore(): ts.Symbol[] {
    const checker = program.getTypeChecker();
    const index = program.getSourceFile(join(root, "packages/core/src/index.ts"));
    const module = index && checker.getSymbolAtLocation(index);
    return module === undefined ? [] : checker.getExportsOfModule(module);
  }

  /** The public members of an interface or a class, its static ones included. */
  function membersOf(name: string): string[] {
    const checker = program.getTypeChecker();
    const found = exportsOfCore().find((one) => one.name === name);
    if (found === undefined) throw new Error(`bankdata-core does not export ${name}`);
    const symbol = found.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(found) : found;
    const types = [checker.getDeclaredTypeOfSymbol(symbol)];
    if (symbol.flags & ts.SymbolFlags.Class) types.push(checker.getTypeOfSymbol(symbol));
    const names = types.flatMap((type) => type.getProperties().map((member) => member.name));
    // Names of symbols begin with an underscore, and those of private members with a number sign.
    return [...new Set(names)].filter((one) => /^[a-z]\w*$/i.test(one) && one !== "prototype").sort();
  }

  it.each([
    ["ClientOptions", "docs/client.md", "## Client options"],
    ["RetryOptions", "docs/client.md", "## Retries"],
    ["CallOptions", "docs/client.md", "## Call options"],
    ["TransactionRange", "docs/client.md", "## The range of transactions"],
    ["CacheOptions", "docs/cache.md", "## Options"],
    ["CacheView", "docs/client.md", "## The cache view"],
    ["GoCardlessClient", "docs/client.md", "## Methods"],
  ])("every member of %s, and no other, is listed in %s under %s", (name, page, heading) => {
    expect(namesIn(page, heading).sort()).toEqual(membersOf(name));
  });

  it("every class of BankDataError, and no other, is listed in docs/errors.md", () => {
    const names = exportsOfCore().map(({ name }) => name);
    const errors = names.filter((name) => name.endsWith("Error") && name !== "BankDataError");
    expect(namesIn("docs/errors.md", "## Classes").sort()).toEqual(errors.sort());
  });
});
