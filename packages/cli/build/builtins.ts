import { isBuiltin } from "node:module";
import type { Plugin } from "rolldown";

/**
 * Takes Node's modules from `process.getBuiltinModule` instead of importing them. An import evaluates every export of the
 * module, and some of them load large parts of Node that nothing uses: `fs.promises`, `util.TextDecoder`,
 * `http.WebSocket`. That was a fifth of the time that `--help` takes. Each statement stays on its line, for the source
 * maps.
 */
export function builtinsWithoutImport(): Plugin {
  return {
    name: "builtins-without-import",
    renderChunk(code) {
      const rewritten = code
        .replaceAll(/^import (.+) from "([^"]+)";$/gm, (statement, names: string, from: string) =>
          isBuiltin(from) ? declarations(names, builtin(from)) : statement,
        )
        .replaceAll(/^import "([^"]+)";$/gm, (statement, from: string) => (isBuiltin(from) ? "" : statement))
        .replaceAll(/\b__require\("([^"]+)"\)/g, (call, from: string) =>
          isBuiltin(from) ? builtin(from) : call,
        );
      return { code: rewritten, map: null };
    },
  };
}

function builtin(name: string): string {
  // A third-party package may have a `process` of its own in scope.
  return `globalThis.process.getBuiltinModule(${JSON.stringify(name)})`;
}

/** The names of an import statement, declared: `a`, `* as b`, `{ c, d as e }`. */
function declarations(names: string, module: string): string {
  const [, list] = /\{ (.+) \}/.exec(names) ?? [];
  const whole = names.replace(/,? *\{.*\}/, "").split(", ");
  const bindings = whole.filter((name) => name !== "").map((name) => name.replace("* as ", ""));
  if (list !== undefined) bindings.push(`{ ${list.replaceAll(" as ", ": ")} }`);
  return `const ${bindings.map((binding) => `${binding} = ${module}`).join(", ")};`;
}

/** Replaces a module of Node by an empty one, for files that match `importer`, which load it and never use it. */
export function withoutUnusedBuiltin(name: string, importer: RegExp): Plugin {
  const empty = `\0empty ${name}`;
  return {
    name: "without-unused-builtin",
    resolveId: (id, from) => (id === name && from !== undefined && importer.test(from) ? empty : null),
    load: (id) => (id === empty ? "module.exports = {};" : null),
  };
}
