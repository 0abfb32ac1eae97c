import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { loadConfiguration, writeCredentials } from "../../../packages/cli/src/config/index.ts";
import { ConfigurationError } from "../../../packages/core/src/base/errors.ts";

let root = "";
let cwd = "";
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "bankdata-no-file-"));
});
afterAll(async () => {
  await rm(root, { recursive: true });
});
beforeEach(async () => {
  cwd = await mkdtemp(join(root, "cwd-"));
});

/** The message with which loading fails, which must not take long, or the accounts if it succeeds. */
function failure(named = {}, env: Record<string, string> = {}): string {
  const startedAt = performance.now();
  try {
    const read = loadConfiguration(named, { env, cwd, platform: "linux", home: join(cwd, "home") });
    return `read: ${JSON.stringify(read.accounts).slice(0, 100)}`;
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    expect(error.message.length).toBeLessThanOrEqual(1000);
    return error.message.replaceAll(`${cwd}/`, "");
  } finally {
    expect(performance.now() - startedAt).toBeLessThan(4000);
  }
}

/** Makers of what is not a file, by the reason in the message. */
const makers: Record<string, (path: string) => Promise<unknown> | unknown> = {
  "it is a folder": (path) => mkdir(path),
  "it is a named pipe": (path) => execFileSync("mkfifo", [path]),
  "it is a device": (path) => symlink("/dev/zero", path),
  "it is a loop of links": (path) => symlink(path, path),
};

describe("paths that are not files", () => {
  it.each(Object.keys(makers))(
    "every place where a file is read rejects at once what is not a file: %s",
    async (reason) => {
      await mkdir(join(cwd, "home/.config/bankdata"), { recursive: true });
      const places: [string, Record<string, string>, Record<string, string>][] = [
        ["x.yaml", { config: "x.yaml" }, {}],
        ["x.yaml", {}, { BANKDATA_CONFIG: "x.yaml" }],
        ["x.env", { envFile: "x.env" }, {}],
        [".env", {}, {}],
        ["bankdata.yaml", {}, {}],
        ["gocardless.yaml", {}, {}],
        ["home/.config/bankdata/bankdata.yaml", {}, {}],
      ];
      for (const [name, named, env] of places) {
        await makers[reason]?.(join(cwd, name));
        expect(failure(named, env)).toBe(`${name} cannot be read: ${reason}.`);
        await rm(join(cwd, name), { recursive: true });
      }
    },
  );

  it("a socket, a terminal and /dev/zero are errors that say what to do", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(join(cwd, ".env"), resolve));
    expect(failure()).toBe(".env cannot be read: it is a socket.");
    server.close();
    for (const path of ["/dev/zero", "/dev/ptmx", "/dev/random"]) {
      const said = `${path} cannot be read: it is a device. Name a file on disk: pipes and devices are not read.`;
      expect(failure({ config: path })).toBe(said);
      expect(failure({ envFile: path })).toBe(said);
    }
  });

  it("a file of a gigabyte is rejected without being read", async () => {
    for (const name of [".env", "bankdata.yaml"]) {
      await writeFile(join(cwd, name), "");
      await truncate(join(cwd, name), 1_000_000_000);
      const before = process.memoryUsage().rss;
      expect(failure()).toBe(`${name} is too large to be a configuration.`);
      expect(process.memoryUsage().rss - before).toBeLessThan(50_000_000);
      await rm(join(cwd, name));
    }
  });

  it("credentials are not written over what is not a configuration", async () => {
    for (const reason of Object.keys(makers)) {
      const path = join(cwd, `${reason}.yaml`);
      await makers[reason]?.(path);
      expect(() => writeCredentials(path, { secretId: "a", secretKey: "b" })).toThrow(ConfigurationError);
    }
    await writeFile(join(cwd, "list.yaml"), "- a\n");
    expect(() => writeCredentials(join(cwd, "list.yaml"), { secretId: "a", secretKey: "b" })).toThrow(
      "not a list of settings",
    );
    expect(() => writeCredentials(join(cwd, "list.yaml/x"), { secretId: "a", secretKey: "b" })).toThrow(
      "list.yaml/x cannot be written",
    );
  });
});

describe("files that are not UTF-8", () => {
  it("a file in any encoding but UTF-8 is an error", async () => {
    await writeFile(join(cwd, "bankdata.yaml"), Buffer.from("accounts:\n  - alias: B\xfcro\n", "latin1"));
    expect(failure()).toBe("bankdata.yaml cannot be read: it is not a text in UTF-8.");
    for (const name of ["bankdata.yaml", ".env"]) {
      await writeFile(join(cwd, name), Buffer.from("A=1\nb: 1\n", "utf16le"));
      expect(failure()).toBe(`${name} cannot be read: it is not a text in UTF-8.`);
    }
  });
});

describe("expensive YAML", () => {
  const laughs = Array.from({ length: 9 }, (_, at) => {
    const line = Array.from({ length: 9 }, () => (at === 0 ? "ha" : `*l${at - 1}`)).join(", ");
    return `x${at}: &l${at} [${line}]`;
  }).join("\n");
  const large = 990_000;

  it.each<[string, string, RegExp]>([
    ["a billion laughs", laughs, /^gocardless\.yaml, line 2, column 10: its aliases refer to more than 100/],
    ["101 aliases", `x: &a 1\ny: [${"*a,".repeat(101)}]`, /line 2, column 305: more than 100 aliases/],
    [
      "an alias to what contains it",
      "x: &a\n  - *a\n",
      /line 2, column 5: the alias is inside what it refers to/,
    ],
    [
      "an account that contains itself",
      "accounts:\n  - &a\n    b: *a\n",
      /line 3, column 8: the alias is inside what it refers to/,
    ],
    [
      "an alias to nothing",
      "secret_key: *secret-name\n",
      /line 1, column 13: no anchor before the alias has this name/,
    ],
    ["brackets", "[".repeat(100_000), /line 1, column 51: this is too deeply nested/],
    ["braces", `x: ${"{a: ".repeat(100_000)}`, /line 1, column \d+: this is too deeply nested/],
    ["sequences", "- ".repeat(100_000), /line 1, column \d+: this is too deeply nested/],
    ["explicit keys", "? ".repeat(100_000), /line 1, column \d+: this is too deeply nested/],
    [
      "indentation",
      Array.from({ length: 1400 }, (_, at) => `${" ".repeat(at)}a:`).join("\n"),
      /line \d+, column \d+: this is too deeply nested/,
    ],
    [
      "keys",
      Array.from({ length: 90_000 }, (_, at) => `k${at}: 1`).join("\n"),
      /line \d+, column \d+: this is too large/,
    ],
    ["anchors", "&a ".repeat(large / 3), /line 1, column \d+: this is too large/],
    ["commas", `[${",".repeat(large)}`, /line 1, column \d+: this is too large/],
    ["documents", "---\n".repeat(large / 4), /line 2, column 1: a configuration must be a single document/],
    ["directives", "%a\n".repeat(large / 3), /line \d+, column 1: this is too large/],
    ["one key", `${"k".repeat(large)}: 1`, /line 1, column 1: The : indicator must be at most 1024/],
    ["one quoted key", `? "${"k".repeat(large)}"\n: 1`, /^read: |is not a known key/],
    ["a foreign tag", "secret_key: !!js/function 'x'\n", /line 1, column 13: Unresolved tag\.$/],
    ["a tag that may be a secret", "secret_key: !secret-name x\n", /line 1, column 13: Unresolved tag\.$/],
    [
      "a prototype",
      "accounts:\n  - __proto__: { id: x }\n",
      /line 2, column 5: __proto__ is not a known key/,
    ],
    [
      "a prototype at the top",
      "__proto__:\n  secret_id: x\n",
      /line 1, column 1: __proto__ is not a known key/,
    ],
    ["merged keys", "x: &a { secret_id: y }\n<<: *a\n", /line 2, column 1: merge keys/],
    ["merged keys of YAML 1.1", "%YAML 1.1\n---\n<<: { secret_id: y }\n", /line 3, column 1: merge keys/],
    ["a key that is a list", "? [a, b]\n: c\n", /line 1, column 3: /],
    ["a cited header", "secret_key: |secret-name\n x\n", /line 1, column 14: Block scalar header includes/],
  ])("expensive YAML is rejected quickly, with file and line: %s", async (_, text, message) => {
    await writeFile(join(cwd, "gocardless.yaml"), text);
    const said = failure();
    expect(said).toMatch(message);
    expect(said).not.toContain("secret-name");
    expect(said.startsWith("read: ") || said.startsWith("gocardless.yaml, line ")).toBe(true);
  });

  it.each(["constructor: 1\n", "toString: 1\n", "hasOwnProperty: 1\n"])(
    "a member of every JavaScript object is not a known key: %j",
    async (text) => {
      await writeFile(join(cwd, "bankdata.yaml"), text);
      expect(failure()).toContain("bankdata.yaml, line 1, column 1: ");
      await rm(join(cwd, "bankdata.yaml"));
      await writeFile(join(cwd, "gocardless.yaml"), text);
      expect(failure()).toContain("gocardless.yaml, line 1, column 1: ");
    },
  );

  it("YAML may have the aliases that people write", async () => {
    await writeFile(
      join(cwd, "bankdata.yaml"),
      "accounts:\n  - &a { id: x, alias: z, booking_statuses: &t [booked] }\n  - { id: y, booking_statuses: *t }\n",
    );
    expect(failure()).toBe(
      'read: [{"id":"x","alias":"z","bookingStatuses":["booked"]},{"id":"y","bookingStatuses":["booked"]}]',
    );
  });

  it("variables cannot make a configuration too large", async () => {
    await writeFile(join(cwd, "bankdata.yaml"), `accounts:\n  - alias: "${"$A".repeat(200_000)}"\n`);
    await writeFile(join(cwd, ".env"), `A=${"x".repeat(500_000)}\n`);
    expect(failure()).toBe("bankdata.yaml, line 2, column 12: the values of the variables are too long.");
  });

  it("every text is read as a configuration or rejected with a ConfigurationError", async () => {
    const piece = fc.oneof(
      fc.constantFrom(
        "a",
        "secret_id",
        ": ",
        "\n",
        "  ",
        "- ",
        "[",
        "]",
        "{",
        "}",
        "&x ",
        "*x",
        "!!",
        "|",
        ">",
        "? ",
        "'",
        '"',
        "\t",
        "#",
        "%",
        "---\n",
        "$",
        "\\",
        "@",
        "\r",
        "accounts",
        "cache",
        "<<",
      ),
      fc.string({ maxLength: 3 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 40 }), async (pieces) => {
        await writeFile(join(cwd, "bankdata.yaml"), pieces.join(""));
        expect(failure()).toMatch(/^(read: |bankdata\.yaml|The secret)/);
      }),
      { numRuns: 500 },
    );
  });
});
