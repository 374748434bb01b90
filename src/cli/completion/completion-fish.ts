import { GLOBAL_OPTIONS } from '../about.js';
import type { CommandDefinition } from '../commands/define-command.js';
import { offerOf, parseFlags, type OptionDefinition } from '../options/option.js';

/** The completion script of fish. */
export function fishCompletion(commands: readonly CommandDefinition[]): string {
  const names = commands.map(({ name }) => name);
  const others = [...commands.filter(({ isDefault }) => !isDefault).map(({ name }) => name), 'help'];
  const lines = commands.flatMap(({ name, description }) => [
    `complete -c wsdissect -n __fish_use_subcommand -a ${name} -d ${quote(description)}`,
  ]);
  for (const { name, isDefault, args, argsChoices, options } of commands) {
    const condition = isDefault
      ? `not __fish_seen_subcommand_from ${others.join(' ')}`
      : `__fish_seen_subcommand_from ${name}`;
    const begin = `complete -c wsdissect -n ${quote(condition)}`;
    if (argsChoices !== undefined) lines.push(`${begin} -f -a ${quote(argsChoices.join(' '))}`);
    else if (!/file|directory/.test(args)) lines.push(`${begin} -f`);
    for (const option of options) lines.push(`${begin} ${optionWords(option)}`);
  }
  return `# fish completion of wsdissect: wsdissect completion fish
${lines.join('\n')}
complete -c wsdissect -n __fish_use_subcommand -a help -d 'help on a command'
complete -c wsdissect -n '__fish_seen_subcommand_from help' -f -a '${names.join(' ')}'
${GLOBAL_OPTIONS.map((option) => `complete -c wsdissect ${optionWords(option)}`).join('\n')}
`;
}

function optionWords(option: OptionDefinition): string {
  const { short, long, value, isOptional } = parseFlags(option.flags);
  const words = [...(short === undefined ? [] : ['-s', short.slice(1)]), '-l', long.slice(2)];
  if (value !== undefined && !isOptional) words.push(...valueWords(option));
  return [...words, '-d', quote(option.description)].join(' ');
}

function valueWords(option: OptionDefinition): string[] {
  const offer = offerOf(option);
  if (offer === undefined) return ['-x'];
  if (offer === 'file') return ['-r', '-F'];
  return ['-x', '-a', quote(offer === 'directory' ? '(__fish_complete_directories)' : offer.join(' '))];
}

function quote(text: string): string {
  return `'${text.replace(/[\\']/g, String.raw`\$&`)}'`;
}
