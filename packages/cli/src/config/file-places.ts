import { isMap, isScalar, isSeq, type Pair, visit } from "yaml";
import { keyName, snakeCase } from "./keys.ts";
import { resolvedNode, type YamlFile } from "./yaml-file.ts";

/** The keys and places that lead to a part of a file, the keys with our names. */
export type Path = readonly PropertyKey[];

/** The longest part of a key that an error cites, in characters. */
const LONGEST_KEY = 100;

/** The last part of a path, as the file spells it. */
export function writtenKey(file: YamlFile, path: Path): string {
  const key = pairAt(file, path)?.key;
  return isScalar(key) ? String(key.value).slice(0, LONGEST_KEY) : snakeCase(String(path.at(-1) ?? ""));
}

/** The pair of a path; of a part that does not exist or is a place of a list, the last pair that leads there. */
export function pairAt({ document }: YamlFile, path: Path): Pair<unknown, unknown> | undefined {
  let node: unknown = document.contents;
  let found: Pair<unknown, unknown> | undefined;
  for (const part of path) {
    const inside = resolvedNode(node, document);
    if (isSeq(inside) && typeof part === "number") {
      node = inside.items[part];
      found = undefined;
      continue;
    }
    const pair = isMap(inside) ? inside.items.find((one) => keyName(one) === part) : undefined;
    if (pair === undefined) return found;
    [found, node] = [pair, pair.value];
  }
  return found;
}

/** Where in the file a part is: its key, or the list item that it is, or else what contains it. */
export function offsetOf(file: YamlFile, path: Path): number {
  for (let length = path.length; length > 0; length -= 1) {
    const part = path.slice(0, length);
    const key = pairAt(file, part)?.key;
    if (isScalar(key)) return key.range?.[0] ?? 0;
    const item = typeof part.at(-1) === "number" ? itemAt(file, part) : undefined;
    if (item !== undefined) return item;
  }
  return 0;
}

function itemAt(file: YamlFile, path: Path): number | undefined {
  const list = resolvedNode(pairAt(file, path.slice(0, -1))?.value, file.document);
  const item = isSeq(list) ? resolvedNode(list.items[Number(path.at(-1))], file.document) : undefined;
  return isMap(item) || isScalar(item) || isSeq(item) ? (item.range?.[0] ?? undefined) : undefined;
}

/** Where in the file a key is, whatever contains it. */
export function offsetOfKey({ document }: YamlFile, name: string): number {
  let found = 0;
  visit(document, {
    Pair(_, pair) {
      if (keyName(pair) !== name || !isScalar(pair.key)) return undefined;
      found = pair.key.range?.[0] ?? 0;
      return visit.BREAK;
    },
  });
  return found;
}
