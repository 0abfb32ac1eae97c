import type { Argument, Command, Option } from "commander";
import type { GlobalOptions } from "../session/global-options.ts";
import { withParents } from "../ui/command-line.ts";
import { isPrintable, line, tabbed } from "../ui/printable.ts";
import type { Terminal } from "../ui/terminal.ts";

/** A word that can be completed, with what it means. */
interface Word {
  word: string;
  meaning: string;
}

/** The line that stands for names of files, which the shell knows best. */
const FILES: Word = { word: ":files", meaning: "" };

/** The words that a command line has so far, understood. */
interface Understood {
  command: Command;
  /** How many arguments the command has. */
  count: number;
  given: Map<Option, string | true>;
  /** The option whose value is completed. */
  open: Option | undefined;
  /** Whether `--` has ended the options. */
  ended: boolean;
}

/**
 * Prints what can stand for the last word of a command line, one per line, with its meaning after a tab. Sends no request,
 * and is silent about whatever fails, as the person is in the middle of a line.
 */
export async function complete(program: Command, { out }: Terminal, words: readonly string[]): Promise<void> {
  const [start, ...apart] = pieces(words);
  const current = apart.at(-1) ?? start ?? "";
  const before = apart.length === 0 ? [] : [start ?? "", ...apart.slice(0, -1)];
  const understood = understand(program, before);
  const last = words.at(-1) === "=" ? "" : (words.at(-1) ?? "");
  const candidates = await candidatesFor(understood, current).catch(() => []);
  for (const { word, meaning } of candidates) {
    if (word !== FILES.word && !word.toLowerCase().startsWith(current.toLowerCase())) continue;
    const whole = word === FILES.word ? word : replacing(last, current, word);
    // Nothing that a shell or a terminal could take for more than a word.
    if (isPrintable(whole)) out.line(tabbed(line`${whole}`, ...(meaning === "" ? [] : [line`${meaning}`])));
  }
}

/**
 * What the shell is to put in place of its last word, which may begin with `--flag=`, or may be, in bash, only what follows
 * the last `=`.
 */
function replacing(last: string, current: string, word: string): string {
  const more = last.length - current.length;
  return more >= 0 ? last.slice(0, more) + word : word.slice(-more);
}

/** Words with `--flag=value` as two and `name=value` as one, of each of which bash makes three. */
function pieces(words: readonly string[]): string[] {
  return joined(words)
    .filter((word, at) => word !== "=" || at === words.length - 1)
    .flatMap((word) => {
      if (word === "=") return [""];
      const [, flag, value = ""] = /^(--[\w-]+)=(.*)$/s.exec(word) ?? [];
      return flag === undefined ? [word] : [flag, value];
    });
}

/** Words with `name=value` as one again if a shell took that apart. The `=` after a flag stays a word of its own. */
function joined(words: readonly string[]): string[] {
  const found: string[] = [];
  for (const [at, word] of words.entries()) {
    const before = found.at(-1) ?? "-";
    // A flag after `=` is the next word: the value was left empty.
    const isSplit = word === "=" || (words[at - 1] === "=" && !word.startsWith("-"));
    if (isSplit && !before.startsWith("-") && before !== "=") found[found.length - 1] = before + word;
    else found.push(word);
  }
  return found;
}

function understand(program: Command, words: readonly string[]): Understood {
  const all: Understood = { command: program, count: 0, given: new Map(), open: undefined, ended: false };
  for (const word of words) {
    if (all.open !== undefined) {
      all.given.set(all.open, word);
      all.open = undefined;
    } else if (word === "--") all.ended = true;
    else if (word.startsWith("-") && !all.ended) {
      const option = optionsOf(all.command).find(({ long, short }) => word === long || word === short);
      if (option?.required) all.open = option;
      else if (option !== undefined) all.given.set(option, true);
    } else {
      const found = all.count === 0 ? all.command.commands.find((one) => one.name() === word) : undefined;
      if (found === undefined) all.count += 1;
      else all.command = found;
    }
  }
  return all;
}

async function candidatesFor(understood: Understood, current: string): Promise<Word[]> {
  const { command, count, given, open, ended } = understood;
  if (open !== undefined) {
    const [, name = ""] = /<(\w+)>/.exec(open.flags) ?? [];
    return name === "quirks"
      ? await quirksAfter(current)
      : await valuesOf(name, open.argChoices ?? [], given);
  }
  if (current.startsWith("-") && !ended) return flagsLeft(understood);
  const found = count === 0 ? commandsOf(command) : [];
  const argument = argumentAt(command, count);
  if (argument?.name() === "command") found.push(...commandsOf(command.parent ?? command));
  else if (argument !== undefined)
    found.push(...(await valuesOf(argument.name(), argument.argChoices ?? [], given)));
  return found.length > 0 || ended ? found : flagsLeft(understood);
}

/** The argument that a word stands for; any number of words may stand for accounts. */
function argumentAt({ registeredArguments }: Command, count: number): Argument | undefined {
  const last = registeredArguments.at(-1);
  const isRepeated = last?.variadic === true && last.name() === "account";
  return registeredArguments[count] ?? (isRepeated ? last : undefined);
}

function commandsOf(command: Command): Word[] {
  const visible = command.createHelp().visibleCommands(command);
  return visible.map((one) => ({ word: one.name(), meaning: one.description() }));
}

function optionsOf(command: Command): Option[] {
  return withParents(command).flatMap(({ options }) => options);
}

/** The flags that can still be given. */
function flagsLeft({ command, given }: Understood): Word[] {
  const isProgram = command.parent === null;
  return optionsOf(command).flatMap((option) => {
    const { hidden, long, description } = option;
    const isUseful = !hidden && !given.has(option) && (isProgram || long !== "--version");
    return isUseful && long ? [{ word: long, meaning: description }] : [];
  });
}

/** What can stand for an argument, or the value of an option, of this name. */
async function valuesOf(
  name: string,
  choices: readonly string[],
  given: ReadonlyMap<Option, string | true>,
): Promise<Word[]> {
  if (choices.length > 0) return choices.map((word) => ({ word, meaning: "" }));
  if (name === "file") return [FILES];
  if (name === "country") {
    const { countries } = await import("../connect/country.ts");
    return countries().map(({ code, name }) => ({ word: code, meaning: name }));
  }
  if (name !== "account" && name !== "reference") return [];
  const { knownNames } = await import("../accounts/known-names.ts");
  const { accounts, references } = await knownNames(globalOf(given));
  return name === "account" ? accounts : references;
}

/** A bank of the sandbox, or a quirk after it that is not in the list yet: `BANK=QUIRK,QUIRK`. */
async function quirksAfter(current: string): Promise<Word[]> {
  const { sandboxBanks, sandboxQuirks } = await import("bankdata-sandbox");
  const [, bank, before = ""] = /^([^=]+=)(.*,)?/s.exec(current) ?? [];
  if (bank === undefined) return sandboxBanks.map((id) => ({ word: `${id}=`, meaning: "" }));
  const given = before.split(",");
  const left = sandboxQuirks.filter((quirk) => !given.includes(quirk));
  return left.map((quirk) => ({ word: bank + before + quirk, meaning: "" }));
}

/** The global options among those given that say what is configured. */
function globalOf(given: ReadonlyMap<Option, string | true>): GlobalOptions {
  return Object.fromEntries([...given].map(([option, value]) => [option.attributeName(), value]));
}
