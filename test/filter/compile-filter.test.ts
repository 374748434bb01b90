import { describe, expect, it } from 'vitest';
import { compileFilter } from '../../src/filter/compile-filter.js';
import type { FilteredType } from '../../src/filter/filter-fields.js';
import type { Filtered } from '../../src/filter/filter-view.js';

const MESSAGE = {
  type: 'message',
  packet: 9,
  stream: 0,
  direction: 'client-to-server',
  opcode: 1,
  opcodeName: 'text',
  compressed: false,
  length: 120,
  wireLength: '9007199254740993',
  text: '{"a":1}',
  status: 'gap',
  missing: 7,
  gaps: [
    { offset: 3, length: 4 },
    { offset: 30, length: 3 },
  ],
  decoded: {
    protocol: 'socket.io',
    by: 'url',
    kind: 'event',
    name: 'chat',
    id: '17',
    value: { price: 3, deep: { list: [1, 'x'] } },
  },
} as unknown as Filtered;

const passes = (text: string, record: Filtered = MESSAGE, type: FilteredType | FilteredType[] = 'message'): boolean =>
  compileFilter(text, type)(record);
const refuses = (text: string, type: FilteredType | FilteredType[] = 'message'): string => {
  try {
    compileFilter(text, type);
  } catch (error) {
    expect(error).toBeInstanceOf(RangeError);
    return (error as Error).message;
  }
  return 'it is accepted';
};

describe('compileFilter', () => {
  it.each([
    'decoded.name == "chat" && length > 100',
    'length == 120 && length == 120.0 && length in [1, 120]',
    'length + 0.5 > 120 && length * 2 == 240',
    'wireLength == 9007199254740993 && wireLength != 9007199254740992',
    'text.contains("a") && text.matches("^[{]") && size(text) == 7',
    'gaps.exists(g, g.length == 4) && gaps.size() == 2 && gaps[1].offset == 30',
    'gaps.all(g, g.length < 5) && gaps.map(g, g.length).exists(x, x == 3)',
    'gaps.filter(g, g.offset > 3).size() == 1 && gaps.exists_one(g, g.offset == 3)',
    'decoded.value.price > 2 && decoded.value.deep.list[0] == 1',
    'decoded.value.price + 1 == 4',
    'opcodeName in ["text", "binary"] ? status == "gap" : false',
    'type == "message" && direction != "server-to-client"',
    '!compressed',
    'cel.bind(n, decoded.name, n == "chat" || n == "talk")',
    'has(text) && has(decoded.name) && has(gaps) && has(decoded.value.deep.list)',
    '(decoded.name + "!") == "chat!"',
    '5 - (3 - 1) == 3',
    '(has(closeCode) ? closeCode : 0) < 1000',
    'text == "{\\"a\\":1}"',
    'true',
  ])('is true: %s', (text) => {
    expect(passes(text)).toBe(true);
  });

  it.each([
    'closeCode == 1000',
    'closeCode != 1000',
    'closeCode < 1000 || closeCode >= 1000',
    'closeCode in [1000]',
    'closeReason.contains("")',
    'has(closeReason)',
    'has(findings)',
    'has(decoded.channel)',
    'has(decoded.value.q.r)',
    'has(decoded.value.price.r)',
    'decoded.value.q == 1',
    'decoded.value.price == "3"',
    'decoded.value.deep > 3',
    'decoded.value.deep.list[9] == 1',
    'decoded.value.deep.list[0].x == 1',
    'decoded.id > 3',
    'gaps[5].length == 4',
    'gaps.exists(g, g.length == 5)',
    'findings.exists(f, f.code == "ws.gap")',
    'length / 0 == 1',
  ])('is false, and no error: %s', (text) => {
    expect(passes(text)).toBe(false);
  });

  it.each([
    ['!(closeCode == 1000)', true],
    ['!(closeCode != 1000)', true],
    ['(closeCode == 1000) == false', true],
    ['findings.size() == 0', true],
    ['findings.all(f, f.severity == "note")', true],
    ['closeCode == 1000 || length > 3', true],
    ['length > 3 || closeCode == 1000', true],
  ])('a comparison with what is absent is false, and the opposite of it true: %s', (text, wanted) => {
    expect(passes(text)).toBe(wanted);
  });

  it('takes records that lack everything', () => {
    for (const text of [
      'decoded.name == "chat"',
      'text == "x"',
      'decoded.items.exists(i, i.name == "x")',
      'compressed',
    ]) {
      expect(passes(text, {}), text).toBe(false);
    }
  });

  it('reads whole numbers, durations and the fields of an object', () => {
    const connection = { duration: 2, clientMessages: 3, tls: { version: 'TLS 1.3' }, url: 'ws://a/b' };
    expect(passes('duration == 2 && duration >= 1.5 && clientMessages > duration', connection, 'connection')).toBe(
      true,
    );
    expect(passes('tls.version == "TLS 1.3" && has(tls) && !has(tls.sni)', connection, 'connection')).toBe(true);
    expect(passes('seconds > 1 && seconds in [2, 3] && outcome == "ok"', { seconds: 2, outcome: 'ok' }, 'call')).toBe(
      true,
    );
  });

  it('says which fields it reads', () => {
    expect([
      ...compileFilter('has(text) || decoded.name == "x" || gaps.exists(stream, stream.length > 1)', 'message').fields,
    ]).toEqual(['text', 'decoded', 'gaps']);
  });

  it.each([
    ['lenght > 1', 'there is no field lenght: did you mean length?'],
    ['decoded.nam == "x"', 'decoded has no field nam: did you mean name?'],
    ['gaps.exists(g, g.lengt > 1)', 'there is no field lengt: did you mean length?'],
    ['gaps.length > 1', 'gaps is a list: ask gaps.exists(x, x.length == ...)'],
    ['fin == true', 'there is no field fin in the record of a message: a frame has it'],
    ['zzzzzzzzz == 1', 'there is no field zzzzzzzzz'],
    ['length == "x"', 'no such overload: int == string'],
    ['text > 3', 'no such overload: string > int'],
    ['compressed == 1', 'no such overload: bool == int'],
    ['direction == "client"', 'direction is never "client": it is one of client-to-server, server-to-client'],
    ['opcodeName in ["txt"]', 'opcodeName is never "txt": did you mean "text"?'],
    ['length', 'what must be true or false is int'],
    ['"x"', 'what must be true or false is string'],
    ['length >', 'Unexpected token: EOF'],
    ['(length > 1', 'Expected RPAREN, got EOF'],
    ['', 'Unexpected token: EOF'],
    ['text.matches("(")', 'Invalid regular expression: /(/u: Unterminated group'],
    ['text.foo()', "found no matching overload for 'string.foo()'"],
    ['has(1)', 'has() asks for a field, such as has(text) or has(decoded.name)'],
    ['has(text, length)', 'has() asks for one field'],
    ['length && text', 'what must be true or false is int'],
  ])('is refused before anything is read: %s', (text, message) => {
    expect(refuses(text)).toContain(message);
  });

  it('takes the fields of several types of records together', () => {
    expect(passes('fin || closedBy == "client"', { fin: true }, ['frame', 'message', 'connection'])).toBe(true);
    expect(passes('fin || closedBy == "client"', { closedBy: 'client' }, ['frame', 'message', 'connection'])).toBe(
      true,
    );
  });

  it('stays an expression where it is deep or long', () => {
    expect(refuses('!'.repeat(5000) + 'true')).toBe('it is nested too deeply');
    expect(refuses(`${'('.repeat(5000)}true${')'.repeat(5000)}`)).toMatch(/depth|deep/i);
    expect(refuses(Array.from({ length: 4000 }, () => 'true').join(' && '))).toContain('longer than 20000 characters');
  });
});
