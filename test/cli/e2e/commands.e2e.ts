import { spawn } from "node:child_process";
import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { version } from "../../../packages/core/src/base/version.ts";
import { ended, executable, person } from "./command.ts";

const BANK = "DEUTSCHE_BANK_DEUTDEFF";
type Item = Record<string, unknown>;
const items = (json: unknown): Item[] => (Array.isArray(json) ? json : []);

describe("commands that read accounts", () => {
  it("accounts prints one array in the neutral form with --json, and rows of whole cells without it", async () => {
    await using me = await person();
    const { accounts } = await me.connect(BANK);
    const { code, err, json } = await me.run(["accounts", "--json"]);
    expect([code, err]).toEqual([0, ""]);
    expect(items(json()).map(({ accountId }) => accountId)).toEqual(accounts);
    expect(items(json())[0]).toMatchObject({ state: "ready", stateAsSent: "READY", bankId: BANK });
    const { out } = await me.run(["accounts"]);
    const cells = out
      .trimEnd()
      .split("\n")
      .map((row) => row.split("\t"));
    expect(cells.map((row) => row.at(-1))).toEqual(accounts);
    expect(cells[0]?.slice(2, 4)).toEqual([BANK, "ready"]);
    expect(out).not.toContain("\u001b");
  });

  it("balances shows all accounts or one by any of its names, and notes age and calls left on stderr", async () => {
    await using me = await person();
    const { accounts } = await me.connect(BANK);
    const iban = String(me.sandbox.state().accounts[0]?.iban);
    await me.put("bankdata.yaml", `accounts:\n  - iban: ${iban}\n    alias: giro\n`);
    const all = await me.run(["balances", "--json"]);
    expect(items(all.json())).toHaveLength(4);
    expect(items(all.json())[0]).toMatchObject({
      kindAsSent: "interimBooked",
      accountId: accounts[0],
      accountAlias: "giro",
      fromCache: false,
      stale: false,
    });
    for (const name of ["giro", "GIRO", iban, iban.slice(-6), String(accounts[0]).slice(0, 8)]) {
      const one = items((await me.run(["balances", name, "--json"])).json());
      expect(
        one.map(({ accountId }) => accountId),
        name,
      ).toEqual([accounts[0], accounts[0]]);
    }
    const again = items((await me.run(["balances", "giro", "--json"])).json());
    expect(again[0]).toMatchObject({ fromCache: true });
    const { out, err } = await me.run(["balances", "giro"]);
    expect(out).toMatch(/^giro\tDE\d+\tbooked so far\t-?\d+\.\d\d\tEUR\tjust now\tinterimBooked$/m);
    expect(err).toBe("As of just now. Calls left today: 3 of 4.\n");
    expect((await me.run(["balances", "giro", "--live"])).err).toBe(
      "As of just now. Calls left today: 2 of 4.\n",
    );
  });

  it("an account that keeps failing is paused, unless --force is given", async () => {
    await using me = await person();
    await me.connect(BANK);
    await me.put("bankdata.yaml", "cache:\n  expire_after: 0\n  old_data_on_error: false\n");
    const iban = String(me.sandbox.state().accounts[0]?.iban);
    me.sandbox.inject({ operation: "balances", error: "UnknownRequestError", times: 6 });
    for (let call = 0; call < 5; call += 1) expect((await me.run(["balances", iban])).code).toBe(1);
    const asked = me.sandbox.requests.length;
    const left = await me.run(["balances", iban]);
    expect(left.err).toMatch(
      /it failed 5 times in a row and is paused until .*\n {2}→ Run the same command with --force\./,
    );
    expect(me.sandbox.requests.slice(asked).filter(({ path }) => path.endsWith("/balances/"))).toEqual([]);
    await me.run(["balances", iban, "--force"]);
    expect((await me.run(["balances", iban, "--force"])).code).toBe(0);
  });

  it("an unknown or ambiguous account is a usage error that lists what may be meant", async () => {
    await using me = await person();
    const { accounts } = await me.connect(BANK);
    const entries = accounts.map((id) => `  - id: ${id}\n    alias: mine\n`);
    await me.put("bankdata.yaml", `accounts:\n${entries[0]}`);
    const ambiguous = await me.run(["balances", BANK]);
    expect([ambiguous.code, ambiguous.out]).toEqual([2, ""]);
    for (const name of ["mine", "'Savings Account'"])
      expect(ambiguous.err).toMatch(new RegExp(`^ +${name}`, "m"));
    const unknown = await me.run(["details", "mien"]);
    expect([unknown.code, unknown.err]).toEqual([
      2,
      '✗ No account is called "mien". Did you mean mine?\n  → bankdata accounts\n',
    ]);
    await me.put("bankdata.yaml", `accounts:\n${entries.join("")}`);
    const twice = await me.run(["balances", "mine"]);
    expect([twice.code, twice.err]).toEqual([
      2,
      expect.stringContaining("this alias is taken by the account"),
    ]);
  });

  it("details shows what the bank says about an account", async () => {
    await using me = await person();
    await me.connect(BANK);
    const iban = String(me.sandbox.state().accounts[1]?.iban);
    const { out, code } = await me.run(["details", iban]);
    expect(code).toBe(0);
    expect(out).toMatch(/^cashAccountType\tSVGS$/m);
    expect((await me.run(["details", iban, "--json"])).json()).toMatchObject({
      accountIban: iban,
      kind: "SVGS",
    });
  });

  it("transactions filters by days, dates, status and text, newest first, one object per line with --jsonl", async () => {
    await using me = await person();
    const { accounts } = await me.connect(BANK);
    const read = async (...more: string[]) =>
      items((await me.run(["transactions", String(accounts[0]), "--json", ...more])).json());
    const all = await read();
    const statuses = new Set(all.map(({ status }) => status));
    expect(statuses).toEqual(new Set(["booked", "pending"]));
    const dates = all.map(({ bookingDate, valueDate }) => String(bookingDate ?? valueDate));
    expect(dates).toEqual(dates.toSorted().reverse());
    expect((await read("--pending")).every(({ status }) => status === "pending")).toBe(true);
    const booked = await read("--booked");
    expect(booked.length + (await read("--pending")).length).toBe(all.length);
    const rent = await read("--booked", "--search", "oak house");
    expect(rent.length).toBeGreaterThan(1);
    expect(rent.every(({ counterparty }) => counterparty === "Oak House Lettings")).toBe(true);
    const lines = (await me.run(["transactions", String(accounts[0]), "--jsonl"])).out.trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line).status)).toEqual(all.map(({ status }) => status));
    const asked = me.sandbox.requests.filter(({ path }) => path.endsWith("/transactions/"));
    expect(asked).toHaveLength(1);
    const today = me.sandbox.now().slice(0, 10);
    const day = (back: number) => new Date(Date.parse(today) - back * 86_400_000).toISOString().slice(0, 10);
    const within = await read("--from", day(20), "--to", day(10));
    const isWithin = (date = "") => date >= day(20) && date <= day(10);
    const wanted = all.filter((_, at) => isWithin(dates[at]));
    const bare = (list: Item[]) => list.map(({ asOf, fromCache, ...entry }) => entry);
    expect(bare(within)).toEqual(bare(wanted));
    expect((await read("--days", "7")).length).toBeLessThan(all.length / 4);
    expect(me.sandbox.requests.filter(({ path }) => path.endsWith("/transactions/"))).toHaveLength(1);
    const wrong = await me.run(["transactions", "--from", "31.12.2025"]);
    expect([wrong.code, wrong.err]).toEqual([
      2,
      '✗ --from "31.12.2025" is not a valid date: write it as 2026-01-31.\n  → See bankdata transactions --help\n',
    ]);
    expect((await me.run(["transactions", "--from", "2026-01-01", "--days", "3"])).code).toBe(2);
    const reversed = await me.run(["transactions", "--from", day(3), "--to", day(9)]);
    expect([reversed.code, reversed.out]).toEqual([2, ""]);
    const future = await me.run(["transactions", "--from", day(-3)]);
    expect([future.code, future.out, future.err.includes("future")]).toEqual([2, "", true]);
  });

  it("a command ends with 5 if some accounts fail, and with their own code if all do", async () => {
    await using me = await person();
    const { accounts } = await me.connect(BANK);
    me.sandbox.inject({
      operation: "balances",
      account: accounts[1],
      error: "AccountInactiveError",
      times: 9,
    });
    const partly = await me.run(["balances", "--json"]);
    expect(partly.code).toBe(5);
    const [one, other] = accounts;
    expect(items(partly.json()).map(({ accountId }) => accountId)).toEqual([one, one, other]);
    const message = expect.stringContaining("Savings Account: ");
    expect(items(partly.json())[2]).toMatchObject({ error: { message } });
    expect(JSON.parse(partly.err)).toMatchObject({ error: { message, accountId: other } });
  });

  it("a command ends with 3 if the consent has ended, and shows the command that renews it", async () => {
    await using me = await person();
    const { reference } = await me.connect(BANK);
    me.sandbox.advanceTime({ days: 91 });
    const { code, out, err } = await me.run(["balances"]);
    expect([code, out]).toEqual([3, ""]);
    expect((await me.run(["balances", "--verbose"])).err).toMatch(
      /GET \/accounts\/.*\/balances\/ → 401: End User Agreement/,
    );
    expect(err).toContain(`→ bankdata connect --renew ${reference}`);
    const list = await me.run(["connections"]);
    expect(list.code).toBe(3);
    expect(list.out).toMatch(/ended/);
    expect(list.err).toContain(
      `Your connection to Deutsche Bank has ended. Renew it: bankdata connect --renew ${reference}`,
    );
  });

  it("a command ends with 4 if today's 4 calls are used up, and says when the next one is available", async () => {
    await using me = await person();
    await me.connect(BANK);
    await me.put("bankdata.yaml", "cache:\n  expire_after: 0\n  old_data_on_error: false\n");
    for (let call = 0; call < 4; call += 1) expect((await me.run(["balances"])).code).toBe(0);
    const { code, err } = await me.run(["balances"]);
    expect(code).toBe(4);
    expect(err).toMatch(
      /today's 4 calls are used up\. The next one is available .*\(in 23 hours\)\.\n {2}→ bankdata quota/,
    );
    const quota = items((await me.run(["quota", "--json"])).json());
    expect(quota.find(({ dataKind }) => dataKind === "balances")).toMatchObject({ limit: 4, remaining: 0 });
    expect(me.sandbox.requests.filter(({ status }) => status === 429)).toEqual([]);
  });
});

describe("connections", () => {
  it("connections lists the days left, and disconnect ends a connection by its reference", async () => {
    await using me = await person();
    const { reference, id } = await me.connect(BANK);
    me.sandbox.advanceTime({ days: 80 });
    const { out, err } = await me.run(["connections"]);
    expect(out).toMatch(new RegExp(`^${reference}\tDeutsche Bank\tconnected\t2\t\\d+$`, "m"));
    const [one] = items((await me.run(["connections", "--json"])).json());
    expect(one).toMatchObject({
      connectionId: id,
      state: "active",
      renewWith: `bankdata connect --renew ${reference}`,
    });
    expect(err === "" || err.includes("Renew it")).toBe(true);
    const typo = await me.run(["disconnect", `${reference}x`, "--yes"]);
    expect([typo.code, typo.err]).toEqual([
      2,
      `✗ No connection is called "${reference}x". Did you mean ${reference}?\n  → bankdata connections\n`,
    ]);
    expect((await me.run(["disconnect", String(reference), "--yes"])).out).toBe(
      "Deutsche Bank is disconnected.\n",
    );
    expect((await me.run(["connections", "--json"])).json()).toEqual([]);
  });
});

describe("banks", () => {
  it("banks lists the banks of a country and searches without regard to accents and capitals", async () => {
    await using me = await person();
    const found = items((await me.run(["banks", "fr", "--search", "credit agri", "--json"])).json());
    expect(found.map(({ bankId }) => bankId)).toEqual(["CREDIT_AGRICOLE_AGRIFRPP"]);
    const { out } = await me.run(["banks", "FR"]);
    expect(out).toMatch(/^Crédit Agricole\tCREDIT_AGRICOLE_AGRIFRPP\tAGRIFRPP\t395 d\t180 d\t\w/m);
    const wrong = await me.run(["banks", "XX"]);
    expect([wrong.code, wrong.err]).toEqual([
      2,
      '✗ "XX" is not a country code of two letters, such as DE.\n  → See bankdata banks --help\n',
    ]);
  });
});

describe("the cache", () => {
  it("cache lists, clears and locates the cache without a request", async () => {
    await using me = await person();
    await me.connect(BANK);
    await me.run(["balances"]);
    const asked = me.sandbox.requests.length;
    const list = items((await me.run(["cache", "list", "--json"])).json());
    expect(list.some(({ path }) => String(path).endsWith("/balances/"))).toBe(true);
    const path = (await me.run(["cache", "path"])).out.trim();
    expect(path).toBe(join(me.home, ".cache/bankdata/gocardless.sqlite"));
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await me.run(["cache", "clear"])).out).toBe(`Removed ${list.length} cached responses.\n`);
    expect((await me.run(["cache", "--json"])).json()).toEqual([]);
    expect(me.sandbox.requests).toHaveLength(asked);
    expect((await me.run(["balances"], { BANKDATA_CACHE: join(me.home, "mine.sqlite") })).code).toBe(0);
    expect((await stat(join(me.home, "mine.sqlite"))).isFile()).toBe(true);
  });

  it("cache list and doctor report files that were set aside, and cache clear removes only our own", async () => {
    await using me = await person();
    await me.connect(BANK);
    await me.run(["balances"]);
    const path = (await me.run(["cache", "path"])).out.trim();
    const ours = `${path}.unusable-2026-11-23T09-00-00-000Z-0a1b2c3d`;
    const theirs = `${path}.unusable-2026-11-22T09-00-00-000Z`;
    await writeFile(ours, "a damaged file with bank data");
    await writeFile(`${ours}-wal`, "its log");
    await writeFile(theirs, "another program's file that an older version moved");
    const { err } = await me.run(["cache", "list"]);
    expect(err).toContain(`${ours} (36 B, just now): damaged and set aside`);
    expect(err).toContain(
      `${theirs} (50 B, just now): set aside, and may belong to another program: check it`,
    );
    expect((await me.run(["doctor"])).out).toMatch(/✗ Cache: 2 files set aside/);
    expect((await me.run(["cache", "clear", "--json"])).json()).toMatchObject({ setAsideRemoved: 1 });
    await expect(stat(ours)).rejects.toThrow("ENOENT");
    await expect(stat(`${ours}-wal`)).rejects.toThrow("ENOENT");
    expect((await stat(theirs)).isFile()).toBe(true);
  });

  it("a cache file that is something else is a usage error, and a call that cannot be counted ends with 4", async () => {
    await using me = await person();
    await me.connect(BANK);
    const named = { BANKDATA_CACHE: join(me.home, "notes.txt") };
    await me.put("notes.txt", "precious words");
    for (const command of [["balances"], ["accounts"], ["cache", "clear"], ["quota"]]) {
      const { code, err } = await me.run(command, named);
      expect([code, err], command.join()).toEqual([2, expect.stringContaining("it is not a database")]);
    }
    expect(await readFile(named.BANKDATA_CACHE, "utf8")).toBe("precious words");
    expect((await me.run(["doctor"], named)).out).toMatch(/✗ Cache: .*notes.txt cannot be used/);
    const iban = String(me.sandbox.state().accounts[0]?.iban);
    const uncounted = await me.run(["balances", iban], { BANKDATA_CACHE: "/proc/cache.sqlite" });
    expect([uncounted.code, uncounted.err]).toEqual([
      4,
      expect.stringContaining("not read, because the call cannot be counted"),
    ]);
    expect((await me.run(["balances", iban, "--force"], { BANKDATA_CACHE: "/proc/cache.sqlite" })).code).toBe(
      0,
    );
  });
});

describe("doctor", () => {
  it("doctor says what is wrong and what to do about it", async () => {
    await using me = await person();
    const well = await me.run(["doctor"]);
    expect(well.code).toBe(0);
    expect(well.out).not.toContain("✗");
    expect(well.out).toContain("✓ Credentials: from GOCARDLESS_SECRET_ID and GOCARDLESS_SECRET_KEY");
    const none = await me.run(["doctor"], {
      GOCARDLESS_SECRET_ID: undefined,
      GOCARDLESS_SECRET_KEY: undefined,
    });
    expect([none.code, none.out.includes("✗ Credentials: none\n  → bankdata init")]).toEqual([1, true]);
    const wrong = await me.run(["doctor", "--json"], { GOCARDLESS_SECRET_KEY: "a-wrong-secret" });
    expect(items(wrong.json()).find(({ ok }) => ok === false)).toMatchObject({ what: "Login" });
    expect(wrong.out).not.toContain("a-wrong-secret");
    const away = await me.run(["doctor"], { BANKDATA_BASE_URL: "http://127.0.0.1:9/api/v2" });
    expect([away.code, away.out.includes("✗ Service: ")]).toEqual([1, true]);
    await me.put("bankdata.yaml", "secret_id: a\nsecret_key: b\n");
    const open = await me.run(["doctor"], {
      GOCARDLESS_SECRET_ID: undefined,
      GOCARDLESS_SECRET_KEY: undefined,
    });
    expect(open.out).toContain(`✗ File: ${join(me.home, "bankdata.yaml")} can be read by others`);
    await me.put(".env", "GOCARDLESS_SECRET_ID=a\nGOCARDLESS_SECRET_KEY=b\n");
    const variables = await me.run(["doctor"], {
      GOCARDLESS_SECRET_ID: undefined,
      GOCARDLESS_SECRET_KEY: undefined,
    });
    expect(variables.out).toContain(`✗ File: ${join(me.home, ".env")} can be read by others`);
  });
});

describe("without credentials", () => {
  it("every command without credentials says what to do, as does init without an interactive terminal", async () => {
    await using me = await person();
    const nothing = { GOCARDLESS_SECRET_ID: undefined, GOCARDLESS_SECRET_KEY: undefined };
    const { code, err } = await me.run(["balances"], nothing);
    expect([code, err]).toEqual([
      2,
      "✗ No credentials are configured: set GOCARDLESS_SECRET_ID and GOCARDLESS_SECRET_KEY, or store them.\n" +
        "  → bankdata init, or try any command with --sandbox\n",
    ]);
    const init = await me.run(["init"], nothing);
    expect([init.code, init.err.includes("Set GOCARDLESS_SECRET_ID and GOCARDLESS_SECRET_KEY")]).toEqual([
      2,
      true,
    ]);
    const sandbox = await me.run(["banks", "DE", "--search", "dkb", "--json", "--sandbox"], nothing);
    expect(items(sandbox.json()).map(({ bankId }) => bankId)).toEqual(["DKB_BYLADEM1"]);
    expect((await stat(join(me.home, ".local/state/bankdata/sandbox.json"))).mode & 0o777).toBe(0o600);
    const without = await me.run(["balances", "--sandbox"], nothing);
    expect([without.code, without.err]).toEqual([
      1,
      "✗ No account is connected.\n  → bankdata --sandbox connect\n".replace(
        "--sandbox connect",
        "connect --sandbox",
      ),
    ]);
  });

  it("--sandbox reads the configuration too", async () => {
    await using me = await person();
    await me.put("bankdata.yaml", `cache:\n  cache_name: ${join(me.home, "of-sandbox.sqlite")}\n`);
    expect((await me.run(["banks", "DE", "--sandbox"])).code).toBe(0);
    expect((await stat(join(me.home, "of-sandbox.sqlite"))).isFile()).toBe(true);
    await me.put("bankdata.yaml", "nonsense: 1\n");
    expect((await me.run(["banks", "DE", "--sandbox"])).err).toContain("nonsense is not a known key");
  });
});

describe("bad input", () => {
  it("an unknown command or flag is an error that suggests the right one", async () => {
    await using me = await person();
    const command = await me.run(["balanecs"]);
    expect([command.code, command.err]).toEqual([
      2,
      '✗ There is no command "balanecs". Did you mean balances?\n  → See bankdata --help\n',
    ]);
    const flag = await me.run(["transactions", "--pendign"]);
    expect([flag.code, flag.err.includes("Did you mean --pending?")]).toEqual([2, true]);
    expect((await me.run(["disconnect"])).err).toContain("Specify a connection.");
    await me.connect(BANK);
    expect((await me.run(["details"])).err).toContain("Specify an account.");

    expect((await me.run(["connect", "--days", "soon"])).code).toBe(2);
    expect((await me.run(["connect"])).err).toContain("Specify a bank.");
    const bank = await me.run(["connect", "DKB_BYLADEM2"]);
    expect([bank.code, bank.err.includes("Did you mean DKB_BYLADEM1?")]).toEqual([2, true]);
  });

  it("a broken configuration is an error with line and column, an unreadable one with its name", async () => {
    await using me = await person();
    await me.put("bankdata.yaml", "accounts:\n  - alias: [\n");
    const broken = await me.run(["balances"]);
    expect([broken.code, /bankdata\.yaml, line \d+, column \d+: /.test(broken.err)]).toEqual([2, true]);
    await mkdir(join(me.home, "folder"));
    expect((await me.run(["balances", "--config", "folder"])).err).toContain("it is a folder");
    expect((await me.run(["balances", "--config", "none.yaml"])).err).toContain("There is no file");
  });

  it("an error shows no secret and no stack trace, and with --verbose the request and the service's message", async () => {
    await using me = await person();
    const plain = await me.run(["balances"], { GOCARDLESS_SECRET_KEY: "a-wrong-secret" });
    expect([plain.code, plain.err]).toEqual([
      1,
      "✗ The service does not accept the credentials.\n  → bankdata init\n",
    ]);
    const verbose = await me.run(["balances", "--verbose"], { GOCARDLESS_SECRET_KEY: "a-wrong-secret" });
    expect(verbose.err).toContain("POST /token/new/ → 401: Authentication failed");
    for (const { err } of [plain, verbose]) expect(err).not.toMatch(/a-wrong-secret|^ +at /m);
  });

  it("a command ends quietly if the reader of its output stops early", async () => {
    await using me = await person();
    const child = spawn(
      "sh",
      ["-c", `"${process.execPath}" "${executable}" banks --json | head -c 10; echo " $?"`],
      {
        cwd: me.home,
        env: me.env,
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
    const { out, err } = await ended(child);
    expect([out, err]).toEqual(["[\n  {\n     0\n", ""]);
  });

  it("sandbox reports a port that is in use", async () => {
    await using me = await person();
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
    const address = taken.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const { code, err } = await me.run(["sandbox", "--port", String(port)]);
    taken.close();
    expect([code, err.includes(`Port ${port} is taken: choose another one`)]).toEqual([1, true]);
  });
});

describe("the version", () => {
  it("--version prints the package's version", async () => {
    await using me = await person();
    expect((await me.run(["--version"])).out).toBe(`${version}\n`);
    const text = await readFile(join(import.meta.dirname, "../../../packages/cli/package.json"), "utf8");
    expect(JSON.parse(text).version).toBe(version);
  });
});
