/** The function that writes the script for each shell. */
const SCRIPTS = { bash, zsh, fish };

/** A shell that commands can be completed in. */
export type Shell = keyof typeof SCRIPTS;

/** A script that completes a program's command lines in a shell. It asks the program's `complete` what can follow. */
export function completionScript(name: string, shell: Shell): string {
  return SCRIPTS[shell](name);
}

function bash(name: string): string {
  return `# ${name}: completion for bash. Put this into ~/.bashrc:  eval "$(${name} completion bash)"
_${name}() {
  local line file current=\${COMP_WORDS[COMP_CWORD]}
  local -a words=("\${COMP_WORDS[@]:1:COMP_CWORD}")
  words=("\${words[@]//\\\\/}")
  [[ $current == = ]] && current=""
  COMPREPLY=()
  while IFS= read -r line; do
    if [[ $line == :files ]]; then
      compopt -o filenames 2>/dev/null
      while IFS= read -r file; do COMPREPLY+=("$file"); done < <(compgen -f -- "$current")
    else
      COMPREPLY+=("$(printf %q "\${line%%$'\\t'*}")")
    fi
  done < <(${name} complete -- "\${words[@]}" 2>/dev/null)
  [[ \${COMPREPLY[0]} == *= ]] && compopt -o nospace 2>/dev/null
}
complete -F _${name} ${name}
`;
}

function zsh(name: string): string {
  return `#compdef ${name}
# ${name}: completion for zsh. Put this into ~/.zshrc after compinit:  eval "$(${name} completion zsh)"
_${name}() {
  local line
  local -a found after
  for line in "\${(@f)$(${name} complete -- "\${(@Q)words[2,CURRENT]}" 2>/dev/null)}"; do
    if [[ $line == :files ]]; then
      compset -P '*='
      _files
    elif [[ -n $line ]]; then
      found+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
    fi
  done
  [[ \${found[1]%%:*} == *= ]] && after=(-S '')
  (( $#found )) && _describe '${name}' found "\${after[@]}"
}
compdef _${name} ${name}
`;
}

function fish(name: string): string {
  return `# ${name}: completion for fish. Put this into ~/.config/fish/config.fish:  ${name} completion fish | source
function __${name}_complete
  set -l words (commandline -opc)
  set -l current (commandline -ct)
  for line in (${name} complete -- $words[2..] "$current" 2>/dev/null)
    if test "$line" = :files
      __fish_complete_path "$current"
    else
      echo $line
    end
  end
end
complete -c ${name} -f -a '(__${name}_complete)'
`;
}
