import { autocomplete, confirm, password, select, text } from "@clack/prompts";
import { containsText } from "bankdata-core/bank";
import { EXIT } from "./exit.ts";
import { CommandFailure } from "./failure.ts";
import { line, type Printable } from "./printable.ts";
import type { Terminal } from "./terminal.ts";

/** Prompts are drawn on stderr, so that piped output stays clean. */
function streams({ in: input, err }: Terminal) {
  return { input, output: err.stream };
}

/** @throws CommandFailure if the person cancelled */
function answered<T>(answer: T): Exclude<T, symbol> {
  if (isAnswer(answer)) return answer;
  throw new CommandFailure(line`Stopped. Nothing was changed.`, EXIT.failed);
}

/** A prompt that the person cancels returns a symbol. */
function isAnswer<T>(answer: T): answer is Exclude<T, symbol> {
  return typeof answer !== "symbol";
}

/** Lets a person find one of many as they type a part of its `text`, regardless of case and accents. */
export async function searched<Value>(
  terminal: Terminal,
  { message, placeholder }: { message: Printable; placeholder: Printable },
  choices: readonly { value: Value; label: Printable; hint: Printable; text: string }[],
): Promise<Value> {
  const options = choices.map(({ label, hint }, value) => ({ value, label, hint }));
  const filter = (typed: string, option: { value: number }) =>
    containsText([choices[option.value]?.text], typed);
  const place = answered(
    await autocomplete({ ...streams(terminal), message, placeholder, maxItems: 8, options, filter }),
  );
  const choice = choices[place];
  if (choice === undefined) throw new TypeError("a prompt returned what was not offered");
  return choice.value;
}

/** Asks for yes or no. @param preselected the answer that Enter gives */
export async function confirmed(
  terminal: Terminal,
  message: Printable,
  { preselected = true }: { preselected?: boolean } = {},
): Promise<boolean> {
  return answered(await confirm({ ...streams(terminal), message, initialValue: preselected }));
}

/** Asks for a string. */
export async function asked(terminal: Terminal, message: Printable): Promise<string> {
  return answered(await text({ ...streams(terminal), message, validate: notEmpty }));
}

/** Asks for a secret: what is typed is shown as dots. */
export async function askedInSecret(terminal: Terminal, message: Printable): Promise<string> {
  return answered(await password({ ...streams(terminal), message, validate: notEmpty }));
}

/** Something that can be chosen. */
interface Choice<Value extends string> {
  value: Value;
  label: Printable;
  hint?: Printable;
}

/** Lets a person choose one of a few. */
export async function chosen<Value extends string>(
  terminal: Terminal,
  message: Printable,
  choices: readonly Choice<Value>[],
): Promise<Value> {
  return answered((await chosenOrNone(terminal, message, choices)) ?? CANCELLED);
}

/** Stands for the symbol that a prompt returns if it is cancelled. */
const CANCELLED = Symbol("cancelled");

/** Lets a person choose one of a few; undefined if they cancel, with Esc or Ctrl-C. */
export async function chosenOrNone<Value extends string>(
  terminal: Terminal,
  message: Printable,
  choices: readonly Choice<Value>[],
): Promise<Value | undefined> {
  const options = choices.map(({ value, label, hint }) => ({
    value: String(value),
    label,
    ...(hint === undefined ? {} : { hint }),
  }));
  const value = await select({ ...streams(terminal), message, options });
  if (!isAnswer(value)) return undefined;
  const choice = choices.find((one) => one.value === value);
  if (choice === undefined) throw new TypeError("a prompt returned what was not offered");
  return choice.value;
}

function notEmpty(value: string | undefined): string | undefined {
  return value === undefined || value.trim() === "" ? "It must not be empty." : undefined;
}
