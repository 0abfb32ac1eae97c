import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { resolveAccount } from "../../packages/cli/src/accounts/account-names.ts";
import { formatAge, formatDuration, formatMoment } from "../../packages/cli/src/ui/format.ts";
import { openBrowser } from "../../packages/cli/src/ui/open-browser.ts";
import { line } from "../../packages/cli/src/ui/printable.ts";
import { row, textWidth } from "../../packages/cli/src/ui/table.ts";
import { closest } from "../../packages/core/src/base/index.ts";
import { textLines } from "./text-lines.ts";

describe("naming an account", () => {
  const giro = {
    handle: "7e944232-bda9-40bc-b784-660c7ab5fe78",
    iban: "DE89370400440532013000",
    alias: "Giro",
  };
  const card = {
    handle: "7e944232-0000-40bc-b784-660c7ab5fe78",
    iban: "DE89370400440532013001",
    alias: "card",
  };
  const cash = { handle: "11111111-0000-40bc-b784-660c7ab5fe78", iban: null, alias: null };
  const blocked = { handle: null, iban: "DE89370400440532013999", alias: null };
  const all = [giro, card, cash, blocked];

  it.each([
    ["giro", giro],
    ["DE89 3704 0044 0532 0130 00", giro],
    ["de89370400440532013001", card],
    ["3001", card],
    ["7e944232-0", card],
    ["1111", cash],
    ["3999", blocked],
  ])("the name %s stands for one account", (name, account) => {
    expect(resolveAccount(name, all)).toEqual({ found: account });
  });

  it("a name may be ambiguous, a whole match comes before a part, and three characters are too few", () => {
    expect(resolveAccount("7e944232", all)).toEqual({ ambiguous: [giro, card] });
    const named = { handle: "22222222-0000", iban: null, alias: "3001" };
    expect(resolveAccount("3001", [...all, named])).toEqual({ found: named });
    expect(resolveAccount("001", all)).toMatchObject({ unknown: "001" });
    expect(resolveAccount(" ", all)).toMatchObject({ unknown: " " });
    expect(resolveAccount("gior", all)).toEqual({ unknown: "gior", didYouMean: "Giro" });
  });

  it("a whole handle always stands for its account", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.uuid(), { minLength: 1, maxLength: 5 }), (handles) => {
        const accounts = handles.map((handle) => ({ handle, iban: null, alias: null }));
        for (const account of accounts)
          expect(resolveAccount(account.handle, accounts)).toEqual({ found: account });
      }),
    );
  });
});

describe("opening a browser", () => {
  it("the program in BROWSER is started with the address, and nothing is started for other schemes", async () => {
    const folder = await mkdtemp(join(tmpdir(), "bankdata-browser-"));
    try {
      const program = join(folder, "browser");
      const told = join(folder, "told");
      await writeFile(program, `#!/bin/sh\nprintf '%s' "$1" > '${told}'\n`);
      await chmod(program, 0o755);
      const open = (url: string, env: Record<string, string>) => openBrowser(url, { platform: "linux", env });
      expect(await open("https://a.example/?b=c&d='e'", { BROWSER: program })).toBe(true);
      await expect.poll(() => readFile(told, "utf8").catch(() => "")).toBe("https://a.example/?b=c&d='e'");
      expect(await open("file:///etc/passwd", { BROWSER: program })).toBe(false);
      expect(await open("https://a.example/", { BROWSER: join(folder, "none") })).toBe(false);
      expect(await open("https://a.example/", {})).toBe(false);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe("words", () => {
  it("a length of time is shown in its largest whole unit", () => {
    const [minute, hour, day] = [60_000, 3_600_000, 86_400_000];
    expect([formatAge(0, 59_999), formatAge(0, minute), formatAge(0, hour - 1), formatAge(0, hour)]).toEqual([
      "just now",
      "1 minute ago",
      "59 minutes ago",
      "1 hour ago",
    ]);
    expect([formatDuration(47 * hour), formatDuration(2 * day)]).toEqual(["47 hours", "2 days"]);
    const now = new Date(2026, 10, 24, 9, 0).getTime();
    expect(formatMoment(now + 5 * hour, now)).toBe("at 14:00 (in 5 hours)");
    expect(formatMoment(now + day, now)).toBe("on 2026-11-25 at 09:00 (in 24 hours)");
  });

  it("the nearest word is suggested, and none if all are far", () => {
    expect(closest("acounts", ["accounts", "balances"])).toBe("accounts");
    expect(closest("xyz", ["accounts", "balances"])).toBeUndefined();
  });
});

describe("a table", () => {
  it("a string from outside cannot break a line of a table or steer the terminal", () => {
    expect(textLines([{ title: line`A` }], [row("x\u001b[31m\ny\u0007")], 80)).toEqual(["A", "x [31m y"]);
  });
});

describe("tables that fit no terminal", () => {
  it("a table that does not fit becomes blocks of lines in which no amount is cut", () => {
    const columns = [
      { title: line`Account`, flexible: true },
      { title: line`Amount`, align: "decimal" as const },
      { title: line`Id` },
    ];
    const id = "7e944232-bda9-40bc-b784-660c7ab5fe78";
    const long = row("A very long name of an account", "-12345678901234.50", id);
    expect(textLines(columns, [long, long], 40)).toEqual([
      "Account  A very long name of an account",
      "Amount   -12345678901234.50",
      "Id",
      `  ${id}`,
      "",
      "Account  A very long name of an account",
      "Amount   -12345678901234.50",
      "Id",
      `  ${id}`,
    ]);
    fc.assert(
      fc.property(fc.integer({ min: 20, max: 120 }), fc.string(), (width, name) => {
        const lines = textLines(columns, [row(name, "-1.50", "id")], width);
        expect(lines.some((line) => line.includes("-1.50"))).toBe(true);
        for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(width);
      }),
    );
  });
});
