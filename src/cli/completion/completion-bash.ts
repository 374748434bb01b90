import { GLOBAL_OPTIONS } from '../about.js';
import type { CommandDefinition } from '../commands/define-command.js';
import { offerOf, parseFlags, type Offer, type OptionDefinition } from '../options/option.js';

/** The completion script of bash. It works without the package bash-completion. */
export function bashCompletion(commands: readonly CommandDefinition[]): string {
  const names = commands.map(({ name }) => name);
  const fallback = commands.find(({ isDefault }) => isDefault)!;
  return `# bash completion of wsdissect: wsdissect completion bash
_wsdissect() {
  local current=\${COMP_WORDS[COMP_CWORD]} option=\${COMP_WORDS[COMP_CWORD - 1]} command=''
  local options='' values='' kind='' line IFS=$' \\t\\n'
  COMPREPLY=()

  # Readline takes an equals sign for a word of its own.
  if [[ $current == = ]]; then
    current=''
  elif [[ $option == = ]]; then
    option=\${COMP_WORDS[COMP_CWORD - 2]}
  fi

  ((COMP_CWORD > 1)) && command=\${COMP_WORDS[1]}
  case $command in
${commands.map((command) => commandCase(command)).join('\n')}
    help) values='${names.join(' ')}' ;;
    *)
      command=${fallback.name}
      ${setOptions([...GLOBAL_OPTIONS, ...fallback.options])}
      kind=file
      ((COMP_CWORD == 1)) && values='${names.join(' ')} help'
      ;;
  esac

  case "$command $option" in
${commands.flatMap(valueCases).join('\n')}
  esac

  if [[ $current == -* ]]; then
    COMPREPLY=($(compgen -W "$options" -- "$current"))
    return
  fi
  [[ -n $values ]] && COMPREPLY=($(compgen -W "$values" -- "$current"))
  if [[ -n $kind ]]; then
    compopt -o filenames 2> /dev/null
    while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -A "$kind" -- "$current")
  fi
}
complete -F _wsdissect wsdissect
`;
}

function commandCase({ name, args, argsChoices, options }: CommandDefinition): string {
  const kind = /file|directory/.test(args) ? ' kind=file' : '';
  const values = argsChoices === undefined ? '' : ` values='${argsChoices.join(' ')}'`;
  return `    ${name})${kind}${values} ${setOptions([...options, GLOBAL_OPTIONS[1]!])} ;;`;
}

function setOptions(options: readonly OptionDefinition[]): string {
  const names = options.flatMap(({ flags }) => {
    const { short, long } = parseFlags(flags);
    return short === undefined ? [long] : [short, long];
  });
  return `options='${names.join(' ')}'`;
}

/** What stands after an option that takes a value. */
function valueCases({ name, options }: CommandDefinition): string[] {
  return options.flatMap((option) => {
    const { short, long, value, isOptional } = parseFlags(option.flags);
    // A value that may be left out follows an equals sign, so the next word is not one.
    if (value === undefined || isOptional) return [];
    const names = [short, long].filter((flag) => flag !== undefined).map((flag) => `'${name} ${flag}'`);
    return [`    ${names.join(' | ')}) options='' ${setOffer(offerOf(option))} ;;`];
  });
}

function setOffer(offer: Offer): string {
  if (offer === undefined) return `values='' kind=''`;
  return typeof offer === 'string' ? `values='' kind=${offer}` : `values='${offer.join(' ')}' kind=''`;
}
