import { describe, expect, it } from 'vitest';
import { fakeIo, run } from '../fake-io.js';
import { main } from '../../../src/cli/main.js';

/** Runs a command line, and gives what it wrote as bytes. */
async function bytes(...argv: string[]): Promise<{ code: number; written: Buffer; stderr: string }> {
  const { io, reports } = fakeIo();
  const written: Buffer[] = [];
  const code = await main(argv, {
    ...io,
    write: (chunk) => {
      written.push(Buffer.from(chunk));
      return undefined;
    },
  });
  return { code, written: Buffer.concat(written), stderr: reports.join('') };
}

describe('--raw', () => {
  it('writes the bytes of each payload, and nothing else', async () => {
    const { code, written } = await bytes('messages', '--raw', '-o', 'text', 'fixtures/terminal-attack.pcap');
    expect(code).toBe(0);
    expect(written.subarray(0, 12).toString()).toBe('\u001b[31mred\u001b[0m');
    const both = await bytes('messages', '--raw', '-q', '-o', 'text', 'fixtures/send.pcap', 'fixtures/send.pcap');
    expect(both.written.toString()).toBe('ma2sakama2saka');
  });

  it('writes payloads of any size as they are', async () => {
    const lengths = (await run(['messages', '--json', '-q', 'fixtures/frames-65536.pcap'])).stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as { text?: string; base64?: string; closeCode?: number });
    const expected = Buffer.concat(
      lengths.map(({ text, base64, closeCode }) => {
        if (closeCode !== undefined) return Buffer.from([closeCode >> 8, closeCode & 0xff]);
        return text === undefined ? Buffer.from(base64 ?? '', 'base64') : Buffer.from(text);
      }),
    );
    const { written } = await bytes('messages', '--raw', '-q', 'fixtures/frames-65536.pcap');
    expect(written.length).toBeGreaterThan(65_536);
    expect(written.equals(expected)).toBe(true);
  });

  it('writes the payloads of frames as they were sent: compressed', async () => {
    const { written } = await bytes('frames', '--raw', '-q', '-o', 'text', 'fixtures/deflate-takeover.pcap');
    const { stdout } = await run(['frames', '--json', '-q', '-o', 'text', 'fixtures/deflate-takeover.pcap']);
    const sent = stdout.split('\n').filter(Boolean);
    const parts = sent.map((line) => Buffer.from((JSON.parse(line) as { base64: string }).base64, 'base64'));
    expect(written.equals(Buffer.concat(parts))).toBe(true);
  });

  it('says which payloads are not there, or not whole', async () => {
    expect((await bytes('messages', '--raw', 'fixtures/loss-deflate.pcap')).stderr).toMatch(
      /loss-deflate\.pcap: of 61 messages, \d+ left out, because what they say is not known\n$/,
    );
    expect((await bytes('messages', '--raw', 'fixtures/loss-mid-frame.pcap')).stderr).toMatch(
      /of \d+ messages, 1 written without the bytes that are missing\n$/,
    );
    expect((await bytes('messages', '--raw', '-q', 'fixtures/loss-deflate.pcap')).stderr).toBe('');
    expect((await bytes('messages', '--raw', 'fixtures/send-both.pcap')).stderr).toBe('');
  });

  it('does not write to a terminal', async () => {
    const { code, stdout, stderr } = await run(['messages', '--raw', 'fixtures/send.pcap'], { terminals: ['stdout'] });
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^wsdissect: --raw does not write to a terminal/);
  });

  it.each(['--json', '--brief', '--pretty'])('does not go with %s', async (option) => {
    const { code, stdout, stderr } = await run(['messages', '--raw', option, 'fixtures/send.pcap']);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(option);
  });
});
