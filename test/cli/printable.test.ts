import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import fc from "fast-check";
import { describe, expect, expectTypeOf, it } from "vitest";
import type { CommandFailure } from "../../packages/cli/src/ui/failure.ts";
import { jsonText } from "../../packages/cli/src/ui/json-text.ts";
import { isPrintable, line, type Printable, printable } from "../../packages/cli/src/ui/printable.ts";
import type { withProgress } from "../../packages/cli/src/ui/progress.ts";
import type { chosen, confirmed } from "../../packages/cli/src/ui/prompts.ts";
import { command, shellQuoted } from "../../packages/cli/src/ui/shell-command.ts";
import { type Column, row } from "../../packages/cli/src/ui/table.ts";
import type { Output } from "../../packages/cli/src/ui/terminal.ts";
import { harmfulIn } from "./harmful.ts";
import { textLines } from "./text-lines.ts";

/** Texts in which the relevant characters are frequent. */
const anyText = fc
  .array(
    fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom("\u001b]0;PWNED\u0007", "\u001b[2J", "\u009b", "\r\n", "\b", "\u202e", "\u2066"),
      fc.constantFrom(
        "\u200b",
        "\u200d",
        "\ufe0f",
        "\ud83d",
        "\udc69",
        "\u{e0041}",
        "\u2028",
        "👩",
        "❤",
        "a",
      ),
      fc.constantFrom("'", '"', "`", "$(", "\\", ";", "-", "~", "=", "!", "*", " ", "é"),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(""));

describe("printable", () => {
  it("a printable text has no harmful or invisible character, and stays the same if it is made printable again", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const shown = printable(text);
        expect(harmfulIn(shown)).toEqual([]);
        expect(isPrintable(shown)).toBe(true);
        expect(printable(shown)).toBe(shown);
        expect(line`${text}`).toBe(shown);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ["A\u001b]0;PWNED\u0007B\u001b[2J\u202e", "A ]0;PWNED B [2J"],
    ["one\r\n→ bankdata two\u0085three\u2028four", "one → bankdata two three four"],
    ["a\u009b31mb\b\bc\u007f", "a 31mb c "],
    ["in\u00advi\u200bsi\u2060b\ufeffle\u{e0041}\u{e007f}", "invisible"],
    ["half \ud83d and \udc69, \uffff", "half \ufffd and \ufffd, \ufffd"],
    ["pay\u200dpal\u200c\ufe0f", "paypal"],
  ])("the text %j is shown as %j", (text, shown) => {
    expect(printable(text)).toBe(shown);
  });

  it.each([
    "Crédit Agricole",
    "a\u0301o\u0308",
    "日本銀行",
    "Ελλάδα",
    "בנק",
    "بنك",
    "👩‍👩‍👧‍👦",
    "👩🏽‍⚕️",
    "🏳️‍🌈",
    "1️⃣ ❤️",
    "€ – “x”",
  ])("letters, accents and emoji are not changed: %s", (text) => {
    expect(printable(text)).toBe(text);
  });

  it("a string is cut at 1,000 units, at a whole character", () => {
    expect(printable("x".repeat(1000))).toHaveLength(1000);
    expect(printable("x".repeat(1001))).toBe(`${"x".repeat(999)}…`);
    expect(printable(`${"x".repeat(998)}👩👩`)).toBe(`${"x".repeat(998)}…`);
  });

  it.each([["\u001b"], ["\u200d"], ["👩\u200d"], ["\u202ea"], ["\ud83d"]])(
    "a string of many %j is made printable in linear time",
    (sign) => {
      const time = (count: number) => {
        const text = sign.repeat(count);
        const startedAt = performance.now();
        printable(text, Number.POSITIVE_INFINITY);
        return performance.now() - startedAt;
      };
      time(100_000);
      const [short, long] = [time(50_000), time(500_000)];
      expect(long).toBeLessThan(60 * Math.max(short, 5));
    },
  );
});

describe("JSON", () => {
  // Without backslashes: once an object had a member named "\\", V8's JSON.parse reads "\\n" as that name in objects that
  // begin alike (https://github.com/nodejs/node/issues/63785).
  const anyName = anyText.map((text) => text.replaceAll("\\", "/"));

  it("JSON parses to the same value and has no character that is harmful on a terminal", () => {
    fc.assert(
      fc.property(
        anyText,
        fc.dictionary(anyName, fc.oneof(anyText, fc.double(), fc.constant(null))),
        (text, more) => {
          for (const indent of [undefined, 2]) {
            const json = jsonText([text, more], indent);
            expect(harmfulIn(json, "\n")).toEqual([]);
            expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify([text, more])));
          }
        },
      ),
      { numRuns: 1000 },
    );
    expect(jsonText("\u009b\u202e\u200b\u{e0041}é👩")).toBe('"\\u009b\\u202e\\u200b\\udb40\\udc41é👩"');
  });
});

describe("a command to be copied", () => {
  it("a value in a command is quoted if a shell would change it or take it for an option", () => {
    const renewed = (reference: string) => command`bankdata connect --renew ${reference}`;
    expect(renewed("at-dkb_2026.1")).toBe("bankdata connect --renew at-dkb_2026.1");
    expect(renewed("a; rm -rf ~")).toBe("bankdata connect --renew 'a; rm -rf ~'");
    expect(renewed("`id`$(id)'")).toBe("bankdata connect --renew '`id`$(id)'\\'''");
    expect(renewed("a\nrm -rf ~\u001b[2J")).toBe("bankdata connect --renew 'a rm -rf ~ [2J'");
    expect(renewed("--json")).toBe("bankdata connect --renew=--json");
    expect(renewed("\u200b- x")).toBe("bankdata connect --renew='- x'");
    expect(renewed("")).toBe("bankdata connect --renew ''");
    expect(command`chmod 600 ${"-R x"}`).toBe("chmod 600 -- '-R x'");
    expect(command`bankdata disconnect ${"=ls"}`).toBe("bankdata disconnect '=ls'");
  });

  it("a real shell reads every quoted value as one unchanged word", () => {
    const texts = fc.sample(anyText, 400);
    const script = `printf '%s\\0' ${texts.map(shellQuoted).join(" ")}`;
    const words = execFileSync("sh", ["-c", script], { encoding: "utf8" }).split("\0").slice(0, -1);
    expect(words).toEqual(texts.map((text) => printable(text)));
  });
});

describe("what prints", () => {
  it("the types of what prints accept only printable texts", () => {
    expectTypeOf<string>().not.toExtend<Printable>();
    expectTypeOf<Printable>().toExtend<string>();
    expectTypeOf<Parameters<Output["line"]>[number]>().not.toEqualTypeOf<string>();
    expectTypeOf<string>().not.toExtend<Parameters<Output["line"]>[number]>();
    expectTypeOf<string>().not.toExtend<Column["title"]>();
    expectTypeOf<string>().not.toExtend<ReturnType<typeof row>[number]["text"]>();
    expectTypeOf<string>().not.toExtend<ConstructorParameters<typeof CommandFailure>[0]>();
    expectTypeOf<string>().not.toExtend<ConstructorParameters<typeof CommandFailure>[2]>();
    expectTypeOf<string>().not.toExtend<Parameters<typeof withProgress>[1]>();
    expectTypeOf<string>().not.toExtend<Parameters<typeof confirmed>[1]>();
    expectTypeOf<string>().not.toExtend<Parameters<typeof chosen>[2][number]["label"]>();
  });

  it("only Output writes to a stream, and only prompts use its stream", () => {
    const folder = resolve(import.meta.dirname, "../../packages/cli/src");
    const holding = (wanted: RegExp) =>
      readdirSync(folder, { recursive: true, encoding: "utf8" })
        .filter((file) => file.endsWith(".ts"))
        .filter((file) => wanted.test(readFileSync(join(folder, file), "utf8")))
        .sort();
    expect(holding(/\.write\(|console\.|writeSync\(\s*[12]\b/)).toEqual(["ui/terminal.ts"]);
    expect(holding(/\.stream\b/)).toEqual(["ui/prompts.ts", "ui/terminal.ts"]);
    expect(holding(/process\.std(out|err)/)).toEqual(["main.ts"]);
    expect(holding(/\bas Printable\b/)).toEqual([]);
  });
});

describe("tables of very many rows", () => {
  it("a table of very many rows is laid out like any other", () => {
    const columns = [
      { title: line`What`, flexible: true },
      { title: line`Amount`, align: "decimal" as const },
    ];
    const lines = textLines(columns, new Array(130_000).fill(row("a\nb", "-1.5")), 80);
    expect(lines).toHaveLength(130_001);
    expect(new Set(lines)).toEqual(new Set(["What  Amount", "a b     -1.5"]));
    expect(textLines(columns, new Array(130_000).fill(row("a", "-1.5")), 8)).toHaveLength(130_000 * 5 - 1);
  }, 60_000);
});
