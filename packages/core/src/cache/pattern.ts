/** Whether a path matches a regular expression, or a string in which `*` stands for anything, slashes included. */
export function fitsPattern(path: string, pattern: string | RegExp): boolean {
  // `search` starts from the beginning, regardless of what an expression with the flag g or y has found before.
  if (pattern instanceof RegExp) return path.search(pattern) !== -1;
  const parts = pattern.split("*");
  const first = parts.shift() ?? "";
  const last = parts.pop();
  if (last === undefined) return path === first;
  if (!path.startsWith(first) || !path.endsWith(last)) return false;
  let from = first.length;
  for (const part of parts) {
    const at = path.indexOf(part, from);
    if (at === -1) return false;
    from = at + part.length;
  }
  return from + last.length <= path.length;
}
