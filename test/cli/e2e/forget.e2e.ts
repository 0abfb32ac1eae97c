import { existsSync, globSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { authorityIn } from "../../../packages/sandbox/src/world/authority.ts";
import { person } from "./command.ts";
import { Screen } from "./screen.ts";

const BANK = "DEUTSCHE_BANK_DEUTDEFF";

async function someone() {
  const me = await person();
  const folder = join(me.home, ".config/bankdata");
  const file = join(folder, "bankdata.yaml");
  const cache = join(me.home, ".cache/bankdata/gocardless.sqlite");
  await mkdir(folder, { recursive: true });
  const { GOCARDLESS_SECRET_ID: id = "", GOCARDLESS_SECRET_KEY: key = "", ...env } = me.env;
  await writeFile(file, `secret_id: ${id}\nsecret_key: ${key}\naccounts:\n  - id: a\n    alias: mine\n`);
  const unset = { GOCARDLESS_SECRET_ID: undefined, GOCARDLESS_SECRET_KEY: undefined };
  return { ...me, env, unset, file, cache };
}

describe("forget", () => {
  it("lists what it removes, removes exactly that with --yes, and finds nothing the second time", async () => {
    await using me = await someone();
    await me.connect(BANK);
    expect((await me.run(["balances"], me.unset)).code).toBe(0);
    await me.put(".cache/bankdata/other.txt", "not ours");
    const first = await me.run(["forget", "--yes", "--json"], me.unset);
    expect(first).toMatchObject({ code: 0, err: "" });
    expect(first.json()).toMatchObject({
      removed: [{ path: me.file }, { path: me.cache }, { path: join(me.home, ".cache/bankdata/compiled") }],
      failed: [],
      kept: [],
    });
    expect(globSync("**/*", { cwd: join(me.home, ".cache") })).toEqual(["bankdata", "bankdata/other.txt"]);
    expect(await readFile(me.file, "utf8")).toBe("accounts:\n  - id: a\n    alias: mine\n");
    const second = await me.run(["forget"], me.unset);
    expect(second).toMatchObject({
      code: 0,
      out: "There is nothing of bankdata to remove on this machine.\n",
    });
  });

  it("needs --yes without a terminal, and changes nothing otherwise", async () => {
    await using me = await someone();
    const { code, err } = await me.run(["forget"], me.unset);
    expect(code).toBe(2);
    expect(err).toContain("bankdata forget --yes");
    expect(await readFile(me.file, "utf8")).toContain("secret_key");
  });

  it("asks with No preselected", async () => {
    await using me = await someone();
    using screen = new Screen(["forget"], me.env, me.home);
    await screen.showing("Remove 1 item");
    screen.press("Enter");
    expect(await screen.showing("ended with 0")).toContain("Nothing was changed.");
    expect(await readFile(me.file, "utf8")).toContain("secret_key");
  });

  it("leaves another program's file and a folder's own configuration alone, and names what stays", async () => {
    await using me = await person();
    await me.put("other.txt", "not a database");
    await me.put("bankdata.yaml", "secret_id: x\nsecret_key: y\n");
    const { code, out } = await me.run(["forget", "--yes"], { BANKDATA_CACHE: join(me.home, "other.txt") });
    expect(code).toBe(0);
    expect(out).toContain("other.txt, which may belong to another program");
    expect(out).toContain("the credentials from GOCARDLESS_SECRET_ID and GOCARDLESS_SECRET_KEY");
    expect(await readFile(join(me.home, "other.txt"), "utf8")).toBe("not a database");
  });

  it("removes only what is the sandbox's with --sandbox", async () => {
    await using me = await someone();
    expect((await me.run(["accounts", "--sandbox"])).code).toBe(0);
    const state = join(me.home, ".local/state/bankdata/sandbox.json");
    expect(existsSync(state)).toBe(true);
    const authority = join(me.home, ".local/state/bankdata/sandbox-ca");
    authorityIn(authority, ["localhost"]);
    const { out } = await me.run(["forget", "--sandbox", "--yes"]);
    for (const path of [state, authority]) {
      expect(out).toContain(path);
      expect(existsSync(path)).toBe(false);
    }
    expect(await readFile(me.file, "utf8")).toContain("secret_key");
  });
});
