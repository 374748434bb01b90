import { DESCRIPTION, ENVIRONMENT } from '../src/cli/about.js';
import { COMMANDS } from '../src/cli/commands/commands.js';
import { EXIT_CODES } from '../src/cli/exit-code.js';
import { parseCommandLine } from '../src/cli/program.js';
import { NOTES } from './cli-notes.js';

/** docs/cli.md: the help of every command, and what is to be known beyond it. */
export function cliPage(): string {
  const parts = [
    '<!-- Written by scripts/docs.ts from src/cli/commands/commands.ts: npm run docs. -->',
    '# The command',
    DESCRIPTION,
    'This page is also there as `man wsdissect`, and for each command as `wsdissect help COMMAND`.',
    block(helpOf()),
    ...COMMANDS.flatMap(({ name }) => [`## wsdissect ${name}`, block(helpOf(name))]),
    ...NOTES.flatMap(([title, ...paragraphs]) => [`## ${title}`, ...paragraphs.map(escape)]),
    '## Exit codes',
    table(['code', 'meaning'], EXIT_CODES),
    '## Environment',
    table(
      ['variable', 'meaning'],
      ENVIRONMENT.map(([names, meaning]) => [names.replace(/\w+/g, '`$&`'), meaning]),
    ),
  ];
  return `${parts.join('\n\n')}\n`;
}

function helpOf(command?: string): string {
  let help = '';
  const out = (text: string): void => {
    help += text;
  };
  parseCommandLine(command === undefined ? ['--help'] : ['help', command], { out, error: out });
  return help.trimEnd();
}

function block(text: string): string {
  return `\`\`\`text\n${text}\n\`\`\``;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [head, head.map(() => '---'), ...rows].map(line).join('\n');
}

function escape(text: string): string {
  return text.replace(/[*_`<[]/g, String.raw`\$&`);
}
