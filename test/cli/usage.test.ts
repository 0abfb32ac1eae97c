import { describe, expect, it } from "vitest";
import { typed } from "./typed.ts";

/** What is said of a command line, its way to help, and nothing else. */
async function refusal(...args: readonly string[]): Promise<string> {
  const { code, out, err } = await typed(args);
  expect([code, out], args.join(" ")).toEqual([2, ""]);
  expect(err).toMatch(/^✗ .*\n {2}→ See bankdata [a-z -]*--help\n$/);
  return err.replace("✗ ", "").replace("\n  → See", " |").trim();
}

describe("arguments that a command does not take", () => {
  it.each([
    ["banks DE FR", 'Unexpected argument "FR". | bankdata banks --help'],
    ["transactions 5675 extra", 'Unexpected argument "extra". | bankdata transactions --help'],
    ["connect DKB N26", 'Unexpected argument "N26". | bankdata connect --help'],
    ["connections x", 'Unexpected argument "x". | bankdata connections --help'],
    ["cache list x", 'Unexpected argument "x". | bankdata cache list --help'],
    ["completion bash x", 'Unexpected argument "x". | bankdata completion --help'],
    ["completion", "Specify your shell (bash, zsh, fish). | bankdata completion --help"],
    [
      "completion tcsh",
      'There is no completion for "tcsh", only for bash, zsh, fish. | bankdata completion --help',
    ],
    [
      "connect Monzo --renew x",
      "Name a bank, or a connection with --renew, not both. | bankdata connect --help",
    ],
    ["dmeo", 'There is no command "dmeo". Did you mean demo? | bankdata --help'],
    ["dmeo --nope", 'There is no command "dmeo". Did you mean demo? | bankdata --help'],
    ["cache lsit", 'bankdata cache has no command "lsit". Did you mean list? | bankdata cache --help'],
    ["help nonsens", 'There is no command "nonsens". | bankdata --help'],
    ["help conect", 'There is no command "conect". Did you mean connect? | bankdata --help'],
    [
      "help cache claer",
      'bankdata cache has no command "claer". Did you mean clear? | bankdata cache --help',
    ],
    ["help accounts x", 'bankdata accounts has no command "x". | bankdata accounts --help'],
    ["complet", 'There is no command "complet". | bankdata --help'],
  ])("%s", async (text, said) => {
    expect(await refusal(...text.split(" "))).toBe(said);
  });
});

describe("flags", () => {
  it.each([
    ["balances --liv", "Unknown flag --liv. Did you mean --live? | bankdata balances --help"],
    ["balances --quite", "Unknown flag --quite. Did you mean --quiet? | bankdata balances --help"],
    ["balances --secret-key=hush", "Unknown flag --secret-key. | bankdata balances --help"],
    [
      "balances --from 2026-01-01",
      "bankdata balances has no flag --from: it belongs to bankdata transactions, bankdata sync. | bankdata balances --help",
    ],
    [
      "accounts --days 3",
      "bankdata accounts has no flag --days: it belongs to bankdata connect, bankdata transactions. | bankdata accounts --help",
    ],
    ["transactions --from", "--from needs a value: --from <date>. | bankdata transactions --help"],
    ["accounts --config", "--config needs a value: --config <file>. | bankdata --help"],
    ["quota --quiet --verbose", "--quiet and --verbose cannot be used together. | bankdata quota --help"],
    ["quota --env a --env-file b", "--env and --env-file cannot be used together. | bankdata quota --help"],
    ["connect --days 0", '--days must be a whole number, from 1 to 730, not "0". | bankdata connect --help'],
    [
      "connect --access x",
      '--access must be a whole number, from 1 to 730, not "x". | bankdata connect --help',
    ],
    [
      "sandbox --port 65536",
      '--port must be a whole number, from 0 to 65535, not "65536". | bankdata sandbox --help',
    ],
    ["sandbox --seed x", '--seed must be a whole number, 0 or more, not "x". | bankdata sandbox --help'],
    [
      "connect DKB --access 731",
      '--access must be a whole number, from 1 to 730, not "731". | bankdata connect --help',
    ],
    ...["0", "731", "-3", "1.5", ""].map((days) => [
      `transactions --days=${days}`,
      `--days must be a whole number, from 1 to 730, not "${days}". | bankdata transactions --help`,
    ]),
    [
      "sandbox --accounts 0",
      '--accounts must be a whole number, from 1 to 100000, not "0". | bankdata sandbox --help',
    ],
    [
      "sandbox --accounts -1",
      '--accounts must be a whole number, from 1 to 100000, not "-1". | bankdata sandbox --help',
    ],
    [
      "sandbox --transactions-per-day 1.5",
      '--transactions-per-day must be a whole number, from 0 to 1000, not "1.5". | bankdata sandbox --help',
    ],
    ...[
      ["N26", '--quirks must be BANK=QUIRK,QUIRK, such as N26_NTSBDEB1=noIds,lateArrivals, not "N26".'],
      ["=noIds", '--quirks must be BANK=QUIRK,QUIRK, such as N26_NTSBDEB1=noIds,lateArrivals, not "=noIds".'],
      ["N26=noIds", '--quirks: there is no bank "N26". Did you mean "N26_NTSBDEB1"?'],
      [
        "N26_NTSBDEB1=noIds,lateArrival",
        '--quirks of N26_NTSBDEB1: there is no quirk "lateArrival". Did you mean "lateArrivals"?',
      ],
      [
        "N26_NTSBDEB1=noIds,",
        '--quirks of N26_NTSBDEB1: there is no quirk "". docs/sandbox.md lists the quirks.',
      ],
      ["N26_NTSBDEB1=noIds,noIds", '--quirks of N26_NTSBDEB1: "noIds" is repeated. List each quirk once.'],
      [
        "N26_NTSBDEB1= --quirks N26_NTSBDEB1=noIds",
        "--quirks of N26_NTSBDEB1 is repeated. List all its quirks after one --quirks.",
      ],
    ].map(([value, said]) => [`sandbox --quirks ${value}`, `${said} | bankdata sandbox --help`]),
    ...["http://sandbox", "sandbox:4010", "*"].map((name) => [
      `sandbox --allow-host ${name}`,
      `--allow-host must be a host name without a port, such as sandbox, not "${name}". | bankdata sandbox --help`,
    ]),
    [
      "sandbox --tls-port 70000",
      '--tls-port must be a whole number, from 0 to 65535, not "70000". | bankdata sandbox --help',
    ],
    ["sandbox --state /", "--state must be a file, but / is a folder. | bankdata sandbox --help"],
  ])("%s", async (text, said) => {
    expect(await refusal(...text.split(" "))).toBe(said);
  });

  it.each([
    ["--from 31.12.2025", '--from "31.12.2025" is not a valid date: write it as 2026-01-31.'],
    ["--to 2026-02-30", '--to "2026-02-30" is not a valid date: write it as 2026-01-31.'],
    ["--from 2026-02-01 --to 2026-01-01", "--from (2026-02-01) is after --to (2026-01-01)."],
    ["--days 3 --to 2026-01-01", "Use either --days, or --from and --to."],
  ])("transactions %s is no range", async (range, said) => {
    const args = ["transactions", ...range.split(" "), "--sandbox"];
    expect(await refusal(...args)).toBe(`${said} | bankdata transactions --help`);
    const { err } = await typed([...args, "--json"]);
    expect(JSON.parse(err)).toMatchObject({ error: { name: "UsageError", message: said } });
  });

  it.each([
    ["--days 500", "ING-DiBa offers at most 398 days of history, so --days 500 is too much."],
    ["--access 200", "ING-DiBa allows at most 180 days of access, so --access 200 is too much."],
  ])("connect %s is more than the bank allows", async (flags, said) => {
    const args = ["connect", "ING_INGDDEFF", ...flags.split(" "), "--sandbox"];
    expect(await refusal(...args)).toBe(`${said} | bankdata connect --help`);
  });

  it("--json and --jsonl are refused together, as JSON", async () => {
    const { code, out, err } = await typed(["accounts", "--json", "--jsonl"]);
    const next = "See bankdata accounts --help";
    expect([code, out, JSON.parse(err)]).toEqual([
      2,
      "",
      { error: { name: "UsageError", message: "--json and --jsonl cannot be used together.", next } },
    ]);
  });

  it.each(["99999", "abc", "1.5", ""])("sandbox --port %j is no port", async (port) => {
    expect(await refusal("sandbox", "--port", port)).toContain(
      "--port must be a whole number, from 0 to 65535",
    );
  });

  it.each([
    ["Germany", " Did you mean DE (Germany)?"],
    ["germny", " Did you mean DE (Germany)?"],
    ["UK", " Did you mean GB (United Kingdom)?"],
    ["ZZ", ""],
    ["EU", ""],
    ["D", ""],
    ["", ""],
  ])("banks %j is no country", async (text, hint) => {
    expect(await refusal("banks", text, "--sandbox")).toBe(
      `"${text}" is not a country code of two letters, such as DE.${hint} | bankdata banks --help`,
    );
  });
});
