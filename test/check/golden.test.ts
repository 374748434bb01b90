import { describe, expect, it } from 'vitest';
import { check } from '../../src/check/check.js';
import { diffLines } from '../../src/check/golden/golden-diff.js';
import { GoldenFile } from '../../src/check/golden/golden-file.js';
import type { Claim } from '../../src/check/report.js';
import { fixture } from './captures.js';
import { clientFrames } from './frames.js';

async function said(bytes: Buffer, file?: string): Promise<string[]> {
  const lines: string[] = [];
  const take = (given: readonly string[] | undefined) => lines.push(...given!);
  const naming = file === undefined ? {} : { file, isOneOfMany: true };
  await check([bytes], { takeGolden: take, ...naming });
  return lines;
}

async function compared(golden: GoldenFile, bytes: Buffer, file?: string): Promise<Claim> {
  const naming = file === undefined ? {} : { file, isOneOfMany: true };
  const { claims } = await check([bytes], { golden, ...naming });
  return claims.find(({ kind }) => kind === 'golden')!;
}

describe('a golden file', () => {
  it('holds what was said and no time, port, packet, stream or masking key', async () => {
    expect(await said(fixture('send-both.pcap'))).toEqual([
      '{"type":"connection","connection":0,"client":"127.0.0.1","server":"127.0.0.1","handshake":"accepted",' +
        '"httpStatus":101,"url":"ws://127.0.0.1/","origin":"http://localhost","closeCode":1000,"closedBy":"client"}',
      '{"type":"message","connection":0,"direction":"client-to-server","opcode":1,"opcodeName":"text","frames":1,' +
        '"compressed":false,"length":7,"text":"ma2saka","status":"ok"}',
      '{"type":"message","connection":0,"direction":"client-to-server","opcode":8,"opcodeName":"close","frames":1,' +
        '"compressed":false,"length":27,"closeCode":1000,"closeReason":"Normal connection closure","status":"ok"}',
      '{"type":"message","connection":0,"direction":"server-to-client","opcode":8,"opcodeName":"close","frames":1,' +
        '"compressed":false,"length":2,"closeCode":1000,"status":"ok"}',
    ]);
  });

  it.each([
    ['send-both.pcap', 'send-both.pcapng.gz'],
    ['frames-segments.pcap', 'order-wrap.pcap'],
    ['deflate-long.pcap', 'order-duplicates.pcap'],
    ['deflate-long.pcap', 'order-reversed-pairs.pcap'],
    ['deflate-takeover.pcap', 'deflate-takeover.pcap'],
  ])('of %s matches %s', async (one, other) => {
    const golden = new GoldenFile('g.jsonl', (await said(fixture(one))).join('\n'));
    expect(await compared(golden, fixture(other))).toMatchObject({ isMet: true, detail: [] });
  });

  it('matches with the line ends of Windows', async () => {
    const golden = new GoldenFile('g.jsonl', (await said(fixture('send-both.pcap'))).join('\r\n'));
    expect(await compared(golden, fixture('send-both.pcap'))).toMatchObject({ isMet: true });
  });

  it('shows the line that differs with its neighbours', async () => {
    const lines = await said(clientFrames({ payload: 'one' }, { payload: 'two' }));
    const golden = new GoldenFile('g.jsonl', lines.join('\n').replace('two', 'too'));
    const claim = await compared(golden, clientFrames({ payload: 'one' }, { payload: 'two' }));
    expect(claim).toMatchObject({ isMet: false, name: 'g.jsonl' });
    expect(claim.detail).toEqual([
      '@@ -1,3 +1,3 @@',
      ` ${lines[0]!}`,
      ` ${lines[1]!}`,
      `-${lines[2]!.replace('two', 'too')}`,
      `+${lines[2]!}`,
    ]);
  });

  it('tells several captures apart by their names, and says which one was not checked', async () => {
    const [a, b] = [clientFrames({ payload: 'a' }), clientFrames({ payload: 'b' })];
    const text = [...(await said(a, 'a.hex')), ...(await said(b, 'b.hex'))].join('\n');
    expect(text).toContain('{"type":"message","file":"b.hex","connection":0,');
    const golden = new GoldenFile('g.jsonl', text);
    expect(await compared(golden, b, 'b.hex')).toMatchObject({ isMet: true });
    expect(golden.leftover()).toMatchObject({
      isMet: false,
      message: 'it holds captures that were not checked: a.hex',
    });
    expect(await compared(golden, b, 'a.hex')).toMatchObject({ isMet: false });
    expect(golden.leftover()).toBeUndefined();
  });

  it.each(['not json', '[]', 'null', '7'])('with the line %s is refused', (line) => {
    expect(() => new GoldenFile('g.jsonl', `{}\n${line}\n`)).toThrow('g.jsonl: line 2 is not a JSON object');
  });
});

describe('a difference', () => {
  it('is empty where the lines are the same', () => {
    expect(diffLines(['a', 'b'], ['a', 'b'])).toEqual([]);
  });

  it('is cut to the place where two long lines differ', () => {
    const long = (middle: string): string => `${'a'.repeat(1000)}${middle}${'b'.repeat(1000)}`;
    const [, removed, added] = diffLines([long('1')], [long('2')]);
    expect(removed).toBe(`-...${'a'.repeat(60)}1${'b'.repeat(179)}...`);
    expect(added).toBe(`+...${'a'.repeat(60)}2${'b'.repeat(179)}...`);
  });

  it('of very many lines is cut', () => {
    const lines = Array.from({ length: 200 }, (_, index) => `line ${index}`);
    const diff = diffLines([], lines);
    expect(diff).toHaveLength(61);
    expect(diff.at(-1)).toBe('... 141 more lines of difference');
  });

  it('of too many edits names the first line', () => {
    const numbered = (word: string): string[] => [
      'same',
      ...Array.from({ length: 2000 }, (_, index) => `${word} ${index}`),
    ];
    expect(diffLines(numbered('old'), numbered('new'))).toEqual([
      '@@ first difference in line 2; 2001 lines in the golden file, 2001 in the capture @@',
      '-old 0',
      '+new 0',
      '... too much differs to show all of it',
    ]);
  });
});
