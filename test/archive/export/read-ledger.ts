import Big from "big.js";
import { expect } from "vitest";

const DATE = String.raw`(?:19|20)\d\d-\d\d-\d\d`;
const NAME = String.raw`(?:Assets|Equity|Income|Expenses)(?::[\p{Lu}\p{Nd}][\p{L}\p{Nd}\-]*)+`;
const SUM = String.raw`-?\d+(?:\.\d+)? [A-Z][A-Z0-9'._\-]*[A-Z0-9]`;
const TEXT = String.raw`"((?:[^"\\\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u202a-\u202e\u2066-\u2069]|\\["\\])*)"`;
const ID_KEYS = "transaction-id|internal-id|entry-reference|ultimate-creditor|ultimate-debtor";
const FORMS = {
  title: /^option "title" "Bank accounts"$/u,
  currency: /^option "operating_currency" "[A-Z][A-Z0-9'._-]*[A-Z0-9]"$/u,
  open: new RegExp(`^(${DATE}) open (${NAME})$`, "u"),
  entry: new RegExp(`^(${DATE}) \\* ${TEXT} ${TEXT}$`, "u"),
  metadata: new RegExp(`^ {2}(?:${ID_KEYS}|structured-remittance|additional-information): ${TEXT}$`, "u"),
  posting: new RegExp(`^ {2}(${NAME}) {2}(${SUM})$`, "u"),
  balance: new RegExp(`^(${DATE}) balance (${NAME}) {2}(${SUM})$`, "u"),
  blank: /^$/u,
};

/** A line by its form, with its parts: days, names, texts, sums. */
interface Line {
  form: string;
  parts: string[];
}

/** Reads a ledger line by line, as strictly as this project writes it. */
function linesOf(text: string): Line[] {
  return text.split("\n").map((line) => {
    const found = Object.entries(FORMS).find(([, form]) => form.test(line));
    if (found === undefined) throw new Error(`not a line of a ledger: ${JSON.stringify(line)}`);
    const [form, pattern] = found;
    return { form, parts: pattern.exec(line)?.slice(1) ?? [] };
  });
}

/** The parts of all lines of one form. */
export const of = (lines: readonly Line[], form: string) =>
  lines.filter((line) => line.form === form).map(({ parts }) => parts);
const sumOf = (text = ""): [Big, string] => {
  const [amount = "", currency = ""] = text.split(" ");
  return [new Big(amount), currency];
};

/** Reads a ledger and checks what bean-check checks: accounts open once and in time, entries balance, balances hold. */
export function checked(text: string): Line[] {
  const lines = linesOf(text);
  const opened = new Map(of(lines, "open").map(([day = "", name = ""]) => [name, day]));
  expect(opened.size).toBe(of(lines, "open").length);
  const postings: { day: string; name: string; amount: Big; currency: string }[] = [];
  let day = "";
  for (const { form, parts } of lines) {
    if (form === "entry") day = parts[0] ?? "";
    if (form !== "posting") continue;
    const [name = "", sum] = parts;
    const [amount, currency] = sumOf(sum);
    postings.push({ day, name, amount, currency });
    expect((opened.get(name) ?? "9999") <= day).toBe(true);
  }
  for (let at = 0; at < postings.length; at += 2) {
    const [first, second] = postings.slice(at, at + 2);
    expect(first?.currency).toBe(second?.currency);
    expect(second?.amount.plus(first?.amount ?? 1).toFixed()).toBe("0");
  }
  for (const [asserted = "", name = "", sum] of of(lines, "balance")) {
    const [amount, currency] = sumOf(sum);
    const held = postings
      .filter((one) => one.day < asserted && one.currency === currency)
      .filter((one) => one.name === name || one.name.startsWith(`${name}:`))
      .reduce((total, one) => total.plus(one.amount), new Big(0));
    expect(held.toFixed()).toBe(amount.toFixed());
    expect((opened.get(name) ?? "9999") <= asserted).toBe(true);
  }
  return lines;
}
