import { Ajv2020 } from 'ajv/dist/2020.js';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseExpectations } from '../../src/check/expectations/expect-file.js';
import { run } from '../cli/fake-io.js';
import { readSchema } from '../schema/schemas.js';
import { clientFrames } from './frames.js';

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'wsdissect-sections-'))));
afterAll(() => rmSync(folder, { recursive: true }));

const write = (name: string, content: string | Buffer): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

const says = (text: string, name?: string): string =>
  `      - ${name === undefined ? '' : `name: ${name}\n        `}filter: { min: 1, match: { type: message, text: ${text} } }\n`;

describe('sections of captures in a file of expectations', () => {
  it('hold for the captures that they name, and nothing else', async () => {
    const [one, two] = ['one.pcap', 'login-2.pcap'].map((name, index) =>
      write(name, clientFrames({ payload: ['a', 'b'][index]! }, { payload: 'all' })),
    );
    const file = (...lines: string[]): string => write('expect.yaml', lines.join('\n'));
    const sections = [
      'captures:',
      '  one.pcap:',
      '    checks:',
      says('a'),
      '  login-*.pcap:',
      '    checks:',
      says('b'),
    ];
    const all = ['checks:', says('all').replaceAll(/^ {4}/gm, '')];
    const check = (path: string, ...captures: readonly string[]): ReturnType<typeof run> =>
      run(['check', '-q', '--expect', path, ...captures]);
    expect((await check(file(...all, ...sections), one!, two!)).code).toBe(0);
    expect((await check(file(...sections), one!, two!)).code).toBe(0);
    const swapped = file(...all, ...sections.map((line) => line.replace('text: a ', 'text: b ')));
    const { code, stdout } = await check(swapped, one!, two!);
    expect(code).toBe(1);
    expect(stdout.match(/failed {6}/g)).toHaveLength(1);
    expect(stdout).toMatch(/^.*one\.pcap\n {2}failed/);
  });

  it('that name no capture which was checked fail, and say so', async () => {
    const one = write('one.pcap', clientFrames({ payload: 'a' }));
    const path = write('expect.yaml', `captures:\n  ne.pcap:\n    checks:\n${says('a', 'says a')}`);
    const { code, stdout } = await run(['check', '-q', '--expect', path, one]);
    expect(code).toBe(1);
    expect(stdout).toContain('says a');
    expect(stdout).toContain('no capture that was checked is the one that it is about');
    expect(stdout).toContain('captures: "ne.pcap"');
  });

  it.each([
    ['a/b.pcap', 'a/b.pcap', true],
    ['a/b.pcap', 'x/a/b.pcap', true],
    ['a/b.pcap', 'xa/b.pcap', false],
    ['b.pcap', 'b.pcap.gz', false],
    ['b.pcap', 'bxpcap', false],
    ['*.pcap', 'a/b.pcap', true],
    ['a/*', 'a/b/c.pcap', false],
    ['a/*', 'a/b.pcap', true],
    ['b.pcap', 'C:\\a\\b.pcap', true],
    ['b (1).pcap', 'a/b (1).pcap', true],
  ])('%s names %s: %j', (name, file, isNamed) => {
    const text = `captures: { ${JSON.stringify(name)}: { checks: [{ filter: { min: 1, match: { type: frame } } }] } }`;
    const [expectation] = parseExpectations(text, 'e.yaml');
    expect(expectation!.ofFile.every((condition) => condition.holds({ type: 'connection', file }))).toBe(isNamed);
  });

  it.each([
    ['captures: {}', 'e.yaml:1: captures must have at least one'],
    ['captures: []', 'e.yaml:1: captures must be a map'],
    ['captures:\n  a.pcap: {}', 'e.yaml:2: captures.a.pcap.checks must be a list'],
    ['captures:\n  a.pcap:\n    check: []', 'e.yaml:3: captures.a.pcap.check is an unknown key: did you mean checks?'],
    ['captures:\n  a.pcap:\n    checks: []', 'e.yaml:3: captures.a.pcap.checks must be a list'],
    ['captures:\n  a.pcap:\n    checks:\n      - filter: { min: -1 }', 'captures.a.pcap.checks[0].filter.min must be'],
    ['captures: { "": { checks: [{ filter: { min: 1, match: {} } }] } }', 'must have a name'],
    ['capture: {}', 'capture is an unknown key: did you mean captures?'],
    ['{}', 'checks must be a list of at least one'],
    ['checks: []\ncaptures: { a: { checks: [{ filter: { min: 1, match: {} } }] } }', 'checks must be a list'],
  ])('are wrong, in the schema too, as %j', (text, message) => {
    expect(() => parseExpectations(text, 'e.yaml')).toThrow(message);
    expect(validate(parse(text))).toBe(false);
  });

  it('are right in the schema', () => {
    const checks = [{ name: 'a', filter: { min: 1, match: { type: 'frame' } } }];
    for (const file of [
      { captures: { a: { checks } } },
      { checks, captures: { a: { checks }, 'b*': { checks } } },
      { checks },
    ]) {
      expect(validate(file), JSON.stringify(validate.errors)).toBe(true);
      expect(parseExpectations(JSON.stringify(file), 'e.yaml').length).toBeGreaterThan(0);
    }
  });
});

const validate = new Ajv2020({ allowUnionTypes: true }).compile(readSchema('expect'));

describe('the nearest miss', () => {
  it('is a record that has the field, where another has not', async () => {
    const id = write('id.yaml', 'checks: [{ filter: { min: 1, match: { type: frame, closeCode: 1000 } } }]');
    const closed = write(
      'closed.pcap',
      clientFrames({ payload: 'a' }, { payload: 'b' }, { opcode: 8, payload: Buffer.from('03e9', 'hex') }),
    );
    expect((await run(['check', '-q', '--expect', id, closed])).stdout).toContain(
      'nearest: packet 3: closeCode is 1001',
    );
  });
});
