import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  mostInformative,
  readableName,
  readableText,
  wholeText,
} from "../../../packages/core/src/bank/index.ts";
import { growth } from "../../support/growth.ts";

/** What banks put into texts: spaces, control characters, entities, escapes, and halves of characters. */
const bankText = fc
  .array(
    fc.constantFrom(
      ...["Caf", "é", "ß", "€", "😀", "A&B", "&", "\\", ";", "#", "1 234", " ", "\t", "\r\n", "\u00a0"],
      ...["\0", "\u001f", "\u0085", "\u2028", "\ud83d", "\ude00", "&amp;", "&lt;", "&nbsp;", "&#39;", "&#0;"],
      ...["&#xE9;", "&#xD800;", "&#1114112;", "&bogus;", "\\U00E9", "\\u00e9", "\\U0001F600", "\\Ud83d"],
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(""));

describe("a readable text", () => {
  it.each([
    ["Caf\\U00E9 &amp; Bar", "Café & Bar"],
    ["M&uuml;ller &#38; S&ouml;hne", "Müller & Söhne"],
    ["&#x20AC; 5 &euro; 6", "€ 5 € 6"],
    ["stra\\u00dfe", "straße"],
    ["\\U0001F600", "😀"],
    ["\\U000000e4", "ä"],
    ["&Scaron;koda &ndash; &bdquo;Praha&ldquo;", "Škoda – „Praha“"],
    ["Tom &apos;n&quot; Jerry &lt;3&gt;", "Tom 'n\" Jerry <3>"],
    ["caf&eacute;&nbsp;&nbsp;noir", "café noir"],
    ["&yuml;&Agrave;&nbsp;", "ÿÀ"],
  ])("readableText decodes %s", (sent, readable) => {
    expect(readableText(sent)).toBe(readable);
  });

  it("readableText decodes four digits if eight are not a character, as letters that look like digits may follow", () => {
    expect(readableText("B\\U00E4deabad")).toBe("Bädeabad");
    expect(readableText("Gr\\U00FCBE50")).toBe("GrüBE50");
    expect(readableText("\\U0010FFFF!")).toBe("\u{10ffff}!");
    expect(readableText("\\U00110000")).toBe("0000");
  });

  it("readableText decodes once, so that a text about entities keeps its meaning", () => {
    expect(readableText("&amp;amp;")).toBe("&amp;");
    expect(readableText("&amp;#39;")).toBe("&#39;");
    expect(readableText("\\\\u00e4")).toBe("\\ä");
  });

  it("readableText keeps what is not an entity or an escape", () => {
    for (const text of [
      "A&B",
      "R&D;",
      "&bogus;",
      "&#0;",
      "&#1114112;",
      "\\U00000000",
      "C:\\temp",
      "&;",
      "&#;",
    ])
      expect(readableText(text)).toBe(text);
  });

  it("readableText replaces each run of spaces, line breaks and control characters by one space, and trims the ends", () => {
    expect(readableText("\u00a0 A\t\tB\r\nC\0\u001f\u0085D\u2028E\ufeff ")).toBe("A B C D E");
    expect(readableText("A&nbsp;&#13;&#10;B")).toBe("A B");
  });

  it("readableText is null for a blank text", () => {
    for (const text of ["", " ", "\n\t", "\0", "&nbsp;", "&#32;", null, undefined])
      expect(readableText(text)).toBeNull();
  });

  it("readableText is null for a text of direction marks alone, and keeps them in other texts", () => {
    for (const text of ["\u200e", "\u200f \u202a\u202c", "\u2066\u2069", "&#8206;", "\\u200e"])
      expect(readableText(text), JSON.stringify(text)).toBeNull();
    expect(readableText("\u200fשלום")).toBe("\u200fשלום");
  });

  it("readableText replaces lone surrogates, even escaped ones", () => {
    for (const text of ["a\ud83db", "a&#xD83D;b", "a\\ud83db", "&amp; a\ude00"])
      expect(readableText(text)?.isWellFormed()).toBe(true);
    expect(readableText("a\ud83db")).toBe("a\ufffdb");
    expect(readableText("\\ud83d\\ude00 &#xD83D;&#xDE00; 😀")).toBe("😀 😀 😀");
  });

  it("readableText is well-formed, on one line and trimmed, regardless of what a bank sends", () => {
    fc.assert(
      fc.property(fc.oneof(bankText, fc.string({ unit: "binary" })), (sent) => {
        const readable = readableText(sent);
        if (readable === null) return;
        expect(readable).toBe(readable.trim());
        expect(readable).not.toBe("");
        expect(readable).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]|\s\s/u);
        expect(readable.isWellFormed()).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it("readableText changes its own result no further if it has no entities and escapes", () => {
    fc.assert(
      fc.property(bankText, (sent) => {
        const plain = sent.replaceAll(/[&\\]/g, "");
        const readable = readableText(plain);
        expect(readableText(readable)).toBe(readable);
      }),
      { numRuns: 500 },
    );
  });

  it("readableText restores a text from its escaped copy", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 1 }), (text) => {
        const readable = readableText(text.replaceAll(/[&\\]/g, ""));
        if (readable === null) return;
        const points = [...readable].map((character) => character.codePointAt(0) ?? 0);
        expect(readableText(points.map((point) => `&#${point};`).join(""))).toBe(readable);
        expect(readableText(points.map((point) => `&#x${point.toString(16)};`).join(""))).toBe(readable);
        const long = points.map((point) => `\\U${point.toString(16).padStart(8, "0")}`).join("");
        expect(readableText(long)).toBe(readable);
      }),
    );
  });

  it.each(["&", "\\", "&a", "&#1", "\\U0", " ", "\0", "&#xD800;", "\ud800", "&amp"])(
    "readableText takes time in proportion to a megabyte of %j",
    (piece) => {
      const text = piece.repeat(1_000_000 / piece.length);
      expect(growth(readableText, text)).toBeLessThan(3);
    },
  );
});

describe("wholeText", () => {
  it("wholeText is the longer one of two forms, as some banks truncate either", () => {
    const whole = "Rent for November, house 12, second floor";
    expect(wholeText(whole.slice(0, 20), [whole])).toBe(whole);
    expect(wholeText(whole, [whole.slice(0, 20)])).toBe(whole);
    expect(wholeText(null, ["Rent for", "November"])).toBe("Rent for November");
    expect(wholeText("Rent", [])).toBe("Rent");
    expect(wholeText("🎂", ["Birthday"])).toBe("🎂 Birthday");
    expect(wholeText("Birthday", ["🎂 from Mum"])).toBe("Birthday 🎂 from Mum");
    expect(wholeText("Birthday 🎂", ["Birthday"])).toBe("Birthday 🎂");
    expect(wholeText("Rent", ["-"])).toBe("Rent");
  });

  it("wholeText compares decoded texts, so that undecoded entities do not count", () => {
    expect(wholeText("A &amp;&nbsp;B", ["A & B C"])).toBe("A & B C");
    expect(wholeText("    A    ", ["A B"])).toBe("A B");
  });

  it("wholeText is the single text if both are equally long", () => {
    expect(wholeText("A&amp;B", ["A B"])).toBe("A&B");
  });

  it("wholeText is the single text if the lines say the same, as lines may be cut within words", () => {
    expect(wholeText("Rent for November", ["Rent for Nov", "ember"])).toBe("Rent for November");
    expect(wholeText("Rent for November", ["Rent for Nov", "ember 2026"])).toBe("Rent for Nov ember 2026");
    expect(wholeText("Rent", ["\u200e", "R e", "nt", "\u200f"])).toBe("Rent");
  });

  it("wholeText is null if both are blank or absent", () => {
    for (const single of [null, undefined, "", " ", "&nbsp;", "\u200e"])
      for (const lines of [null, undefined, [], [""], [" ", "\n"], ["\u200f", "\u202c"]])
        expect(wholeText(single, lines)).toBeNull();
  });
});

describe("the lines of a text", () => {
  const LONG = "SEPA-UEBERWEISUNG AN DIE HAUSVERWALTUNG MUSTERSTRASSE FUER DIE MIETE IM NOVEMBER 2026";

  it.each([27, 35])("wholeText joins lines that were cut within words after %i characters", (length) => {
    const lines = LONG.match(new RegExp(`.{1,${length}}`, "g")) ?? [];
    expect(wholeText(null, lines)).toBe(LONG);
    expect(wholeText(null, [...lines, "", "  "])).toBe(LONG);
    // Some banks trim each line: only where one begins with a space nothing tells that there was one.
    expect(
      wholeText(
        null,
        lines.map((line) => line.trimEnd()),
      ),
    ).toBe(LONG);
  });

  it("wholeText joins other lines by a space, and leaves repeated ones out", () => {
    expect(wholeText(null, ["CB****2222", "Food Restaurant"])).toBe("CB****2222 Food Restaurant");
    expect(wholeText(null, ["Rent", "Rent", "November"])).toBe("Rent November");
    expect(wholeText("Rent", ["Rent"])).toBe("Rent");
  });

  it("wholeText has all of both if neither text contains the other", () => {
    expect(wholeText("Invoice 4711", ["Customer 12"])).toBe("Invoice 4711 Customer 12");
    expect(wholeText("Rent", ["Current account"])).toBe("Rent Current account");
    expect(wholeText("Invoice 47...", ["Invoice 4711", "Customer 12"])).toBe("Invoice 4711 Customer 12");
    expect(wholeText("Customer 12 Invoice 4711", ["Invoice 4711", "Customer 12"])).toBe(
      "Customer 12 Invoice 4711",
    );
  });

  it("the most informative text is the first, or one that contains it", () => {
    expect(mostInformative(["REWE SAGT DAN", null, "Rewe sagt danke 4711"])).toBe("Rewe sagt danke 4711");
    expect(mostInformative(["Coffee", "Card payment coffee 11:30"])).toBe("Card payment coffee 11:30");
    expect(mostInformative(["Rent", "Current account", null])).toBe("Rent");
    expect(mostInformative([null, "RF18", "Fee"])).toBe("RF18");
    expect(mostInformative([null, null])).toBe("");
  });
});

describe("a readable name", () => {
  it("a placeholder is no name", () => {
    for (const name of ["-", " -- ", "***", "NOTPROVIDED", "Not provided", "n/a", "\u200b", "&nbsp;", ""])
      expect(readableName(name), name).toBeNull();
    for (const name of ["N. A.", "Nota", "C&A", "🍕", "李", "3", "Not provided by us"])
      expect(readableName(name), name).toBe(name);
  });

  it("a reference to a control character means what browsers show for it", () => {
    expect(readableText("O&#146;Dell &#x80; 5")).toBe("O’Dell € 5");
    expect(readableText("a\\u0092b")).toBe("a b");
  });
});
