import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { person } from "./command.ts";
import { Screen } from "./screen.ts";

const BANK = "DEUTSCHE_BANK_DEUTDEFF";

/** The variables of someone who has no credentials yet. */
function withoutCredentials(env: Awaited<ReturnType<typeof person>>["env"]) {
  const { GOCARDLESS_SECRET_ID: _id, GOCARDLESS_SECRET_KEY: _key, BANKDATA_BASE_URL: _url, ...rest } = env;
  return rest;
}

/** Answers every question of `init`, and expects the secret to be hidden. @returns the last screen */
async function answerInit(screen: Screen, secretId: string, secretKey: string): Promise<string> {
  await screen.showing("Do you have credentials");
  screen.press("Enter");
  await screen.showing("Secret id");
  screen.type(secretId);
  screen.press("Enter");
  await screen.showing("Secret key");
  screen.type(secretKey);
  await screen.showing("▪".repeat(secretKey.length));
  expect(screen.text()).not.toContain(secretKey);
  screen.press("Enter");
  return await screen.showing("ended with");
}

describe("in a terminal", () => {
  it("init asks for credentials, hides the secret, checks them and stores them for their owner alone", async () => {
    await using me = await person();
    const { GOCARDLESS_SECRET_ID: secretId = "", GOCARDLESS_SECRET_KEY: secretKey = "", ...env } = me.env;
    const file = join(me.home, ".config/bankdata/bankdata.yaml");
    using wrong = new Screen(["init"], env, me.home);
    expect(await answerInit(wrong, secretId, "not-the-key")).toContain(
      "The service rejected the credentials. Nothing was written.",
    );
    await expect(stat(file)).rejects.toThrow("ENOENT");
    using right = new Screen(["init"], env, me.home);
    const end = await answerInit(right, secretId, secretKey);
    expect(end).toContain(`They are stored in ${file}, readable by you alone.`);
    expect(end).toContain("[ended with 0]");
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readFile(file, "utf8")).toBe(`secret_id: ${secretId}\nsecret_key: ${secretKey}\n`);
    using after = new Screen(["doctor"], env, me.home);
    expect(await after.showing("ended with 0")).toContain(`✓ Credentials: from ${file} and ${file}`);
  });

  it("init writes into the existing configuration, and says what overrides it", async () => {
    await using me = await person();
    const { GOCARDLESS_SECRET_ID: secretId = "", GOCARDLESS_SECRET_KEY: secretKey = "" } = me.env;
    await me.put("gocardless.yaml", "accounts:\n  - id: a # mine\n");
    using screen = new Screen(["init"], { ...me.env, GOCARDLESS_SECRET_ID: "another" }, me.home);
    const end = await answerInit(screen, secretId, secretKey);
    expect(end).toContain("[ended with 0]");
    expect(end).toContain("GOCARDLESS_SECRET_ID overrides the file");
    expect(await readFile(join(me.home, "gocardless.yaml"), "utf8")).toBe(
      `accounts:\n  - id: a # mine\nsecret_id: ${secretId}\nsecret_key: ${secretKey}\n`,
    );
  });

  it("banks searches as the person types, and shows the bank that is picked", async () => {
    await using me = await person();
    using screen = new Screen(["banks"], me.env, me.home);
    await screen.showing("Type to search");
    screen.type("raboba");
    await screen.showing("Rabobank");
    screen.press("Enter");
    const end = await screen.showing("ended with 0");
    expect(end).toMatch(/Rabobank +RABOBANK_RABONL2U +RABONL2U +730 d +180 d/);
    expect(end).toContain("Connect it with: bankdata connect RABOBANK_RABONL2U");
  });

  it("the search as the person types ignores accents and case, and finds an id", async () => {
    await using me = await person();
    for (const [typed, name] of [
      ["crédit agri", "Crédit Agricole"],
      ["CREDIT AGRI", "Crédit Agricole"],
      ["rabobank_rabo", "Rabobank"],
    ] as const) {
      using screen = new Screen(["banks"], me.env, me.home);
      await screen.showing("Type to search");
      screen.type(typed);
      await screen.showing("1 match");
      screen.press("Enter");
      expect(await screen.showing("ended with 0")).toContain(name);
    }
  });

  it.each([
    [["details", "--json"], "Specify an account."],
    [["disconnect", "--jsonl"], "Specify a connection."],
    [
      ["disconnect", `at-${BANK.toLowerCase()}`, "--json"],
      "Disconnecting Deutsche Bank needs a confirmation",
    ],
    [["connect", "--json"], "Specify a bank."],
  ] as const)("%j asks nothing, as its stderr is for a program", async (args, said) => {
    await using me = await person();
    await me.connect(BANK);
    using screen = new Screen(args, me.env, me.home, 300);
    expect(await screen.showing("ended with 2")).toContain(
      `{"error":{"name":"UsageError","message":"${said}`,
    );
  });

  it("the menu asks which account before it spends calls, and comes back until it is left", async () => {
    await using me = await person();
    await me.connect(BANK);
    using screen = new Screen([], me.env, me.home);
    await screen.showing("What would you like to do");
    screen.press("Enter");
    expect(await screen.showing("Which account")).toContain("All 2 accounts");
    expect(me.sandbox.requests.filter(({ path }) => path.endsWith("/balances/"))).toEqual([]);
    screen.press("Enter");
    expect(await screen.showing("As of just now")).toMatch(/Current Account +DE\d+ +booked so far +\d/);
    expect(me.sandbox.requests.filter(({ path }) => path.endsWith("/balances/"))).toHaveLength(1);
    await screen.showing(/What would you like to do[\s\S]*What would you like to do/);
    screen.press("Up", "Enter");
    await screen.showing("ended with 0");
  });

  it("Esc in the menu's question goes back without a call, and Ctrl-C in the menu ends it", async () => {
    await using me = await person();
    await me.connect(BANK);
    using screen = new Screen([], me.env, me.home);
    await screen.showing("What would you like to do");
    screen.press("Enter");
    await screen.showing("Which account");
    screen.press("Escape");
    await screen.showing(/What would you like to do[\s\S]*What would you like to do/);
    screen.press("C-c");
    await screen.showing("ended with 0");
    expect(me.sandbox.requests.filter(({ path }) => path.endsWith("/balances/"))).toEqual([]);
  });

  it("without credentials, the menu begins with setting them up and the sandbox, in which commands work", async () => {
    await using me = await person();
    const env = withoutCredentials(me.env);
    using screen = new Screen([], env, me.home);
    const first = await screen.showing("What would you like to do");
    expect(first).toMatch(/Set up credentials[\s\S]*Try it in the sandbox[\s\S]*Balances/);
    screen.press("Down", "Down", "Enter");
    await screen.showing("This needs credentials. Set them up, or try it in the sandbox.");
    screen.press("Down", "Enter");
    await screen.showing("What would you like to do in the sandbox");
    screen.press("Enter");
    await screen.showing("No account is connected yet");
    screen.press("Down", "Down", "Enter");
    await screen.showing(/Next: bankdata connect --sandbox[\s\S]*Calls left today/);
    screen.press("C-c");
    await screen.showing("ended with 0");
  });

  it("init goes on in the sandbox if there are no credentials", async () => {
    await using me = await person();
    const env = withoutCredentials(me.env);
    using screen = new Screen(["init"], env, me.home);
    await screen.showing("Do you have credentials");
    screen.press("Down", "Enter");
    await screen.showing("What would you like to do in the sandbox");
    screen.press("Up", "Enter");
    await screen.showing("ended with 0");
  });

  it("Ctrl-C in a prompt ends the command and changes nothing", async () => {
    await using me = await person();
    using screen = new Screen(["connect"], me.env, me.home);
    await screen.showing("Which bank");
    screen.press("C-c");
    const end = await screen.showing("ended with 1");
    expect(end).toContain("Stopped. Nothing was changed.");
    expect(end).not.toMatch(/^ +at /m);
    expect(me.sandbox.state().requisitions).toEqual([]);
  });

  it("commands ask for the account or connection that is not given", async () => {
    await using me = await person();
    await me.connect(BANK);
    using details = new Screen(["details"], me.env, me.home);
    await details.showing("Which account");
    details.press("Down", "Enter");
    expect(await details.showing("ended with 0")).toMatch(/cashAccountType +SVGS/);
    using disconnect = new Screen(["disconnect"], me.env, me.home);
    await disconnect.showing("Which connection");
    disconnect.press("Enter");
    await disconnect.showing("with 2 accounts");
    disconnect.press("y");
    expect(await disconnect.showing("ended with 0")).toContain("Deutsche Bank is disconnected.");
    expect(me.sandbox.state().requisitions).toEqual([]);
  });

  it("connect offers to renew a bank that is connected already, and changes nothing if it is cancelled", async () => {
    await using me = await person();
    const { reference } = await me.connect(BANK);
    using screen = new Screen(["connect", BANK], me.env, me.home);
    const question = await screen.showing("is connected already");
    expect(question).toContain(`Renew ${reference} (connected)`);
    screen.press("Down", "Down", "Enter");
    expect(await screen.showing("ended with 0")).toContain("Nothing was changed.");
    expect(me.sandbox.state().requisitions).toHaveLength(1);
    using renewing = new Screen(["connect", BANK, "--no-browser"], me.env, me.home);
    await renewing.showing("is connected already");
    renewing.press("Enter");
    await renewing.showing("Open this link");
    renewing.press("C-c");
    await renewing.showing("Nothing was left half-done");
    expect(me.sandbox.state().requisitions).toHaveLength(1);
  });

  it("disconnect asks for confirmation, and does nothing unless it is given", async () => {
    await using me = await person();
    const { reference } = await me.connect(BANK);
    using screen = new Screen(["disconnect", String(reference)], me.env, me.home);
    await screen.showing("Disconnect Deutsche Bank with 2 accounts");
    screen.press("Enter");
    expect(await screen.showing("ended with 0")).toContain("Nothing was changed.");
    expect(me.sandbox.state().requisitions).toHaveLength(1);
  });

  it("Ctrl-C while connect waits for the bank leaves nothing half-done", async () => {
    await using me = await person();
    using screen = new Screen(["connect", BANK], me.env, me.home);
    expect(await screen.showing("Waiting for Deutsche Bank")).toContain("No browser could be opened");
    expect(me.sandbox.state().requisitions).toHaveLength(1);
    screen.press("C-c");
    const end = await screen.showing("ended with 1");
    expect(end).toContain("Nothing was left half-done.");
    expect(end).toContain("Stopped before the bank was connected.");
    expect(me.sandbox.state()).toMatchObject({ requisitions: [], agreements: [] });
  });

  it("Ctrl-C says what is left and how to go on if the connection cannot be removed", async () => {
    await using me = await person();
    using screen = new Screen(["connect", BANK, "--no-browser"], me.env, me.home);
    await screen.showing("Waiting for Deutsche Bank");
    me.sandbox.inject({ operation: "deleteRequisition", error: "PaymentRequired" });
    screen.press("C-c");
    const end = await screen.showing("ended with 1");
    const [{ reference = "" } = {}] = me.sandbox.state().requisitions;
    expect(end).toContain("is still there");
    expect(end).toContain(`bankdata disconnect ${reference}`);
  });

  it("amounts below zero are red, unless NO_COLOR is set", async () => {
    await using me = await person();
    await me.connect(BANK);
    const color = async (env: Record<string, string>) => {
      using screen = new Screen(["transactions", "--days", "10"], env, me.home);
      await screen.showing("ended with 0");
      return screen.coloured().includes("\u001b[31m-");
    };
    expect(await color(me.env)).toBe(true);
    expect(await color({ ...me.env, NO_COLOR: "1" })).toBe(false);
  });

  it("in forty columns every line fits and no amount is cut", async () => {
    await using me = await person();
    await me.connect(BANK);
    const json = JSON.parse((await me.run(["transactions", "--days", "3", "--json"])).out);
    for (const command of [
      ["balances"],
      ["transactions", "--days", "3"],
      ["accounts"],
      ["connections"],
      ["quota"],
      ["banks", "NL"],
    ]) {
      using screen = new Screen(command, me.env, me.home, 40);
      await screen.showing("ended with 0");
      const lines = screen
        .unwrapped()
        .split("\n")
        .filter((line) => !/ended with|As of|Banks count/.test(line));
      for (const line of lines) expect(line.length, `${command}: ${line}`).toBeLessThanOrEqual(40);
      if (command[0] === "transactions") {
        expect(json.length).toBeGreaterThan(0);
        for (const { amount } of json.slice(0, 3)) expect(screen.history()).toContain(String(amount));
      }
    }
  });
});
