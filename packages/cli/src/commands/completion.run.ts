import type { Command } from "commander";

/** A word that can be completed, with what it means. */
interface Word {
  word: string;
  meaning: string;
}

/** The words that can follow each command; the empty name stands for `bankdata` itself. */
function wordsOf(program: Command): Map<string, Word[]> {
  const global = optionsOf(program);
  const words = new Map([["", [...commandsOf(program), ...global]]]);
  for (const command of program.commands) {
    const choices = command.registeredArguments.flatMap(({ argChoices, description }) =>
      (argChoices ?? []).map((word) => ({ word, meaning: description })),
    );
    words.set(command.name(), [...commandsOf(command), ...choices, ...optionsOf(command), ...global]);
  }
  return words;
}

const commandsOf = (command: Command): Word[] =>
  command.commands.map((one) => ({ word: one.name(), meaning: one.description() }));

const optionsOf = (command: Command): Word[] =>
  command.options.flatMap(({ long, description }) => (long ? [{ word: long, meaning: description }] : []));

/** The function that writes the script for each shell. */
const SCRIPTS = { bash, zsh, fish };

/** A shell that commands can be completed in. */
export type Shell = keyof typeof SCRIPTS;

/** A script that completes the commands and options of a program in a shell. */
export function completionScript(program: Command, shell: Shell): string {
  return SCRIPTS[shell](program.name(), wordsOf(program));
}

/** Options that take a file name. */
const FILE_OPTIONS = ["--config", "--env-file"];

function bash(name: string, words: Map<string, Word[]>): string {
  const cases = [...words].map(
    ([command, list]) =>
      `    ${command === "" ? '""' : command}) words="${list.map(({ word }) => word).join(" ")}" ;;`,
  );
  return `# ${name}: completion for bash. Put this into ~/.bashrc:  eval "$(${name} completion bash)"
_${name}() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} command="" word words=""
  case $previous in ${FILE_OPTIONS.join("|")}) COMPREPLY=($(compgen -f -- "$current")); return ;; esac
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $word in -*) ;; *) command=$word; break ;; esac
  done
  case $command in
${cases.join("\n")}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _${name} ${name}
`;
}

function zsh(name: string, words: Map<string, Word[]>): string {
  const described = ({ word, meaning }: Word) => `'${word}:${meaning.replaceAll("'", "'\\''")}'`;
  const cases = [...words].map(
    ([command, list]) =>
      `    ${command === "" ? "''" : command}) words_here=(${list.map(described).join(" ")}) ;;`,
  );
  return `#compdef ${name}
# ${name}: completion for zsh. Put this into ~/.zshrc after compinit:  eval "$(${name} completion zsh)"
_${name}() {
  local command='' word
  local -a words_here
  case \${words[CURRENT-1]} in (${FILE_OPTIONS.join("|")}) _files; return ;; esac
  for word in \${words[2,CURRENT-1]}; do
    [[ $word == -* ]] || { command=$word; break }
  done
  case $command in
${cases.join("\n")}
  esac
  _describe '${name}' words_here
}
compdef _${name} ${name}
`;
}

function fish(name: string, words: Map<string, Word[]>): string {
  const quoted = (text: string) => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
  const commands = [...words.keys()].filter((command) => command !== "").join(" ");
  const lines = [...words].flatMap(([command, list]) => {
    const when =
      command === ""
        ? `not __fish_seen_subcommand_from ${commands}`
        : `__fish_seen_subcommand_from ${command}`;
    return list.map(({ word, meaning }) => {
      const what = word.startsWith("--") ? `-l ${word.slice(2)}` : `-a ${quoted(word)}`;
      const files = FILE_OPTIONS.includes(word) ? " -r -F" : "";
      return `complete -c ${name} -n ${quoted(when)} ${what} -d ${quoted(meaning)}${files}`;
    });
  });
  return `# ${name}: completion for fish. Put this into ~/.config/fish/config.fish:  ${name} completion fish | source
complete -c ${name} -f
${lines.join("\n")}
`;
}
