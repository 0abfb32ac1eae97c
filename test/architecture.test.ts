import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import ts from "typescript";
import { expect, it } from "vitest";
import { version } from "../packages/core/src/base/version.ts";
import { MAY_IMPORT } from "./support/rooms.ts";

const source = resolve(import.meta.dirname, "../packages");
const packages = ["core", "archive", "sandbox", "cli"] as const;

const files = readdirSync(source, { recursive: true, encoding: "utf8" }).filter((name) =>
  /^[^/]+\/src\/.*\.[cm]?[jt]sx?$/.test(name),
);

/** `core/cache`, `core/providers/gocardless`, or the package alone for a file at its top: its face. */
function roomOf(file: string): string {
  const [name = "", , ...rest] = file.split("/");
  const folders = rest.slice(0, rest[0] === "providers" ? 2 : 1);
  return rest.length === 1 ? name : [name, ...folders].join("/");
}

/** Whether a "room" is a package itself, as its files at the top are. */
function isFace(room: string): boolean {
  return packages.some((name) => name === room);
}

interface Imports {
  /** Files of the same package. */
  own: string[];
  /** Subpaths of its siblings: `bankdata-core/base`. */
  siblings: string[];
  /** Packages of others. */
  foreign: string[];
}

/** Everything that a file loads, in any way: `import`, `export … from`, `import()`, `require`, a type, a reference. */
function specifiersIn(file: string): string[] {
  const tree = ts.createSourceFile(file, readFileSync(join(source, file), "utf8"), ts.ScriptTarget.Latest);
  const found = tree.referencedFiles.map(({ fileName }) => fileName);
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) note(node.moduleSpecifier);
    else if (ts.isExternalModuleReference(node)) note(node.expression);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) note(node.argument.literal);
    else if (ts.isCallExpression(node) && isLoading(node)) note(node.arguments[0]);
    ts.forEachChild(node, visit);
  };
  const note = (specifier: ts.Node | undefined): void => {
    if (specifier === undefined) return;
    // A computed specifier cannot be checked, so it is reported as a violation.
    found.push(ts.isStringLiteralLike(specifier) ? specifier.text : `./${file}: not a literal`);
  };
  visit(tree);
  return found;
}

/** `import(…)`, `require(…)`, `createRequire(…)(…)`, `import.meta.resolve(…)`. */
function isLoading({ expression }: ts.CallExpression): boolean {
  if (expression.kind === ts.SyntaxKind.ImportKeyword) return true;
  if (ts.isIdentifier(expression)) return expression.text === "require";
  if (ts.isPropertyAccessExpression(expression))
    return expression.name.text === "resolve" && ts.isMetaProperty(expression.expression);
  return (
    ts.isCallExpression(expression) &&
    ts.isIdentifier(expression.expression) &&
    expression.expression.text === "createRequire"
  );
}

function importsOf(file: string): Imports {
  const names = specifiersIn(file);
  const own = names.filter((name) => name.startsWith("."));
  const siblings = names.filter((name) => /^bankdata(-|\/|$)/.test(name));
  return {
    own: own.map((name) => relative(source, resolve(source, dirname(file), name))),
    siblings,
    foreign: names.filter((name) => !own.includes(name) && !siblings.includes(name)),
  };
}

/** The rooms from which a file imports, except its own. */
function roomsReached(file: string): string[] {
  const { own, siblings } = importsOf(file);
  const rooms = [...own.map(roomOf), ...siblings.map((name) => name.replace("bankdata-", ""))];
  return rooms.filter((room) => room !== roomOf(file));
}

it("finds the sources of every package", () => {
  for (const name of packages) {
    expect(files.filter((file) => file.startsWith(`${name}/`)).length).toBeGreaterThan(0);
  }
});

it("every room is known", () => {
  const rooms = new Set(files.map(roomOf).filter((room) => !isFace(room)));
  expect([...rooms].sort()).toEqual(Object.keys(MAY_IMPORT).sort());
});

it("every room imports only rooms below it", () => {
  const wrong = files.flatMap((file) => {
    const room = roomOf(file);
    if (isFace(room)) return []; // A file at the top of a package may import all of it.
    const allowed = MAY_IMPORT[room] ?? [];
    return roomsReached(file)
      .filter((reached) => !allowed.includes(reached))
      .map((reached) => `${file} → ${reached}`);
  });
  expect(wrong).toEqual([]);
});

it("no command of the command line imports another command", () => {
  const commandOf = (file: string) => /^cli\/src\/commands\/([^/.]+)\./.exec(file)?.[1];
  const commands = files.filter((file) => commandOf(file) !== undefined);
  expect(new Set(commands.map(commandOf)).size).toBeGreaterThan(10);
  const wrong = commands.flatMap((file) =>
    importsOf(file)
      .own.filter((imported) => ![undefined, commandOf(file)].includes(commandOf(imported)))
      .map((imported) => `${file} → ${imported}`),
  );
  expect(wrong).toEqual([]);
});

it("files import from other packages only through the subpaths of those", () => {
  const leaving = files.flatMap((file) =>
    importsOf(file)
      .own.filter((imported) => imported.split("/")[0] !== file.split("/")[0])
      .map((imported) => `${file} → ${imported}`),
  );
  expect(leaving).toEqual([]);
});

it("siblings are reached through the subpaths that they export", () => {
  const exported = packages.flatMap((name) => {
    const { name: packageName, exports } = manifestOf(name);
    return Object.keys(exports).map((subpath) => packageName + subpath.slice(1));
  });
  const wrong = files.flatMap((file) =>
    importsOf(file)
      .siblings.filter((name) => !exported.includes(name))
      .map((name) => `${file} → ${name}`),
  );
  expect(wrong).toEqual([]);
});

it("the face of a package re-exports its own rooms, or a whole sibling", () => {
  const faces = files.filter((file) => isFace(roomOf(file)));
  const reached = faces.flatMap((file) => importsOf(file).siblings.map((name) => `${file} → ${name}`));
  expect(reached).toEqual([
    "cli/src/archive.ts → bankdata-archive",
    "cli/src/index.ts → bankdata-core",
    "cli/src/sandbox.ts → bankdata-sandbox",
  ]);
});

it("no files import each other in a cycle", () => {
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

it("packages import exactly their dependencies, and the sandbox does not depend on the core", () => {
  for (const name of packages) {
    const { dependencies, peerDependencies = {}, devDependencies = {} } = manifestOf(name);
    const imported = files
      .filter((file) => file.startsWith(`${name}/`))
      .flatMap((file) => [...importsOf(file).siblings, ...importsOf(file).foreign])
      .filter((specifier) => !specifier.startsWith("node:"))
      .map((specifier) => /^(@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? "");
    // What a package bundles is installed only where it is built, as are the bundler and its plugin.
    const bundled = Object.keys(devDependencies).filter((dependency) => !dependency.startsWith("rolldown"));
    const own = [...Object.keys(dependencies), ...Object.keys(peerDependencies)];
    expect(new Set(imported)).toEqual(new Set([...own, ...bundled]));
    expect(name === "cli" || name === "sandbox" || bundled.length === 0).toBe(true);
  }
  expect(Object.keys(manifestOf("core").dependencies)).toEqual(["zod"]);
  expect(Object.keys(manifestOf("sandbox").dependencies)).not.toContain("bankdata-core");
});

it("only one file of the sandbox imports what is bundled into it", () => {
  const { devDependencies = {} } = manifestOf("sandbox");
  const importing = files.filter((file) =>
    importsOf(file).foreign.some((specifier) => file.startsWith("sandbox/") && specifier in devDependencies),
  );
  expect(importing).toEqual(["sandbox/src/world/certificates.ts"]);
});

it("siblings are pinned to the same version, and dependencies of others are ranges", () => {
  for (const name of packages) {
    const manifest = manifestOf(name);
    expect(manifest.version).toBe(version);
    for (const [dependency, range] of Object.entries(manifest.dependencies)) {
      expect(range).toMatch(dependency.startsWith("bankdata") ? new RegExp(`^${version}$`) : /^\^\d/);
    }
  }
});

interface Manifest {
  name: string;
  version: string;
  exports: Record<string, unknown>;
  dependencies: Record<string, string>;
  peerDependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
}

function manifestOf(name: string): Manifest {
  return JSON.parse(readFileSync(join(source, name, "package.json"), "utf8")) as Manifest;
}
