import { chmod, mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  configurationFolder,
  isReadableByOthers,
  loadConfiguration,
  stateFolder,
  writeCredentials,
} from "../../../packages/cli/src/config/index.ts";
import { substituted } from "../../../packages/cli/src/config/substitute.ts";
import { cwd, failure, load, put } from "./in-folder.ts";

describe("reading a configuration", () => {
  it("a configuration is empty if nothing is configured", () => {
    expect(load()).toMatchObject({ credentials: null, baseUrl: undefined, accounts: [], file: null });
  });

  it("each setting comes from the environment, then .env, then the file, and its source is known", async () => {
    await put(
      "bankdata.yaml",
      "secret_id: from-file\nsecret_key: key-of-file\nbase_url: https://a.example/api\n",
    );
    await put(".env", "GOCARDLESS_SECRET_ID=from-env-file\nGOCARDLESS_SECRET_KEY=key-of-env-file\n");
    const env = { GOCARDLESS_SECRET_ID: "from-environment" };
    const { credentials, baseUrl, sources } = loadConfiguration(
      {},
      { env, cwd, platform: "linux", home: cwd },
    );
    expect(credentials).toEqual({ secretId: "from-environment", secretKey: "key-of-env-file" });
    expect(baseUrl).toBe("https://a.example/api");
    expect(sources).toEqual({
      secret_id: { variable: "GOCARDLESS_SECRET_ID", file: null },
      secret_key: { variable: "GOCARDLESS_SECRET_KEY", file: join(cwd, ".env") },
      base_url: { variable: null, file: join(cwd, "bankdata.yaml") },
    });
  });

  it("variables are replaced, even from a named file of variables", async () => {
    await put("bankdata.yaml", `secret_id: $MY_ID\nsecret_key: a-\${MY_KEY}-$$b\n`);
    await put("bank.env", "MY_ID=one\nMY_KEY='t w o'\n");
    expect(load({}, { envFile: "bank.env" }).credentials).toEqual({
      secretId: "one",
      secretKey: "a-t w o-$b",
    });
    expect(failure({ MY_ID: "x" })).toBe(
      "bankdata.yaml, line 2, column 13: the variable MY_KEY is not set. Set it in the environment or in .env, or write $$ for a dollar sign.",
    );
    expect(failure({}, { envFile: "none.env" })).toBe("There is no file none.env.");
  });

  it("the reference client's configuration is read as it is", async () => {
    await put(
      "gocardless.yaml",
      `#### GoCardless\nsecret_id: $GOCARDLESS_SECRET_ID
secret_key: the-key
cache_options:
  cache_name: "gocardless"
  backend: "sqlite"
  expire_after: 3600
  old_data_on_error: true
  match_headers: false
  cache_control: false
accounts:
  - id: 7e944232-bda9-40bc-b784-660c7ab5fe78
    asset_account: "Assets:Banks:Giro"
`,
    );
    expect(load({ GOCARDLESS_SECRET_ID: "the-id" })).toMatchObject({
      credentials: { secretId: "the-id", secretKey: "the-key" },
      cache: {
        cacheName: "gocardless",
        backend: "sqlite",
        expireAfter: 3600,
        oldDataOnError: true,
        matchHeaders: false,
        cacheControl: false,
      },
      accounts: [
        {
          id: "7e944232-bda9-40bc-b784-660c7ab5fe78",
          assetAccount: "Assets:Banks:Giro",
        },
      ],
    });
  });

  it("a named file is used first, then the folder's, then the user's own", async () => {
    await mkdir(join(cwd, "home/.config/bankdata"), { recursive: true });
    await put("home/.config/bankdata/bankdata.yaml", "accounts: [{ id: home }]\n");
    await put("other.yaml", "\uFEFFaccounts:\r\n  - id: other\r\n");
    const chosen = (named = {}, env = {}) => load(env, named).accounts[0]?.id;
    expect(chosen()).toBe("home");
    await put("bankdata.yaml", "accounts: [{ id: folder }]\n");
    expect(chosen()).toBe("folder");
    expect(chosen({}, { BANKDATA_CONFIG: "other.yaml" })).toBe("other");
    expect(chosen({ config: join(cwd, "other.yaml") }, { BANKDATA_CONFIG: "none.yaml" })).toBe("other");
  });

  it.each([
    ["secret_id: [", "bankdata.yaml, line 1, column 13: "],
    ["a: 1\n b: 2\n", "bankdata.yaml, line 1, column 4: Nested mappings are not allowed"],
    ["secret_id: a\nsecret_id: b\n", "bankdata.yaml, line 2, column 1: Map keys must be unique."],
    [
      "secret_id: a\nsecret_kye: b\n",
      "bankdata.yaml, line 2, column 1: secret_kye is not a known key. Did you mean secret_key?",
    ],
    ["colour: red\n", "bankdata.yaml, line 1, column 1: colour is not a known key."],
    [
      "cache:\n  expire_afer: 1\n",
      "bankdata.yaml, line 2, column 3: expire_afer is not a known key. Did you mean expire_after?",
    ],
    [
      "cache:\n  expire_after: soon\n",
      "bankdata.yaml, line 2, column 3: cache.expire_after cannot be used: ",
    ],
    ["base_url: ftp://x\n", "bankdata.yaml, line 1, column 1: base_url cannot be used: "],
    ["- a\n", "bankdata.yaml, line 1, column 1: the file cannot be used: "],
    ["secret_id: very-secret\n", "The secret key is missing: set GOCARDLESS_SECRET_KEY"],
  ])("the configuration %j is rejected with its file, line and column", async (text, message) => {
    await put("bankdata.yaml", text);
    const said = failure();
    expect(said.startsWith(message) ? message : said).toBe(message);
    expect(said).not.toContain("very-secret");
  });

  it("an empty file configures nothing, and a folder or a huge file is an error", async () => {
    await put("bankdata.yaml", "# nothing\n");
    expect(load().credentials).toBeNull();
    await put("bankdata.yaml", "#".repeat(2_000_000));
    expect(failure()).toBe("bankdata.yaml is too large to be a configuration.");
    await rm(join(cwd, "bankdata.yaml"));
    await mkdir(join(cwd, "bankdata.yaml"));
    expect(failure()).toBe("bankdata.yaml cannot be read: it is a folder.");
  });
});

describe("variables in a string", () => {
  it("variables are replaced wherever they are, and nothing else is", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.stringMatching(/^[^$]*$/), fc.constantFrom("A", "B_2")), { maxLength: 6 }),
        (parts) => {
          const values: Record<string, string> = { A: "$B_2", B_2: "two$$" };
          const text = parts.map(([plain, name]) => `${plain}\${${name}}`).join("");
          const wanted = parts.map(([plain, name]) => plain + values[name]).join("");
          expect(
            substituted(text, values, (name) => {
              throw new Error(name);
            }),
          ).toBe(wanted);
        },
      ),
    );
  });

  it("an escaped text is read back as it was", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const escaped = text.replaceAll("$", "$$$$");
        expect(
          substituted(escaped, {}, (name) => {
            throw new Error(name);
          }),
        ).toBe(text);
      }),
    );
  });
});

describe("writing credentials", () => {
  it("writing credentials keeps other settings and comments, and makes the file readable by its owner alone", async () => {
    const path = join(cwd, "bankdata.yaml");
    await put("bankdata.yaml", "# mine\naccounts:\n  - id: giro # the old one\nsecret_id: old\n");
    await chmod(path, 0o644);
    expect(isReadableByOthers(path, "linux")).toBe(true);
    writeCredentials(path, { secretId: "new", secretKey: "k$EY: x" });
    expect(await readFile(path, "utf8")).toBe(
      "# mine\naccounts:\n  - id: giro # the old one\nsecret_id: new\nsecret_key: 'k$$EY: x'\n".replaceAll(
        "'",
        '"',
      ),
    );
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(isReadableByOthers(path, "linux")).toBe(false);
    expect(load().credentials).toEqual({ secretId: "new", secretKey: "k$EY: x" });
    expect(await readdir(cwd)).toEqual(["bankdata.yaml"]);
  });

  it("writing credentials creates the file and its folder, and does not change a broken file", async () => {
    const path = join(cwd, "new/bankdata.yaml");
    writeCredentials(path, { secretId: "a", secretKey: "b" });
    expect(await readFile(path, "utf8")).toBe("secret_id: a\nsecret_key: b\n");
    expect((await stat(join(cwd, "new"))).mode & 0o777).toBe(0o700);
    await writeFile(path, "a: [");
    expect(() => writeCredentials(path, { secretId: "a", secretKey: "b" })).toThrow(
      "was not changed, because it is not valid",
    );
    expect(await readFile(path, "utf8")).toBe("a: [");
  });
});

describe("the user's folders", () => {
  it.each([
    ["linux", {}, "/home/me/.config/bankdata", "/home/me/.local/state/bankdata"],
    [
      "linux",
      { XDG_CONFIG_HOME: "/c", XDG_STATE_HOME: "rel" },
      "/c/bankdata",
      "/home/me/.local/state/bankdata",
    ],
    [
      "darwin",
      {},
      "/home/me/Library/Application Support/bankdata",
      "/home/me/Library/Application Support/bankdata",
    ],
    ["win32", { APPDATA: "C:\\R", LOCALAPPDATA: "C:\\L" }, "C:\\R\\bankdata", "C:\\L\\bankdata"],
  ] as const)(
    "the user's folders on %s follow its conventions with the environment %j",
    (platform, env, configuration, state) => {
      const where = { env, cwd: "/", platform, home: "/home/me" };
      expect([configurationFolder(where), stateFolder(where)]).toEqual([configuration, state]);
    },
  );
});
