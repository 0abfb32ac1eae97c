import { ConfigurationError } from "bankdata-core/base";
import {
  type Alias,
  Composer,
  type Document,
  isAlias,
  isScalar,
  Lexer,
  LineCounter,
  Parser,
  visit,
  type YAMLMap,
} from "yaml";

/** A parsed YAML file, before its settings are checked. */
export interface YamlFile {
  document: Document.Parsed;
  /** The value of the document in its present state. */
  toValue(): unknown;
  /** The file, line and column of an offset. */
  at(offset: number): string;
  /** The same without the column. */
  lineAt(offset: number): string;
}

/** A configuration is about four levels deep. Composing recurses for each level, and could overflow the stack. */
const MAX_DEPTH = 50;

/** Words, brackets, blanks and line ends. Each of them takes time and memory, however short. */
const MAX_PARTS = 100_000;

/** Aliases of aliases multiply. */
const MAX_ALIASES = 100;

/**
 * Reads YAML within bounds: what is too deeply nested, has too many parts or aliases, contains itself, or needs a tag that is
 * not YAML's own is rejected.
 *
 * @throws ConfigurationError naming file, line and column, and never a value
 */
export function parseYaml(path: string, text: string): YamlFile {
  const lines = new LineCounter();
  const lineAt = (offset: number) => `${path}, line ${lines.linePos(offset).line}`;
  const at = (offset: number) => `${lineAt(offset)}, column ${lines.linePos(offset).col}`;
  const reject: Reject = (offset, why) => {
    throw new ConfigurationError(`${at(offset)}: ${why}`);
  };
  const document = composed(text, lines, reject);
  const [problem] = [...document.errors, ...document.warnings];
  if (problem !== undefined) reject(problem.pos[0], `${withoutSource(problem.message)}.`);
  const firstAlias = checkNodes(document, reject);
  const toValue = (): unknown => {
    try {
      return document.toJS({ maxAliasCount: MAX_ALIASES });
    } catch {
      return reject(firstAlias ?? 0, `its aliases refer to more than ${MAX_ALIASES} others.`);
    }
  };
  return { document, toValue, at, lineAt };
}

type Reject = (offset: number, why: string) => never;

function composed(text: string, lines: LineCounter, reject: Reject): Document.Parsed {
  const parser = new Parser(lines.addNewLine);
  lines.addNewLine(0);
  const options = { lineCounter: lines, prettyErrors: false, stringKeys: true, uniqueKeys: false };
  const composer = new Composer(options);
  const documents: Document.Parsed[] = [];
  let parts = 0;
  const compose = (tokens: ReturnType<Parser["next"]>) => {
    for (const token of tokens) documents.push(...composer.next(token));
    if (documents.length > 1)
      reject(documents[1]?.range[0] ?? 0, "a configuration must be a single document.");
  };
  for (const lexeme of new Lexer().lex(text)) {
    parts += 1;
    if (parts > MAX_PARTS) reject(parser.offset, "this is too large for a configuration.");
    compose(parser.next(lexeme));
    if (parser.stack.length > MAX_DEPTH)
      reject(parser.offset, "this is too deeply nested for a configuration.");
  }
  compose(parser.end());
  documents.push(...composer.end(true, text.length));
  const [document, second] = documents;
  if (document === undefined) throw new TypeError("yaml composed no document");
  if (second !== undefined) reject(second.range[0], "a configuration must be a single document.");
  return document;
}

/** Checks aliases and keys, which the yaml package does not. @returns the offset of the first alias */
function checkNodes(document: Document.Parsed, reject: Reject): number | undefined {
  let aliases = 0;
  let first: number | undefined;
  const checkAlias = (alias: Alias) => {
    const offset = alias.range?.[0] ?? 0;
    aliases += 1;
    first ??= offset;
    if (aliases > MAX_ALIASES) reject(offset, `more than ${MAX_ALIASES} aliases are not allowed.`);
    const end = alias.resolve(document)?.range?.[1];
    if (end === undefined) reject(offset, "no anchor before the alias has this name.");
    else if (end > offset) reject(offset, "the alias is inside what it refers to.");
  };
  visit(document, { Alias: (_, alias) => checkAlias(alias), Map: (_, map) => checkKeys(map, reject) });
  return first;
}

function checkKeys({ items }: YAMLMap, reject: Reject): void {
  const seen = new Set<string>();
  for (const { key } of items) {
    if (!isScalar(key)) continue;
    const name = String(key.value);
    const offset = key.range?.[0] ?? 0;
    if (name === "__proto__") reject(offset, "__proto__ is not a known key.");
    if (name === "<<") reject(offset, "merge keys (<<) are not supported: write the keys out.");
    if (seen.has(name)) reject(offset, "Map keys must be unique.");
    seen.add(name);
  }
}

/** A message of the yaml package, without what it quotes after a colon or backslash, as that may be a secret. */
function withoutSource(message: string): string {
  const [first = ""] = message.split("\n", 1);
  const cited = first.search(/[A-Za-z]: |\\/);
  return cited === -1 ? first : first.slice(0, first[cited] === "\\" ? cited : cited + 1);
}

/** A node, or what an alias stands for. */
export function resolvedNode(node: unknown, document: Document.Parsed): unknown {
  return isAlias(node) ? node.resolve(document) : node;
}
