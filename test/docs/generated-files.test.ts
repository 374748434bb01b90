import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { generatedFiles } from '../../scripts/generated-files.js';
import { ENVIRONMENT } from '../../src/cli/about.js';
import { COMMANDS } from '../../src/cli/commands/commands.js';
import { EXIT_CODES } from '../../src/cli/exit-code.js';
import { parseFlags } from '../../src/cli/options/option.js';
import { RULES } from '../../src/common/finding-codes.js';

const ROOT = join(import.meta.dirname, '..', '..');
const files = await generatedFiles();

// That they are as npm run docs writes them is what npm run docs -- --check says.
describe('generated files', () => {
  it('name every command, option, example, exit code and variable', () => {
    const page = files['docs/cli.md']!;
    const man = files['man/wsdissect.1']!.replaceAll('\\-', '-');
    for (const { name, options } of COMMANDS) {
      expect(page).toContain(`## wsdissect ${name}\n`);
      expect(man).toContain(`\n.B ${name}\n`);
      for (const { flags } of options) {
        expect(page).toContain(flags);
        expect(man).toContain(`\\fB${parseFlags(flags).long}\\fR`);
      }
    }
    for (const [text] of [...EXIT_CODES, ...ENVIRONMENT]) expect(man).toContain(`.B ${text}\n`);
  });

  it('have every error code and no other', () => {
    const source = readFileSync(join(ROOT, 'src/common/error.ts'), 'utf8');
    const union = /export type ErrorCode =([^;]+);/.exec(source)![1]!;
    const codes = [...union.matchAll(/'([\w-]+)'/g)].map(([, code]) => code);
    const listed = [...files['docs/errors.md']!.matchAll(/^\| `([\w-]+)`/gm)].map(([, code]) => code);
    expect(listed.sort()).toEqual(codes.sort());
  });

  it('have a man page in which no line begins with a macro that does not exist', () => {
    const macros = new Set(['.\\"', '.TH', '.SH', '.SS', '.TP', '.PP', '.B', '.BR', '.br', '.EX', '.EE']);
    const requests = files['man/wsdissect.1']!.split('\n').filter((line) => /^[.']/.test(line));
    expect(requests.filter((line) => !macros.has(line.split(' ')[0]!))).toEqual([]);
  });

  it.each(Object.keys(files).filter((name) => /^schema\/|json\.md$/.test(name)))(
    'have %s as the table of record fields says it',
    (name) => {
      expect(readFileSync(join(ROOT, name), 'utf8')).toBe(files[name]);
    },
  );

  it('name every rule once', () => {
    const listed = [...files['docs/rules.md']!.matchAll(/^\| `(.*?)` \|/gm)].map(([, code]) => code);
    expect(listed).toEqual(Object.keys(RULES));
  });
});
