import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parseExpectations } from '../../src/check/expectations/expect-file.js';
import { unusedExpectations } from '../../src/check/expectations/expectation.js';
import type { Claim } from '../../src/check/report.js';
import { checkFrames } from './frames.js';

const SHAPES = [
  { payload: 'hello' },
  { payload: 'hello again' },
  { opcode: 2, payload: Buffer.from([1, 2, 3]) },
  { opcode: 3, payload: 'odd' },
  { opcode: 8, payload: Buffer.from('03e8627965', 'hex') },
];

async function claimsOf(text: string, file = 'frames.hex', isOneOfMany = false): Promise<Claim[]> {
  const expectations = parseExpectations(text, 'e.yaml');
  const { claims } = await checkFrames(SHAPES, { expectations, file, isOneOfMany });
  return claims.filter(({ kind }) => kind === 'expectation');
}

async function counted(match: string): Promise<string> {
  const [claim] = await claimsOf(`checks: [{filter: {count: 99, match: {${match}}}}]`);
  return claim!.message.replace('exactly 99 records expected, ', '');
}

function errorOf(text: string): string {
  try {
    parseExpectations(text, 'e.yaml');
    return 'no error';
  } catch (error) {
    return (error as Error).message;
  }
}

function errorOfMatch(match: string): string {
  return errorOf(`checks:\n  - filter:\n      count: 1\n      match: {${match}}\n`);
}

describe('an expectation', () => {
  it.each([
    ['type: frame', 5],
    ['type: message', 5],
    ['type: connection', 1],
    ['type: frame, opcode: 1', 2],
    ['type: frame, mask: true', 5],
    ['type: frame, text: hello', 1],
    ['type: frame, text__contains: ell', 2],
    ['type: frame, text__startswith: hello a', 1],
    ['type: frame, text__endswith: again', 1],
    ['type: frame, text__regex: "^h.*o$"', 1],
    ['type: frame, text__len: 5', 1],
    ['type: frame, text__gt: "hello"', 1],
    ['type: frame, payloadLength__gt: 5', 1],
    ['type: frame, payloadLength__gte: 5', 3],
    ['type: frame, payloadLength__lt: 5', 2],
    ['type: frame, payloadLength__lte: 5', 4],
    ['type: frame, payloadLength: 5', 2],
    ['type: frame, base64: AQID', 1],
    ['type: frame, text: null', 3],
    ['type: frame, findings__len: 0', 4],
    ['type: frame, findings: null', 4],
    ['type: frame, findings__len: 1', 1],
    ['type: frame, findings.code: ws.reserved-opcode', 1],
    ['type: frame, findings.code__startswith: ws.', 1],
    ['type: frame, closeCode: 1000, closeReason: bye', 1],
    ['type: connection, clientFrames: 5, handshake: not-captured', 1],
    ['type: connection, tls.version: "TLS 1.3"', 0],
    ['type: connection, tls.version: null', 1],
    ['opcode: 1', 4],
    ['{}', 11],
  ])('counts the records that match %s', async (match, count) => {
    expect(await counted(match === '{}' ? '' : match)).toBe(`${count} found`);
  });

  it('is met by count, min and max, and by nothing beside them', async () => {
    const checks = ['count: 2', 'min: 2', 'min: 1, max: 2', 'max: 2', 'count: 1', 'min: 3', 'max: 1', 'min: 3, max: 4'];
    const filters = checks.map((amount) => `{filter: {${amount}, match: {type: frame, opcode: 1}}}`);
    const claims = await claimsOf(`checks: [${filters.join(', ')}]`);
    expect(claims.map(({ isMet }) => isMet)).toEqual([true, true, true, true, false, false, false, false]);
    expect(claims.slice(4).map(({ message }) => message)).toEqual([
      'exactly 1 record expected, 2 found',
      'at least 3 records expected, 2 found',
      'at most 1 record expected, 2 found',
      '3 to 4 records expected, 2 found',
    ]);
  });

  it('that is not met says how far its conditions were met, where, and in which line it stands', async () => {
    const text =
      'checks:\n  # first\n  - filter:\n      count: 0\n      match: {type: frame, opcode: 1, text__len: 5}\n';
    expect(await claimsOf(text)).toEqual([
      {
        kind: 'expectation',
        name: 'e.yaml:3',
        isMet: false,
        message: 'exactly 0 records expected, 1 found',
        detail: ['type: "frame": 5 records', 'opcode: 1: 2 of them', 'text__len: 5: 1 of them', 'found: packet 1'],
        origin: { file: 'e.yaml', line: 3 },
      },
    ]);
  });

  it('compares numbers above 2^53 exactly', async () => {
    const frame = { bytes: Buffer.from('82ff7ffffffffffffffe00000000', 'hex') };
    const match = (value: string) => `{filter: {count: 1, match: {type: frame, ${value}}}}`;
    const text = `checks: [${match('payloadLength: "9223372036854775806"')}, ${match('payloadLength__gt: "9223372036854775805"')}]`;
    const { check } = await import('../../src/check/check.js');
    const source = [Buffer.from(frame.bytes.toString('hex'))];
    const { claims } = await check(source, { expectations: parseExpectations(text, 'e.yaml'), allowEmpty: true });
    expect(claims.map(({ isMet }) => isMet)).toEqual([true, true]);
  });

  it('with a condition on file is about the captures of that name only', async () => {
    const text = 'checks: [{filter: {count: 99, match: {type: frame, file__endswith: chat.pcap}}}]';
    expect(await claimsOf(text, 'other.pcap', true)).toEqual([]);
    expect(await claimsOf(text, 'a/chat.pcap', true)).toHaveLength(1);
    const expectations = parseExpectations(text, 'e.yaml');
    expect(unusedExpectations(expectations, ['a/chat.pcap'])).toEqual([]);
    expect(unusedExpectations(expectations, ['other.pcap'])[0]).toMatchObject({
      isMet: false,
      message: 'no capture that was checked is the one that it is about',
      detail: ['file__endswith: "chat.pcap"'],
    });
  });
});

describe('a mistake in an expectation file', () => {
  it.each([
    [
      'type: fram',
      'e.yaml:4: checks[0].filter.match.type must be one of frame, message, connection, call: did you mean frame?',
    ],
    ['type: 1', 'e.yaml:4: checks[0].filter.match.type must be one of frame, message, connection, call'],
    [
      'opcde: 1',
      'e.yaml:4: checks[0].filter.match.opcde is not a field of a frame or message or connection: did you mean opcode?',
    ],
    ['type: frame, url: x', 'e.yaml:4: checks[0].filter.match.url is not a field of a frame, but of a connection'],
    [
      'text__contain: x',
      'e.yaml:4: checks[0].filter.match.text__contain has the unknown operator __contain: did you mean contains?',
    ],
    [
      'text__matches: x',
      'e.yaml:4: checks[0].filter.match.text__matches has the unknown operator __matches; there are __contains, __startswith, __endswith, __regex, __gt, __gte, __lt, __lte, __len',
    ],
    ['type__len: 1', 'e.yaml:4: checks[0].filter.match.type__len is not possible: type has no operators'],
    [
      'opcode__contains: x',
      'e.yaml:4: opcode__contains is not possible: opcode is a number, and contains is for a text',
    ],
    ['fin: yes', 'e.yaml:4: fin must be true or false'],
    ['opcode: one', 'e.yaml:4: opcode must be a number'],
    ['text: 1', 'e.yaml:4: text must be a string: put it in quotes'],
    ['text: [a]', 'e.yaml:4: checks[0].filter.match.text must be one value: a text, a number, true, false or null'],
    ['direction: c2s', 'e.yaml:4: direction is never "c2s": it is one of client-to-server, server-to-client'],
    ['text__contains: 1', 'e.yaml:4: text__contains must be a string: put it in quotes'],
    ['text__len: x', 'e.yaml:4: text__len must be a number'],
    ['text__regex: "("', 'e.yaml:4: text__regex: Invalid regular expression: /(/u: Unterminated group'],
    ['findings: 0', 'e.yaml:4: findings is a list: compare its length with findings__len, or a field of its items'],
  ])('%s is named', (match, message) => {
    expect(errorOfMatch(match)).toBe(message);
  });

  it.each([
    ['', 'e.yaml:1: the file must be a map of names to values'],
    ['check: []', 'e.yaml:1: check is an unknown key: did you mean checks?'],
    ['checks: []', 'e.yaml:1: checks must be a list of at least one "- filter: ..."'],
    ['checks:\n  - shell: {}', 'e.yaml:2: checks[0].shell is an unknown key; there are name, filter'],
    ['checks:\n  - {}', 'e.yaml:2: checks[0].filter is missing'],
    ['checks:\n  - filter: {match: {}}', 'e.yaml:2: checks[0].filter must have one of count, min, max'],
    ['checks:\n  - filter: {count: 1}', 'e.yaml:2: checks[0].filter.match is missing'],
    [
      'checks:\n  - filter: {cuont: 1, match: {}}',
      'e.yaml:2: checks[0].filter.cuont is an unknown key: did you mean count?',
    ],
    [
      'checks:\n  - filter: {count: -1, match: {}}',
      'e.yaml:2: checks[0].filter.count must be a whole number of at least 0',
    ],
    [
      'checks:\n  - filter: {count: 1, min: 1, match: {}}',
      'e.yaml:2: checks[0].filter.count cannot be combined with min or max',
    ],
    ['checks:\n  - filter: {min: 2, max: 1, match: {}}', 'e.yaml:2: checks[0].filter.min is 2, more than max, 1'],
    ['checks: *nothing', 'e.yaml:1: Unresolved alias (the anchor must be set before the alias): nothing'],
    ['checks: [', 'e.yaml:1: Flow sequence in block collection must be sufficiently indented and end with a ]'],
    ['checks: []\nchecks: []', 'e.yaml:2: Map keys must be unique'],
  ])('%j is named with its line', (text, message) => {
    expect(errorOf(text)).toBe(message);
  });
});

describe('the JSON Schema of expectation files', () => {
  const text = readFileSync(new URL('../../schema/expect.schema.json', import.meta.url), 'utf8');
  const validate = new Ajv2020({ allowUnionTypes: true }).compile(JSON.parse(text) as object);
  const file = (filter: object): object => ({ checks: [{ filter }] });

  it.each([
    { count: 1, match: { type: 'frame', opcode: 1, text__contains: 'x', payloadLength__gte: 3 } },
    { min: 1, max: 2, match: { 'findings.code': 'ws.close-code', findings__len: 1, 'tls.version__startswith': 'TLS' } },
    { max: 0, match: { text: null, fin: true, direction: 'client-to-server', wireLength: '18446744073709551615' } },
  ])('accepts %j, as the parser does', (filter) => {
    expect(validate(file(filter))).toBe(true);
    expect(errorOf(JSON.stringify(file(filter)))).toBe('no error');
  });

  it.each([
    { match: {} },
    { count: 1 },
    { count: 1, min: 1, match: {} },
    { count: -1, match: {} },
    { count: 1, match: { opcde: 1 } },
    { count: 1, match: { type: 'fram' } },
    { count: 1, match: { text__like: 'x' } },
    { count: 1, match: { opcode__contains: 'x' } },
    { count: 1, match: { fin: 1 } },
    { count: 1, match: { direction: 'c2s' } },
    { count: 1, match: { text__len: 'x' } },
    { count: 1, match: {}, name: 'x' },
  ])('refuses %j, as the parser does', (filter) => {
    expect(validate(file(filter))).toBe(false);
    expect(errorOf(JSON.stringify(file(filter)))).not.toBe('no error');
  });

  it('accepts JSON that is indented with tabs', () => {
    const indented = JSON.stringify(file({ count: 1, match: { type: 'frame' } }), undefined, '\t');
    expect(errorOf(indented)).toBe('no error');
  });
});
