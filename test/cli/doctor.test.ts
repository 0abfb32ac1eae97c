import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { formatSpan } from "../../packages/cli/src/ui/format.ts";
import { whyFolderUnwritable } from "../../packages/core/src/store/index.ts";
import { startSandbox } from "../../packages/sandbox/src/index.ts";
import { temporaryFolder } from "../support/folder.ts";
import { personAt } from "./source-command.ts";

it("doctor finds a folder in which nothing can be written, and says what to do", async () => {
  await using sandbox = await startSandbox({ port: 0 });
  await using person = await personAt(sandbox);
  await person.put(".config", "not a folder");
  const { code, out } = await person.run("doctor");
  expect(code).toBe(1);
  expect(out).toContain(`${join(person.home, ".config/bankdata")} cannot be written`);
  expect(out).toContain("Make the folder writable, or name another one (XDG_CONFIG_HOME, XDG_STATE_HOME).");
});

it("a folder that does not exist yet can be written if it can be made", () => {
  const folder = temporaryFolder();
  expect(whyFolderUnwritable(join(folder, "a/b/file"))).toBeUndefined();
  writeFileSync(join(folder, "file"), "");
  expect(whyFolderUnwritable(join(folder, "file/b"))).toBe(`${join(folder, "file")} is not a folder`);
});

it.each([
  [3_400, "3 seconds"],
  [120_000, "2 minutes"],
  [7_200_000, "2 hours"],
  [86_401_000, "1 day"],
  [200_000_000, "2 days"],
])("a span of %i ms is shown as %s", (span, shown) => {
  expect(formatSpan(span)).toBe(shown);
});

it("doctor lists the keys of the configuration that do nothing yet, each with its place", async () => {
  await using sandbox = await startSandbox({ port: 0 });
  await using person = await personAt(sandbox);
  await person.put("bankdata.yaml", "accounts:\n  - id: abcd\n    metadata:\n      a: b\n");
  const { out } = await person.run("doctor");
  expect(out).toMatch(/✓ Configuration: not used yet: .*metadata \(.*bankdata\.yaml, line 3/);
});
