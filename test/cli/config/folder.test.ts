import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { exposuresOf, loadConfiguration } from "../../../packages/cli/src/config/index.ts";
import { ConfigurationError } from "../../../packages/core/src/base/errors.ts";

let root = "";
/** A folder that somebody else may have made, and the home of the user who runs commands in it. */
let cwd = "";
let home = "";
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "bankdata-folder-"));
});
afterAll(async () => {
  await rm(root, { recursive: true });
});
beforeEach(async () => {
  const both = await mkdtemp(join(root, "both-"));
  cwd = join(both, "folder");
  home = join(both, "home");
  await mkdir(cwd);
  await mkdir(home);
});

/** Writes a file below the folder ("folder/…") or the home ("home/…"). */
async function put(name: string, text: string): Promise<string> {
  const path = join(dirname(cwd), name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
  return path;
}
type Named = Parameters<typeof loadConfiguration>[0];
const load = (env: Record<string, string> = {}, named: Named = {}, at = cwd) =>
  loadConfiguration(named, { env, cwd: at, platform: "linux", home });
/** The message with which loading fails. */
function failure(env: Record<string, string> = {}, named: Named = {}, at = cwd): string {
  try {
    load(env, named, at);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message.replaceAll(`${dirname(cwd)}/`, "");
    throw error;
  }
  throw new Error("it was read");
}

const OWN = "home/.config/bankdata/bankdata.yaml";
const EVIL = "http://127.0.0.1:9/api/v2";
const IN_ENVIRONMENT = { GOCARDLESS_SECRET_ID: "my-id", GOCARDLESS_SECRET_KEY: "my-key" };
const IN_OWN_FILE = "secret_id: my-id\nsecret_key: my-key\n";

describe("a base URL of the current folder", () => {
  it.each<[string, Record<string, string>, Record<string, string>]>([
    [".env, credentials in the environment", { "folder/.env": `BANKDATA_BASE_URL=${EVIL}` }, IN_ENVIRONMENT],
    [
      ".env, credentials in the own file",
      { "folder/.env": `BANKDATA_BASE_URL=${EVIL}`, [OWN]: IN_OWN_FILE },
      {},
    ],
    [
      "bankdata.yaml, credentials in the environment",
      { "folder/bankdata.yaml": `base_url: ${EVIL}` },
      IN_ENVIRONMENT,
    ],
    ["gocardless.yaml, in camelCase", { "folder/gocardless.yaml": `baseUrl: ${EVIL}` }, IN_ENVIRONMENT],
    [
      "bankdata.yaml, with the user's variables as credentials",
      { "folder/bankdata.yaml": `base_url: ${EVIL}\nsecret_id: $OTHER_ID\nsecret_key: \${OTHER_KEY}` },
      { OTHER_ID: "my-id", OTHER_KEY: "my-key" },
    ],
    [
      "bankdata.yaml, with the user's key through an alias",
      {
        "folder/gocardless.yaml": `accounts: [{ id: &k $OTHER_KEY }]\nsecret_id: i\nsecret_key: *k\nbase_url: ${EVIL}`,
      },
      { OTHER_KEY: "my-key" },
    ],
    [
      "both files, the key alone being the user's",
      { "folder/.env": `GOCARDLESS_SECRET_ID=i\nBANKDATA_BASE_URL=${EVIL}` },
      { GOCARDLESS_SECRET_KEY: "my-key" },
    ],
    [
      "both files, the id alone being the user's",
      { "folder/.env": `GOCARDLESS_SECRET_KEY=k`, "folder/bankdata.yaml": `base_url: ${EVIL}` },
      { GOCARDLESS_SECRET_ID: "my-id" },
    ],
    [
      "a configuration that its .env names",
      { "folder/.env": "BANKDATA_CONFIG=conf/x.yaml", "folder/conf/x.yaml": `base_url: ${EVIL}` },
      IN_ENVIRONMENT,
    ],
    [
      ".env, put into the user's own file by a variable",
      { "folder/.env": `WHERE=${EVIL}`, [OWN]: `${IN_OWN_FILE}base_url: $WHERE\n` },
      {},
    ],
    [
      "bankdata.yaml, with a secret of the environment in it",
      { "folder/bankdata.yaml": "base_url: https://evil.example/$MY_SECRET/\nsecret_id: i\nsecret_key: k" },
      { MY_SECRET: "my-key" },
    ],
    [
      "bankdata.yaml, put together from .env and the environment",
      {
        "folder/.env": "EVIL=https://evil.example",
        "folder/bankdata.yaml": "base_url: $EVIL/$HOME/\nsecret_id: i\nsecret_key: k",
      },
      { HOME: "my-key" },
    ],
  ])("a base URL of the current folder is not used: %s", async (_, files, env) => {
    for (const [name, text] of Object.entries(files)) await put(name, text);
    const said = failure(env);
    expect(said).toMatch(
      /^(The base URL comes from .*folder\/\S+, line \d+|\S+.*: a base URL in a file of the current)/,
    );
    expect(said).not.toMatch(/my-id|my-key|evil/);
    expect(load(env, { sandbox: true })).toMatchObject({ credentials: null, baseUrl: undefined });
  });

  it("the error about a foreign base URL names both sources and says what to do", async () => {
    await put("folder/.env", `A=1\nBANKDATA_BASE_URL=${EVIL}\n`);
    await put(OWN, IN_OWN_FILE);
    expect(failure()).toBe(
      `The base URL comes from BANKDATA_BASE_URL in folder/.env, line 2, a file of the current folder, but your credentials come from ${OWN}: they are not sent to an address that the folder chooses. Put credentials for that address next to it, or, if you trust it, move the base URL to the environment (BANKDATA_BASE_URL) or to ${OWN}.`,
    );
  });

  it("a base URL of the folder is used with credentials of the folder's files, which are reported as foreign", async () => {
    await put("folder/bankdata.yaml", `base_url: ${EVIL}\nsecret_id: theirs\nsecret_key: $KEY\n`);
    const variables = await put("folder/.env", "KEY=of-theirs\n");
    const path = join(cwd, "bankdata.yaml");
    expect(load()).toMatchObject({
      credentials: { secretId: "theirs", secretKey: "of-theirs" },
      baseUrl: EVIL,
      foreign: {
        file: true,
        baseUrl: [{ variable: null, file: path }],
        credentials: [
          { variable: null, file: path },
          { variable: "KEY", file: variables },
        ],
      },
      credentialFiles: [path, variables],
    });
  });

  it("a base URL is the user's own if the user named its file, runs at home, or set it in the environment", async () => {
    const yaml = await put("folder/bankdata.yaml", `base_url: ${EVIL}\n`);
    expect(load(IN_ENVIRONMENT, { config: "bankdata.yaml" }).baseUrl).toBe(EVIL);
    expect(load({ ...IN_ENVIRONMENT, BANKDATA_CONFIG: yaml }).baseUrl).toBe(EVIL);
    await rm(yaml);
    await put("folder/.env", `BANKDATA_BASE_URL=${EVIL}\n`);
    expect(load(IN_ENVIRONMENT, { envFile: "./.env" }).baseUrl).toBe(EVIL);
    const mine = "http://127.0.0.1:8";
    expect(load({ ...IN_ENVIRONMENT, BANKDATA_BASE_URL: mine }).baseUrl).toBe(mine);
    expect(failure({ ...IN_ENVIRONMENT, BANKDATA_CONFIG: " " })).toContain("The base URL comes from");
    await put("home/.env", `BANKDATA_BASE_URL=${EVIL}\n`);
    expect(load(IN_ENVIRONMENT, {}, home)).toMatchObject({ baseUrl: EVIL, foreign: { baseUrl: [] } });
    await symlink(home, join(cwd, "link-to-home"));
    expect(load(IN_ENVIRONMENT, {}, join(cwd, "link-to-home")).baseUrl).toBe(EVIL);
    await put("home/.config/bankdata/.env", `BANKDATA_BASE_URL=${mine}\n`);
    expect(load(IN_ENVIRONMENT, {}, join(home, ".config/bankdata")).baseUrl).toBe(mine);
  });

  it("a base URL counts as the folder's even at home if everybody can write there", async () => {
    await put("home/.env", `BANKDATA_BASE_URL=${EVIL}\n`);
    await chmod(home, 0o1777);
    expect(failure(IN_ENVIRONMENT, {}, home)).toContain("The base URL comes from");
  });

  it("a base URL of the folder is not used with credentials that come through a link from elsewhere", async () => {
    const mine = await put("home/mine.yaml", `${IN_OWN_FILE}cache: { expire_after: 5 }\n`);
    await symlink(mine, join(cwd, "bankdata.yaml"));
    expect(load().credentials?.secretId).toBe("my-id");
    await put("folder/.env", `BANKDATA_BASE_URL=${EVIL}\n`);
    expect(failure()).toContain("The base URL comes from BANKDATA_BASE_URL in folder/.env");
    await writeFile(mine, `${IN_OWN_FILE}base_url: ${EVIL}\n`);
    await put("folder/.env", "");
    expect(failure()).toContain("must not contain variables that are set elsewhere");
  });

  it("no configuration is looked for in parent folders", async () => {
    await put("folder/.env", `BANKDATA_BASE_URL=${EVIL}\n`);
    await mkdir(join(cwd, "below"));
    expect(load(IN_ENVIRONMENT, {}, join(cwd, "below")).baseUrl).toBeUndefined();
  });
});

describe("a key in two spellings", () => {
  it.each([
    ["base_url: https://a.example\nbaseUrl: https://b.example\n", "base_url"],
    ["cache:\n  cache_name: a\n  cacheName: b\n", "cache_name"],
    ["cache: {}\ncache_options: {}\n", "cache"],
    ["accounts:\n  - alias: x\n    asset_account: a\n    assetAccount: b\n", "asset_account"],
  ])("a key in two spellings is rejected: %j", async (text, key) => {
    await put("folder/bankdata.yaml", text);
    expect(failure()).toMatch(
      new RegExp(`^folder/bankdata.yaml, line \\d+, column \\d+: ${key} is set twice`),
    );
  });
});

describe("a cache path of the current folder", () => {
  const outside = () => [
    "../out.sqlite",
    "a/../../out.sqlite",
    "/tmp/out.sqlite",
    `${home}/.cache/other/db.sqlite`,
    "~/out.sqlite",
    "~",
    "..",
    "link/out.sqlite",
    "link/new/out.sqlite",
    "dangling",
    "./dangling",
    "circle/x",
    "a\u0000/b",
    `${"a/".repeat(50_000)}b`,
  ];

  it("a cache path that leads out of the folder, even by a link, is rejected with file, line and key", async () => {
    await symlink(home, join(cwd, "link"));
    await symlink(join(home, "not-there"), join(cwd, "dangling"));
    await symlink("circle", join(cwd, "circle"));
    for (const name of outside()) {
      if (name === "dangling") continue; // A name alone, which is looked for in the user's cache folder.
      await put("folder/bankdata.yaml", `cache:\n  expire_after: 1\n  cache_name: ${JSON.stringify(name)}\n`);
      expect(failure(), name.slice(0, 40)).toContain(
        "folder/bankdata.yaml, line 3: cache_name leads out of folder.",
      );
      await rm(join(cwd, "bankdata.yaml"));
      if (name.includes("\u0000")) continue;
      await put("folder/.env", `\nBANKDATA_CACHE="${name}"\n`);
      expect(failure(), name.slice(0, 40)).toContain(
        "BANKDATA_CACHE in folder/.env, line 2: BANKDATA_CACHE leads out of",
      );
      await rm(join(cwd, ".env"));
    }
  });

  it("a file of the folder may set max_bytes only for a cache in that folder", async () => {
    for (const name of ["", "  cache_name: x\n"]) {
      await put("folder/bankdata.yaml", `cache:\n${name}  max_bytes: 1\n`);
      expect(failure()).toMatch(
        /^folder\/bankdata\.yaml, line [23]: a file of the current folder cannot limit the size of your own cache\./,
      );
    }
    await put("folder/bankdata.yaml", "cache:\n  max_bytes: 1\n  cache_name: ./x.sqlite\n");
    expect(load().cache).toMatchObject({ maxBytes: 1 });
    await rm(join(cwd, "bankdata.yaml"));
    await put(OWN, "cache:\n  max_bytes: 1\n");
    expect(load().cache).toMatchObject({ maxBytes: 1 });
  });

  it("a cache path made of variables cannot lead out of the folder either", async () => {
    await put("folder/gocardless.yaml", "cache_options:\n  cache_name: $HOME/.ssh/x\n");
    expect(failure({ HOME: home })).toContain("cache_name leads out of");
    await rm(join(cwd, "gocardless.yaml"));
    await put("folder/.env", "CACHE_AT=/tmp\n");
    await put(OWN, "cache: { cacheName: $CACHE_AT/x.sqlite }\n");
    expect(failure()).toContain(`${OWN}, line 1: cache_name leads out of folder.`);
  });

  it("a cache path inside the folder is relative to the file, and a plain name is one of the user's caches", async () => {
    const cacheName = (text: string, at = cwd) => {
      return put("folder/bankdata.yaml", `cache: { cache_name: ${JSON.stringify(text)} }\n`).then(
        () => load({}, {}, at).cache.cacheName,
      );
    };
    await symlink(cwd, join(home, "to-folder"));
    expect(await cacheName("gocardless")).toBe("gocardless");
    expect(await cacheName("./mine.sqlite")).toBe(join(cwd, "mine.sqlite"));
    expect(await cacheName("a/b/../c.sqlite")).toBe(join(cwd, "a/c.sqlite"));
    expect(await cacheName(join(cwd, "x/y.sqlite"))).toBe(join(cwd, "x/y.sqlite"));
    expect(await cacheName("..mine/x")).toBe(join(cwd, "..mine/x"));
    expect(await cacheName("./x.sqlite", join(home, "to-folder"))).toBe(join(home, "to-folder/x.sqlite"));
  });

  it("a cache path that the user set may lead anywhere", async () => {
    await put(OWN, "cache: { cache_name: ../c.sqlite }\n");
    expect(load().cache.cacheName).toBe(join(home, ".config/c.sqlite"));
    expect(load({ BANKDATA_CACHE: "~/c.sqlite" }).cache.cacheName).toBe(join(home, "c.sqlite"));
    expect(load({ BANKDATA_CACHE: "../c.sqlite" }).cache.cacheName).toBe(join(dirname(cwd), "c.sqlite"));
    await put("home/my.env", "BANKDATA_CACHE=./c.sqlite\n");
    expect(load({}, { envFile: "../home/my.env" }).cache.cacheName).toBe(join(home, "c.sqlite"));
  });
});

describe("a .env of the current folder", () => {
  it("a .env names no configuration outside the folder, and one inside counts as the folder's", async () => {
    const path = await put("home/other.yaml", IN_OWN_FILE);
    for (const name of [path, "../home/other.yaml", "~/other.yaml", "link.yaml"]) {
      if (name === "link.yaml") await symlink(path, join(cwd, name));
      await put("folder/.env", `BANKDATA_CONFIG=${name}\n`);
      expect(failure(), name).toContain(
        "BANKDATA_CONFIG in folder/.env, line 1: BANKDATA_CONFIG leads out of folder.",
      );
    }
    await put("folder/.env", "BANKDATA_CONFIG=conf/own.yaml\n");
    await put("folder/conf/own.yaml", "secret_id: a\nsecret_key: b\ncache: { cache_name: ./c.sqlite }\n");
    expect(load()).toMatchObject({
      file: join(cwd, "conf/own.yaml"),
      foreign: { file: true, credentials: [{ variable: null, file: join(cwd, "conf/own.yaml") }] },
      cache: { cacheName: join(cwd, "conf/c.sqlite") },
    });
    await put("folder/conf/own.yaml", "cache: { cache_name: ../../c.sqlite }\n");
    expect(failure()).toContain("cache_name leads out of folder.");
  });

  it("only the environment and the user's own configuration can allow plain http", async () => {
    await put("folder/.env", "BANKDATA_ALLOW_HTTP=true\n");
    expect(failure()).toContain(
      "BANKDATA_ALLOW_HTTP in folder/.env, line 1: BANKDATA_ALLOW_HTTP cannot be set by a file",
    );
    expect(load({ BANKDATA_ALLOW_HTTP: "1" }).allowHttp).toBe(true);
    expect(load({ BANKDATA_ALLOW_HTTP: "False" }).allowHttp).toBe(false);
    await rm(join(cwd, ".env"));
    for (const key of ["allow_http: true", "allowHttp: false"]) {
      await put("folder/bankdata.yaml", `accounts: []\n${key}\n`);
      expect(failure()).toContain("folder/bankdata.yaml, line 2: allow_http cannot be set by a file");
      expect(failure({ BANKDATA_ALLOW_HTTP: "1" })).toContain("allow_http cannot be set by a file");
    }
    expect(load({}, { config: "bankdata.yaml" }).allowHttp).toBe(false);
    await rm(join(cwd, "bankdata.yaml"));
    await put(OWN, "allow_http: true\n");
    expect(load().allowHttp).toBe(true);
    expect(failure({ BANKDATA_ALLOW_HTTP: "perhaps" })).toBe("BANKDATA_ALLOW_HTTP must be true or false.");
  });

  it("a .env does not move the user's folders", async () => {
    await put(
      "folder/.env",
      `XDG_CONFIG_HOME=${cwd}\nHOME=${cwd}\nXDG_STATE_HOME=${cwd}\nXDG_CACHE_HOME=${cwd}\nAPPDATA=${cwd}\n`,
    );
    await put("folder/bankdata/bankdata.yaml", "secret_id: theirs\nsecret_key: theirs\n");
    await put(OWN, IN_OWN_FILE);
    const before = { ...process.env };
    expect(load()).toMatchObject({ credentials: { secretId: "my-id" }, file: join(dirname(cwd), OWN) });
    expect(process.env).toEqual(before);
  });
});

describe("files with secrets", () => {
  it("a file is reported if others can read, change or replace it", async () => {
    const path = await put("home/secrets/bankdata.yaml", IN_OWN_FILE);
    const folder = dirname(path);
    const problems = async (file: number, at: number) => {
      await chmod(path, file);
      await chmod(folder, at);
      return exposuresOf(path, "linux").map(({ path: where, problem }) => `${where} ${problem}`);
    };
    expect(await problems(0o600, 0o700)).toEqual([]);
    expect(await problems(0o640, 0o755)).toEqual([`${path} can be read by others`]);
    expect(await problems(0o602, 0o755)).toEqual([`${path} can be changed by others`]);
    expect(await problems(0o666, 0o755)).toEqual([`${path} can be read and changed by others`]);
    const replaced = `${folder} is a folder in which others can replace your files`;
    expect(await problems(0o600, 0o777)).toEqual([replaced]);
    expect(await problems(0o600, 0o720)).toEqual([replaced]);
    expect(await problems(0o600, 0o1777)).toEqual([]);
    expect(exposuresOf(join(folder, "none"), "linux")).toEqual([]);
    expect(exposuresOf(path, "win32")).toEqual([]);
  });
});
