import { spawn } from "node:child_process";
import { once } from "node:events";
import { openSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { jsonListPieces, jsonText } from "../../packages/cli/src/ui/json-text.ts";
import { alert } from "../../packages/cli/src/ui/output.ts";
import { type Part, textOf } from "../../packages/cli/src/ui/part.ts";
import { line, printable } from "../../packages/cli/src/ui/printable.ts";
import { grouped, row, textWidth } from "../../packages/cli/src/ui/table.ts";
import { Output, styled } from "../../packages/cli/src/ui/terminal.ts";
import { wrapped } from "../../packages/cli/src/ui/wrapped.ts";
import { writeWhole } from "../../packages/cli/src/ui/write-whole.ts";
import { type Sandbox, startSandbox } from "../../packages/sandbox/src/index.ts";
import { onText } from "../support/text.ts";
import { connected } from "./e2e/command.ts";
import { personAt } from "./source-command.ts";
import { textLines } from "./text-lines.ts";

const LONG_TEXT = "Card payment 4711 Bäckerei Sonnenschein, Hauptstraße 12";

/** The columns of a list of transactions. */
const COLUMNS = [
  { title: line`Date`, short: (date: string) => line`${date.slice(5)}` },
  { title: line`Account`, flexible: true, least: 8, drop: 1 },
  { title: line`Who`, flexible: true, least: 10 },
  { title: line`What`, flexible: true, least: 20, drop: 2 },
  { title: line`Amount`, align: "decimal" as const },
  { title: line`` },
];

const ROWS = [
  row("2026-11-30", "Current Account", "Bäckerei Sonnenschein GmbH", LONG_TEXT, "-1234.50", "EUR"),
  row("2026-11-29", "Savings Account", "Employer Ltd", "Salary", "3179.9", "EUR"),
];

describe("a table in a terminal", () => {
  it.each([
    [40, ["Date", "Who", "Amount"], 14],
    [60, ["Date", "Who", "What", "Amount"], 20],
    [80, ["Date", "Account", "Who", "What", "Amount"], 20],
    [120, ["Date", "Account", "Who", "What", "Amount"], 38],
  ])("in %i columns, amounts stay whole and the text keeps its room", (width, shown, room) => {
    const lines = textLines(COLUMNS, ROWS, width);
    expect(lines).toHaveLength(3);
    for (const one of lines) expect(textWidth(one)).toBeLessThanOrEqual(width);
    const [titles = "", first, second] = lines;
    expect(titles.split(/ +/)).toEqual(shown);
    expect([first, second]).toEqual([
      expect.stringMatching(/-1234\.50 {2}EUR$/),
      expect.stringMatching(/ 3179\.9 {3}EUR$/),
    ]);
    const what =
      first?.slice(titles.search(width === 40 ? "Who" : "What"), titles.indexOf("Amount") - 2).trimEnd() ??
      "";
    expect(textWidth(what)).toBeGreaterThanOrEqual(room);
    expect(what).toMatch(width === 40 ? /^Bäckerei Sonn/ : /^Card payment/);
  });

  it("a column that is empty in every row is not shown, and a repeated cell is shown once", () => {
    const columns = [{ title: line`Account` }, { title: line`Who` }, { title: line`Kind` }];
    const rows = [row(grouped("Giro", true), "", "booked"), row(grouped("Giro", false), null, "available")];
    expect(textLines(columns, rows, 80)).toEqual(["Account  Kind", "Giro     booked", "         available"]);
  });

  it("one long label does not squeeze the names", () => {
    const columns = [
      { title: line`Account`, flexible: true, least: 12 },
      { title: line`Balance`, flexible: true, least: 12 },
      { title: line`Amount`, align: "decimal" as const },
    ];
    const rows = [row("Current Account", "interimAvailable with credit limit", "-1.00")];
    expect(textLines(columns, rows, 40)[1]).toBe("Current Account  interimAvailab…   -1.00");
  });

  it("in a block, a column without a title is on the line of the one before", () => {
    const columns = [
      { title: line`Id` },
      { title: line`Amount`, align: "decimal" as const },
      { title: line`` },
    ];
    const lines = textLines(columns, [row("7e944232-bda9-40bc-b784", "-12.50", "EUR")], 30);
    expect(lines).toEqual(["Id", "  7e944232-bda9-40bc-b784", "Amount  -12.50 EUR"]);
  });

  it.each([
    ["日本語", 6],
    ["𠮷野家", 6],
    ["한국", 4],
    ["ｱ", 1],
    ["é", 1],
    ["👩‍👩‍👧‍👦", 2],
    ["❤️", 2],
    ["🇩🇪", 2],
    ["각", 2],
    ["ก็", 1],
  ])("%s takes as many columns as a terminal gives it", (text, columns) => {
    expect(textWidth(text)).toBe(columns);
  });
});

it("names that differ at their end are cut in the middle", () => {
  const columns = [{ title: line`Account`, flexible: true, keepsEnd: true }, { title: line`Left` }];
  const rows = ["Current Account, DKB", "Current Account, Revolut", "日本の口座, 東京銀行"].map((name) =>
    row(name, "4"),
  );
  expect(textLines(columns, rows, 18).slice(1)).toEqual([
    "Curren…, DKB  4",
    "Curren…volut  4",
    "日本の…銀行   4",
  ]);
});

describe("notes", () => {
  it("a note is wrapped between words, and a command in it stays whole", () => {
    const parts = [
      line`The bank gives no access to the data of two accounts: `,
      line`bankdata connect --renew x-y`,
    ];
    expect(wrapped(parts, 30, 2).map(textOf)).toEqual([
      "The bank gives no access to",
      "  the data of two accounts:",
      "  bankdata connect --renew x-y",
    ]);
    const quoted = line`bankdata disconnect 'my, old '\\''bank'`;
    expect(wrapped([line`In short: `, quoted], 20, 2).map(textOf)).toEqual(["In short:", `  ${quoted}`]);
    expect(wrapped([line`bankdata init, or try it`], 20, 2).map(textOf)).toEqual([
      "bankdata init, or",
      "  try it",
    ]);
    const styles = wrapped([styled("red", line`✗`), line` `, line`aa bb`], 4, 2);
    expect(styles).toEqual([[{ text: "✗", style: "red" }, " aa"], ["  bb"]]);
    expect(wrapped([line`whole  as it is`], Number.POSITIVE_INFINITY, 0).map(textOf)).toEqual([
      "whole  as it is",
    ]);
  });
});

/** The standard error of a narrow terminal, which keeps its lines. */
class Narrow extends Output {
  readonly printed: string[] = [];

  constructor() {
    super(process.stderr);
  }

  override get width(): number {
    return 40;
  }

  override line(...parts: readonly Part[]): void {
    this.printed.push(textOf(parts));
  }
}

it("a warning is wrapped between words, and the command in it stays whole", () => {
  const err = new Narrow();
  const terminal = { out: err, err, in: process.stdin, isQuiet: true };
  const command = line`bankdata connect --renew at-bnp_paribas_bnpafrpp`;
  alert(terminal, line`Your connection to BNP Paribas has ended. Renew it:`, command);
  expect(err.printed).toEqual(["! Your connection to BNP Paribas has", "  ended. Renew it:", `  ${command}`]);
});

describe("writing", () => {
  it("what a file takes only in part is written until it is whole, and again when it is busy", () => {
    let [text, calls] = ["", 0];
    writeWhole(1, "Zürich 日本", (_, bytes) => {
      calls += 1;
      if (calls === 2) throw Object.assign(new Error("busy"), { code: "EAGAIN" });
      text += Buffer.from(bytes.subarray(0, 3)).toString("latin1");
      return Math.min(3, bytes.length);
    });
    expect(Buffer.from(text, "latin1").toString()).toBe("Zürich 日本");
    const full = () => {
      throw Object.assign(new Error("no space"), { code: "ENOSPC" });
    };
    expect(() => writeWhole(1, "x", full)).toThrow("no space");
  });

  it("a list printed in pieces is the same JSON as at once", () => {
    const lists = [
      [],
      [1],
      [{ a: "x\ny", b: [] }, { c: { d: "\u202e" } }],
      new Array(9000).fill({ a: "text" }),
    ];
    for (const list of lists) expect([...jsonListPieces(list, 2)].join("")).toBe(jsonText(list, 2));
  });
});

const main = resolve(import.meta.dirname, "../../packages/cli/src/main.ts");

describe("the output of commands", () => {
  let sandbox: Sandbox;
  let person: Awaited<ReturnType<typeof personAt>>;
  const BANK = "DEUTSCHE_BANK_DEUTDEFF";

  beforeAll(async () => {
    sandbox = await startSandbox({ seed: 1 });
    await connected(sandbox, BANK);
    person = await personAt(sandbox);
  });
  afterAll(async () => {
    await person[Symbol.asyncDispose]();
    await sandbox.close();
  });

  it("in a pipe, a table is one line per row with whole cells between tabs, without titles", async () => {
    const { out } = await person.run("balances");
    const rows = out
      .trimEnd()
      .split("\n")
      .map((one) => one.split("\t"));
    const names = rows.map(([name]) => name);
    expect(rows).toHaveLength(4);
    for (const cells of rows) {
      expect(cells).toHaveLength(7);
      expect(cells[1]).toMatch(/^DE\d{20}$/);
      expect(cells[3]).toMatch(/^-?\d+\.\d\d$/);
      expect(cells[4]).toBe("EUR");
    }
    expect(names.every((name) => name !== "")).toBe(true);
    const banks = await person.run("banks", "DE");
    expect(banks.out).not.toContain("…");
    expect(
      new Set(
        banks.out
          .trimEnd()
          .split("\n")
          .map((one) => one.split("\t").length),
      ),
    ).toEqual(new Set([6]));
  });

  it("with --wide, a table has its titles and aligned columns, and nothing is cut", async () => {
    const { out } = await person.run("banks", "DE", "--wide");
    expect(out).toMatch(/^Name +Id +BIC +History +Access +Features\n/);
    expect(out).not.toMatch(/…|\t/);
  });

  /** Runs a command whose stdout or stderr is a device that is full. */
  async function onFullDevice(where: "out" | "err", ...args: string[]) {
    const full = openSync("/dev/full", "w");
    const child = spawn(process.execPath, ["--conditions=bankdata-source", main, ...args], {
      stdio: where === "out" ? ["ignore", full, "pipe"] : ["ignore", "pipe", full],
      cwd: person.home,
      env: person.env,
    });
    let text = "";
    for (const stream of [child.stdout, child.stderr]) onText(stream, (part) => (text += part));
    const [code] = await once(child, "close");
    return { code, text };
  }

  it.each([
    [["--help"]],
    [["--version"]],
    [["completion", "bash"]],
    [["banks", "DE"]],
    [["accounts"]],
    [["quota"]],
    [["cache", "list"]],
    [["connections", "--json"]],
    [["doctor"]],
  ])("%j on a full disk says so in one line and ends with 1", async (args) => {
    const { code, text } = await onFullDevice("out", ...args);
    expect(text).toMatch(/^.*The output could not be written: ENOSPC.*\n/m);
    expect(text).not.toMatch(/\n +at /);
    expect(text.match(/could not be written/g)).toHaveLength(1);
    expect(code).toBe(1);
  });

  it("what was paid for is kept although the output is lost", async () => {
    const { code, text } = await onFullDevice("out", "transactions", "--json");
    expect(code).toBe(1);
    expect(JSON.parse(text)).toMatchObject({ error: { name: "OutputError", next: null } });
    const again = await person.run("transactions", "--json");
    const items: { fromCache: boolean }[] = JSON.parse(again.out);
    expect(items.length).toBeGreaterThan(0);
    expect(items.every(({ fromCache }) => fromCache)).toBe(true);
  });

  it("a full stderr ends a command with 1, and its results are whole", async () => {
    const { code, text } = await onFullDevice("err", "balances");
    expect([code, text.trimEnd().split("\n").length]).toEqual([1, 4]);
  });

  it.each([
    [["balances", "nobody", "--json"], 2, "UsageError", "bankdata accounts"],
    [["balances", "--nonsense", "--json"], 2, "UsageError", "See bankdata balances --help"],
    [["connect", "--days", "x", "--jsonl"], 2, "UsageError", "See bankdata connect --help"],
    [["accounts", "--config", "/none", "--json"], 2, "ConfigurationError", null],
  ])("%j prints one object with the error on stderr and nothing else", async (args, code, name, next) => {
    const failed = await person.run(...args);
    expect([failed.code, failed.out]).toEqual([code, ""]);
    expect(JSON.parse(failed.err)).toMatchObject({ error: { name, message: expect.any(String), next } });
  });

  it("with --json, everything on stderr is one JSON object per line, also what --verbose adds", async () => {
    const { err } = await person.run("accounts", "--json", "--verbose");
    const lines = err
      .trimEnd()
      .split("\n")
      .map((one): unknown => JSON.parse(one));
    expect(lines.length).toBeGreaterThan(0);
    for (const one of lines) expect(one).toEqual({ note: expect.any(String) });
  });

  it("the calls left are one line, however many accounts there are", async () => {
    await person.run("balances", "--live");
    const { err } = await person.run("balances");
    expect(err).toMatch(/^As of just now\. Calls left today: \d of 4 for each of 2 accounts\.\n$/);
  });

  it("every member that a command prints is in the documentation", async () => {
    const pages = ["cli", "model"].map((name) =>
      readFileSync(resolve(import.meta.dirname, `../../docs/${name}.md`)),
    );
    const documented = new Set(pages.join("\n").match(/(?<=`)\w+(?=`)/g));
    await person.run("balances");
    const names = new Set<string>();
    for (const args of [
      ...[
        ["banks", "DE"],
        ["connections"],
        ["accounts"],
        ["details", "Current"],
        ["balances"],
        ["transactions"],
      ],
      ...[["quota"], ["cache", "list"], ["cache", "path"], ["doctor"], ["demo"]],
    ]) {
      const { out } = await person.run(...args, "--json");
      if (out === "") continue;
      for (const item of [JSON.parse(out)].flat()) for (const name of Object.keys(item)) names.add(name);
    }
    expect(names).toContain("connectionReference");
    expect([...names].filter((name) => !documented.has(name))).toEqual([]);
  });

  it("demo --json prints one document", async () => {
    const { out, err } = await person.run("demo", "--json");
    expect(err).toBe("");
    expect(JSON.parse(out)).toMatchObject({
      ...{ bankId: "N26_NTSBDEB1", bankName: "N26 Bank", calls: 6, callsAgain: 0 },
      accounts: [{ accountId: expect.any(String) }, { accountId: expect.any(String) }],
      ledger: expect.stringMatching(/\.beancount$/),
    });
  });
});

it("a note from outside stays printable", () => {
  expect(wrapped([printable("a\u001b[31m\tb")], 80, 0).map(textOf)).toEqual(["a [31m b"]);
});
