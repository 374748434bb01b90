import { GLOBAL_OPTIONS } from '../about.js';
import type { CommandDefinition } from '../commands/define-command.js';
import { offerOf, parseFlags, type Offer, type OptionDefinition } from '../options/option.js';

/** The completion script of zsh, for a file `_wsdissect` in its `fpath`, or to be sourced. */
export function zshCompletion(commands: readonly CommandDefinition[]): string {
  const fallback = commands.find(({ isDefault }) => isDefault)!;
  const [, help] = GLOBAL_OPTIONS as [OptionDefinition, OptionDefinition];
  return `#compdef wsdissect
# zsh completion of wsdissect: wsdissect completion zsh

_wsdissect_commands() {
  local -a commands=(
${commands.map(({ name, description }) => `    ${quote(`${name}:${description}`)}`).join('\n')}
    'help:help on a command'
  )
  _describe -t commands command commands
}

_wsdissect_first() {
  _alternative 'commands:command:_wsdissect_commands' 'files:capture:_files'
}

_wsdissect() {
  local command=\${words[2]}
  if ((CURRENT > 2)); then
    case $command in
${commands.map((command) => `      ${command.name})\n${argumentsOf(command, [help])}\n        return ;;`).join('\n')}
      help)
        _wsdissect_commands
        return ;;
    esac
  fi
${argumentsOf(fallback, GLOBAL_OPTIONS, true)}
}

if [[ $funcstack[1] == _wsdissect ]]; then
  _wsdissect "$@"
else
  compdef _wsdissect wsdissect
fi
`;
}

function argumentsOf(command: CommandDefinition, more: readonly OptionDefinition[], isFirst = false): string {
  const { args, argsChoices, options } = command;
  const indent = isFirst ? '  ' : '        ';
  const takesFiles = /file|directory/.test(args);
  const action = argsChoices === undefined ? (takesFiles ? '_files' : '') : `(${argsChoices.join(' ')})`;
  const places = isFirst ? [quote('1: :_wsdissect_first'), quote('*:file:_files')] : [quote(`*:argument:${action}`)];
  // The name of the command is the first word that is no option: it is taken away, so that the rest stands alone.
  const shift = isFirst ? '' : `${indent}shift words\n${indent}((CURRENT--))\n`;
  const specs = [...[...options, ...more].flatMap(optionSpecs), ...places];
  return `${shift}${indent}_arguments -s -S \\\n${specs.map((spec) => `${indent}  ${spec}`).join(' \\\n')}`;
}

function optionSpecs(option: OptionDefinition): string[] {
  const { short, long, value, isOptional } = parseFlags(option.flags);
  const names = [short, long].filter((name) => name !== undefined);
  const exclusion = option.isRepeatable ? '*' : names.length > 1 ? `(${names.join(' ')})` : '';
  const text = `[${escapeText(option.description)}]`;
  return names.map((name) => {
    const isLong = name.startsWith('--');
    if (value === undefined) return quote(`${exclusion}${name}${text}`);
    // \`-\`: the value follows at once; \`=-\` and \`=\`: after an equals sign, or as the next word.
    const join = isOptional ? (isLong ? '=-' : '-') : isLong ? '=' : '+';
    const message = `${isOptional ? '::' : ':'}${escapeText(value)}:`;
    return quote(`${exclusion}${name}${join}${text}${message}${actionOf(offerOf(option))}`);
  });
}

function actionOf(offer: Offer): string {
  if (offer === undefined) return '';
  if (offer === 'file') return '_files';
  return offer === 'directory' ? '_files -/' : `(${offer.join(' ')})`;
}

function escapeText(text: string): string {
  return text.replace(/[\\[\]:]/g, String.raw`\$&`);
}

function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
