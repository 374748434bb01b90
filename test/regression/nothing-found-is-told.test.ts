import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { run } from '../cli/fake-io.js';

const EMPTY = Buffer.from('d4c3b2a1020004000000000000000000ffff000001000000', 'hex');
/** An Ethernet frame of LLDP. */
const LLDP = Buffer.from(`0180c200000e 020000000001 88cc ${'00'.repeat(40)}`.replaceAll(' ', ''), 'hex');

function pcap(...frames: Buffer[]): Buffer {
  const records = frames.flatMap((bytes, index) => {
    const header = Buffer.alloc(16);
    header.writeUInt32LE(1_449_284_400 + 2 * index, 0);
    header.writeUInt32LE(bytes.length, 8);
    header.writeUInt32LE(bytes.length, 12);
    return [header, bytes];
  });
  return Buffer.concat([EMPTY, ...records]);
}

describe('a capture that gives nothing', () => {
  const created: string[] = [];
  afterEach(() => {
    for (const path of created.splice(0)) rmSync(path, { recursive: true });
  });

  function file(bytes: Buffer): string {
    const folder = mkdtempSync(join(tmpdir(), 'wsdissect-nothing-'));
    created.push(folder);
    const path = join(folder, 'a.pcap');
    writeFileSync(path, bytes);
    return path;
  }

  async function told(path: string, ...argv: string[]): Promise<string> {
    const { code, stderr } = await run([...argv, path]);
    expect(code).toBe(0);
    return stderr
      .split('\n')
      .filter((line) => /no WebSocket|no frame|empty/.test(line))
      .map((line) => line.replace(`wsdissect: ${path}: `, ''))
      .join('|');
  }

  it('is told to be empty', async () => {
    expect(await told(file(EMPTY))).toBe('the capture is empty: it has no packet');
  });

  it('is told with what is in it and was not looked into', async () => {
    expect(await told(file(pcap(LLDP, LLDP)))).toBe(
      'no WebSocket in 2 packets over 2 s, no TCP connection: 2 packets not looked into: LLDP, EtherType 0x88cc (2)',
    );
  });

  it.each([
    [
      'fixtures/http-refused.pcap',
      /^no WebSocket in 10 packets over 0\.\d+ s, 1 TCP connection: 1 refused upgrade \(400\)$/,
    ],
    // An answer that is not HTTP is an answer, and has no status.
    [
      'fixtures/violations/handshake-not-readable.pcap',
      /^no WebSocket in 10 packets over 0\.\d+ s, 1 TCP connection: 1 refused upgrade \(no status seen\)$/,
    ],
    [
      'fixtures/http-h2c.pcap',
      /^no WebSocket in 15 packets over 0\.\d+ s, 1 TCP connection: 1 HTTP\/2 without a WebSocket$/,
    ],
    [
      'fixtures/tls-no-keys.pcap',
      /^no WebSocket in \d+ packets over .* s, 1 TCP connection: 1 TLS without secrets \(localhost at 127\.0\.0\.1:\d+\): give --keylog$/,
    ],
  ])('is told with why: %s', async (path, why) => {
    for (const command of ['frames', 'messages']) expect(await told(path, command)).toMatch(why);
    expect(await told(path, '--json')).toMatch(why);
  });

  it('is not told where there is something, where one connection is asked for, and with -q', async () => {
    expect(await told('fixtures/send.pcap')).toBe('');
    expect(await told('fixtures/http-refused.pcap', 'connections')).toBe('');
    expect(await told('fixtures/http-refused.pcap', '--stream', '3')).toBe('');
    expect(await told('fixtures/http-refused.pcap', '-q')).toBe('');
  });
});
