import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadConfiguration } from "../../../packages/cli/src/config/index.ts";
import { cwd, failure, load, put, root } from "./in-folder.ts";

/** What the reference client's importer reads, with every key. */
const OPENBANKING = `provider: gocardless
secret_id: $ID
secret_key: \${KEY}
currency: EUR
env_files: [secrets.env]
env:
  KEY: "inline-$SALT"
cache_options: { cache_name: ./cache.sqlite, expire_after: 60 }
accounts:
  - id: 7e944232-bda9-40bc-b784-660c7ab5fe78
    asset_account: Assets:Banks:DKB:Checking
    metadata: { owner: me }
    booking_statuses: [booked]
    preferred_balance_type: interimAvailable
    exclude_default_metadata: [bookingDate]
    metadata_fields: { code: remittanceInformation.0 }
    days_back: 30
`;

describe("the reference client's configurations", () => {
  it.each(["openbanking.yml", "gocardless.yaml"])(
    "every key of %s is read, and those that do nothing yet are listed with their place",
    async (name) => {
      await put(name, OPENBANKING);
      await put("secrets.env", "ID=the-id\nKEY=overridden\nSALT=salt\n");
      const configuration = load();
      expect(configuration.credentials).toEqual({ secretId: "the-id", secretKey: "inline-salt" });
      expect(configuration.cache).toMatchObject({ cacheName: join(cwd, "cache.sqlite"), expireAfter: 60 });
      expect(configuration.accounts).toEqual([
        {
          id: "7e944232-bda9-40bc-b784-660c7ab5fe78",
          assetAccount: "Assets:Banks:DKB:Checking",
          metadata: { owner: "me" },
          bookingStatuses: ["booked"],
          balance: "interimAvailable",
          excludeDefaultMetadata: ["bookingDate"],
          metadataFields: { code: "remittanceInformation.0" },
          daysBack: 30,
        },
      ]);
      const place = (line: number, column: number) => `${join(cwd, name)}, line ${line}, column ${column}`;
      expect(configuration.unused).toEqual([
        { key: "currency", place: place(4, 1) },
        { key: "metadata", place: place(12, 5) },
        { key: "metadata_fields", place: place(16, 5) },
        { key: "exclude_default_metadata", place: place(15, 5) },
      ]);
    },
  );

  it("the environment overrides env, which overrides env_files, which override .env", async () => {
    await put("openbanking.yml", OPENBANKING.replace('"inline-$SALT"', "inline"));
    await put("secrets.env", "ID=files\n");
    await put(".env", "ID=dotenv\nKEY=dotenv\n");
    expect(load().credentials).toEqual({ secretId: "files", secretKey: "inline" });
    expect(load({ KEY: "environment" }).credentials?.secretKey).toBe("environment");
  });

  it("variables of env and env_files are settings, too", async () => {
    await put("openbanking.yml", "env_files: [a.env]\nenv: { GOCARDLESS_SECRET_ID: id }\n");
    await put("a.env", "GOCARDLESS_SECRET_KEY=key\n");
    expect(load().credentials).toEqual({ secretId: "id", secretKey: "key" });
  });

  it("bankdata.yaml is read before gocardless.yaml, and that before openbanking.yml", async () => {
    await put("openbanking.yml", "accounts: [{ id: third }]\n");
    expect(load().accounts[0]?.id).toBe("third");
    await put("gocardless.yaml", "accounts: [{ id: second }]\n");
    expect(load().accounts[0]?.id).toBe("second");
    expect(load({}, { config: join(cwd, "openbanking.yml") }).accounts[0]?.id).toBe("third");
  });

  it("another provider is not a wrong configuration, but is not supported yet", async () => {
    await put("openbanking.yml", "provider: enablebanking\napplication_id: $APP\nprivate_key_path: k.pem\n");
    expect(failure()).toBe(
      "openbanking.yml, line 1, column 1: the provider enablebanking is not supported yet, only gocardless is.",
    );
  });

  it.each([
    ["acounts: []\n", "line 1, column 1: acounts is not a known key. Did you mean accounts?"],
    ["cache_option: {}\n", "line 1, column 1: cache_option is not a known key. Did you mean cache_options?"],
    [
      "cache_options:\n  expires_after: 1\n",
      "line 2, column 3: expires_after is not a known key. Did you mean expire_after?",
    ],
    [
      "accounts:\n  - id: a\n  - id: b\n    asset_acount: x\n",
      "line 4, column 5: asset_acount is not a known key. Did you mean asset_account?",
    ],
    [
      "accounts:\n  - id: a\n    transaction_type: [booked]\n",
      "line 3, column 5: transaction_type is not a known key. Did you mean transaction_types?",
    ],
    [
      "accounts:\n  - id: a\n    curency: EUR\n",
      "line 3, column 5: curency is not a known key. Did you mean currency?",
    ],
    [
      "accounts:\n  - { id: a, days_back: 3 }\n  - { id: b, days_back: many }\n",
      "line 3, column 14: accounts.1.days_back cannot be used: ",
    ],
    [
      "accounts:\n  - id: a\n    transaction_types: []\n",
      "line 3, column 5: accounts.0.transaction_types cannot be used: must name booked",
    ],
    [
      "accounts:\n  - id: a\n    invert: booked\n",
      "line 3, column 5: accounts.0.invert cannot be used: must be true (all transactions) or pending",
    ],
    [
      "accounts:\n  - id: a\n    balance: avialable\n",
      "line 3, column 5: accounts.0.balance cannot be used: ",
    ],
    [
      "accounts:\n  - iban: a\n    currency: euro\n",
      "line 3, column 5: accounts.0.currency cannot be used: must be a currency code such as EUR",
    ],
    ["accounts:\n  - id: a\n  - alias: giro\n", "line 3, column 5: this account needs an id or an iban."],
    ["accounts:\n  - id:\n    iban: null\n", "line 2, column 5: this account needs an id or an iban."],
    ["accounts:\n  - id: a\n  - 5\n", "line 3, column 5: accounts.1 cannot be used: "],
    [
      "accounts:\n  - id: a\n    transaction_types: [booked]\n    booking_statuses: [booked]\n",
      "line 3, column 5: booking_statuses is set twice.",
    ],
    [
      "accounts:\n  - id: a\n    alias: Café\n  - id: b\n    alias: cafe\n",
      "line 5, column 5: this alias is taken by the account at gocardless.yaml, line 3, column 5.",
    ],
    [
      "accounts:\n  - id: a\n    alias: b\n  - id: B\n",
      "line 3, column 5: this alias is the id of the account at gocardless.yaml, line 4, column 5.",
    ],
    [
      "accounts:\n  - iban: DE89 3704\n  - iban: de893704\n",
      "line 3, column 5: iban names the same account as the account at gocardless.yaml, line 2, column 5.",
    ],
    [
      "accounts:\n  - { iban: X1, currency: EUR }\n  - { iban: X1, currency: GBP }\n  - { iban: x1, currency: eur }\n",
      "line 4, column 7: iban names the same account as",
    ],
  ])("%j is rejected with its place", async (text, message) => {
    await put("gocardless.yaml", text);
    expect(failure()).toContain(`gocardless.yaml, ${message}`);
  });

  it("an IBAN may be named once in each currency, and once without", async () => {
    await put(
      "bankdata.yaml",
      "accounts:\n  - { iban: X1, currency: eur }\n  - { iban: X1, currency: GBP }\n  - { iban: X1 }\n",
    );
    expect(load().accounts.map(({ currency }) => currency)).toEqual(["EUR", "GBP", undefined]);
  });
});

describe("variables of a configuration that somebody else may have made", () => {
  it("env_files must stay inside the folder, links followed", async () => {
    await put("gocardless.yaml", "env_files: [../other.env]\n");
    expect(failure()).toContain("gocardless.yaml, line 1, column 13: env_files leads out of");
    await writeFile(join(root, "secret.env"), "A=b\n");
    await symlink(join(root, "secret.env"), join(cwd, "link.env"));
    await put("gocardless.yaml", "env_files: [link.env]\n");
    expect(failure()).toContain("env_files leads out of");
    await put("gocardless.yaml", "env_files: [~/secret.env]\n");
    await mkdir(join(root, "home"), { recursive: true });
    expect(() => loadConfiguration({}, { env: {}, cwd, platform: "linux", home: root })).toThrow(/leads out/);
  });

  it("a file of variables that is missing is an error with its place", async () => {
    await put("openbanking.yml", "env_files:\n  - gone.env\n");
    expect(failure()).toBe("openbanking.yml, line 2, column 5: there is no file gone.env.");
  });

  it("what env and env_files set is the folder's, so the user's credentials are not sent to its address", async () => {
    const env = { GOCARDLESS_SECRET_ID: "i", GOCARDLESS_SECRET_KEY: "k" };
    await put("openbanking.yml", "env: { BANKDATA_BASE_URL: 'https://evil.example' }\n");
    expect(failure(env)).toContain("a file of the current folder, but your credentials come from");
    await put("openbanking.yml", "env_files: [a.env]\n");
    await put("a.env", "BANKDATA_BASE_URL=https://evil.example\n");
    expect(failure(env)).toContain("a file of the current folder, but your credentials come from");
    await put("openbanking.yml", "env: { EVIL: 'https://evil.example' }\nbase_url: $EVIL\n");
    expect(failure(env)).toContain("a file of the current folder, but your credentials come from");
    await put("openbanking.yml", "env: { BANKDATA_ALLOW_HTTP: true }\n");
    expect(failure(env)).toContain("cannot be set by a file of the current folder");
    await put("openbanking.yml", "env: { BANKDATA_CACHE: ../x.sqlite }\n");
    expect(failure(env)).toContain("leads out of");
  });

  it("the user's own secret in the folder's env stays the user's", async () => {
    const env = { MY_KEY: "k" };
    await put(
      "openbanking.yml",
      "env: { K: $MY_KEY }\nsecret_id: i\nsecret_key: $K\nbase_url: https://evil.example\n",
    );
    expect(failure(env)).toContain("a file of the current folder, but your credentials come from");
  });

  it("a folder's env does not override a file of variables that the user named", async () => {
    await put("openbanking.yml", "env: { GOCARDLESS_SECRET_ID: evil }\n");
    await put("mine.env", "GOCARDLESS_SECRET_ID=mine\nGOCARDLESS_SECRET_KEY=key\n");
    expect(load({}, { envFile: join(cwd, "mine.env") }).credentials?.secretId).toBe("mine");
  });

  it("the values of env cannot become too long", async () => {
    await put("openbanking.yml", `env: { B: "${"$A".repeat(200_000)}" }\n`);
    expect(failure({ A: "x".repeat(500_000) })).toContain("the values of the variables are too long");
  });
});

describe("a key without a value", () => {
  it("is not set, whether its value is commented out or null", async () => {
    await put(
      "openbanking.yml",
      "provider:\nsecret_id: ~\naccounts:\n  # - id: a\ncache_options:\nenv:\nenv_files: null\ncurrency:\n",
    );
    expect(load()).toMatchObject({ credentials: null, accounts: [], cache: {}, unused: [] });
    await put(
      "openbanking.yml",
      "accounts:\n  - { id: a, alias: , balance: , days_back: }\ncache: { max_bytes: }\n",
    );
    expect(load()).toMatchObject({ accounts: [{ id: "a" }], cache: {} });
  });

  it("still counts as a second spelling of a key", async () => {
    await put("openbanking.yml", "cache_options:\ncache: { expire_after: 5 }\n");
    expect(failure()).toContain("cache is set twice");
  });
});

describe("a configuration in the sandbox", () => {
  it.each([
    ["a secret of the wrong kind", "secret_id: 12\nsecret_key: [a]\n"],
    ["one secret without the other", "secret_id: id\nsecret_key:\n"],
    ["a folder in place of a file of variables", "env_files: [home]\nsecret_id: $ID\n"],
    ["a file of variables outside the folder", "env_files: [../other.env, ~/x.env]\nsecret_id: $ID\n"],
  ])("%s does not matter", async (_, text) => {
    await mkdir(join(cwd, "home"));
    await put("gocardless.yaml", `${text}accounts: [{ id: a }]\n`);
    expect(failure()).not.toBe("it was read");
    expect(load({}, { sandbox: true })).toMatchObject({ credentials: null, accounts: [{ id: "a" }] });
  });

  it("reads no secrets: neither the variables in credentials and base URL nor missing files of variables", async () => {
    await put("gocardless.yaml", `${OPENBANKING}base_url: $NOWHERE\n`);
    expect(failure()).toContain("there is no file secrets.env");
    const configuration = load({}, { sandbox: true });
    expect(configuration.credentials).toBeNull();
    expect(configuration.baseUrl).toBeUndefined();
    expect(configuration.accounts).toHaveLength(1);
  });

  it("still reports other variables that are not set, and wrong keys", async () => {
    await put("bankdata.yaml", "secret_id: $GONE\naccounts: [{ id: $ACCOUNT }]\n");
    expect(failure({}, { sandbox: true })).toContain("the variable ACCOUNT is not set");
    await put("bankdata.yaml", "secret_id: $GONE\nacounts: []\n");
    expect(failure({}, { sandbox: true })).toContain("acounts is not a known key");
  });
});
