import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readEnv } from "../../../packages/cli/src/config/env-file.ts";
import { loadConfiguration } from "../../../packages/cli/src/config/index.ts";

const values = (text: string) => Object.fromEntries(readEnv(text).map(({ name, value }) => [name, value]));

describe(".env", () => {
  it("may begin with a byte order mark", async () => {
    const cwd = await mkdtemp(join(tmpdir(), "bankdata-env-"));
    try {
      await writeFile(join(cwd, ".env"), "\ufeffGOCARDLESS_SECRET_ID=a\r\nGOCARDLESS_SECRET_KEY=b\r\n");
      const { credentials } = loadConfiguration({}, { env: {}, cwd, platform: "linux", home: cwd });
      expect(credentials).toEqual({ secretId: "a", secretKey: "b" });
    } finally {
      await rm(cwd, { recursive: true });
    }
  });

  it.each([
    ["A=b", "b"],
    ["A = b ", "b"],
    ["export A=b", "b"],
    ["  export\tA=b", "b"],
    ["A=b # comment", "b"],
    ["A=b#c", "b#c"],
    ["A=# comment", ""],
    ["A=", ""],
    ["A=a=b", "a=b"],
    ['A="a\\"b"', 'a"b'],
    ['A="a\\\\"', "a\\"],
    ['A="a\\nb"', "a\nb"],
    ['A="C:\\Users"', "C:\\Users"],
    ['A="b # c" # d', "b # c"],
    ['A=""', ""],
    ["A='a\\nb'", "a\\nb"],
    ["A='it\"s'", 'it"s'],
    ["A=`it's`", "it's"],
    ['A="b\nc"', "b\nc"],
    ['A="b\r\nc"\r\n', "b\nc"],
    ["A=b\r\n", "b"],
    ["A=it's", "it's"],
    ['A="b', '"b'],
    ['A="b" c', '"b" c'],
    ["A=$B", "$B"],
    ["# A=c\nA=b", "b"],
    ["A=c\nA=b", "b"],
  ])("%j sets A to %j", (text, value) => {
    expect(values(text)).toEqual({ A: value });
  });

  it("names the line of each variable, behind values of several lines", () => {
    expect(
      readEnv("\n# one\nA='x\ny'\nnothing\nexport B=2\nC=").map(({ name, line }) => [name, line]),
    ).toEqual([
      ["A", 3],
      ["B", 6],
      ["C", 7],
    ]);
  });

  it("keeps every value that is written in double quotes, whatever it contains", () => {
    const value = fc
      .string({
        unit: fc.oneof(
          fc.constantFrom(..."\"'`\\\n#= nrt$"),
          fc.string({ unit: "grapheme", minLength: 1, maxLength: 1 }),
        ),
      })
      .filter((text) => !text.includes("\r"));
    fc.assert(
      fc.property(fc.array(value, { minLength: 1 }), fc.boolean(), (all, exported) => {
        const quoted = (text: string) => `"${text.replaceAll(/["\\]/g, "\\$&")}"`;
        const text = all.map((one, at) => `${exported ? "export " : ""}V${at}=${quoted(one)} # "`).join("\n");
        expect(readEnv(text).map((entry) => entry.value)).toEqual(all);
      }),
    );
  });

  it("takes a time that grows with the text, unclosed quotes included", () => {
    const started = performance.now();
    readEnv('A="\n'.repeat(200_000));
    readEnv("A='`\"\\\n".repeat(100_000));
    expect(performance.now() - started).toBeLessThan(3000);
  });
});
