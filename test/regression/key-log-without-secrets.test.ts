import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { KeyLogFiles } from '../../src/cli/input/key-log-files.js';
import { KeyLog } from '../../src/tls/key-log/key-log.js';
import { PcapngBuilder } from '../support/pcapng.js';
import { readCapture } from '../hostile/read-capture.js';

const FIXTURES = new URL('../../fixtures/', import.meta.url);
const CAPTURE = readFileSync(new URL('tls13-aes128-gcm.pcap', FIXTURES));
const SECRETS = readFileSync(new URL('tls13-aes128-gcm.keys.log', FIXTURES), 'latin1');

const folder = mkdtempSync(join(tmpdir(), 'wsdissect-key-log-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function readWith(content: Buffer | string): ReturnType<typeof readCapture> {
  const path = join(folder, 'keys.log');
  writeFileSync(path, content);
  const keyLog = new KeyLog();
  new KeyLogFiles([path], keyLog).end();
  return readCapture(CAPTURE, { keyLog });
}

const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le');
const crlf = SECRETS.replaceAll('\n', '\r\n');

describe('a key log', () => {
  it.each([
    ['UTF-16LE', utf16(SECRETS)],
    ['UTF-16LE with a byte order mark, as PowerShell writes it', utf16(`\ufeff${crlf}`)],
    ['UTF-16BE', utf16(SECRETS).swap16()],
    ['UTF-16BE with a byte order mark', utf16(`\ufeff${crlf}`).swap16()],
    ['UTF-16LE with other letters in a comment', utf16(`\ufeff# キャプチャ\r\n${crlf}`)],
    ['UTF-8 with a byte order mark', `\ufeff${SECRETS}`],
  ])('is read in %s', async (_encoding, content) => {
    const { messages, codes } = await readWith(content);
    expect(messages.length).toBeGreaterThan(0);
    expect(codes).not.toContain('tls.key-log');
    expect(codes).not.toContain('tls.no-secrets');
  });

  it('is read in UTF-16 cut anywhere', () => {
    const whole = utf16(`\ufeff${crlf}`);
    for (const step of [1, 2, 3, 7, 100]) {
      const keyLog = new KeyLog();
      for (let at = 0; at < whole.length; at += step) keyLog.push(whole.subarray(at, at + step));
      keyLog.endText();
      expect(keyLog.revision).toBe(SECRETS.split('\n').filter((line) => line.includes('_TRAFFIC_SECRET')).length);
    }
  });

  it.each([
    ['empty', '', 'the file is empty'],
    [
      'with a label that is none',
      SECRETS.replaceAll('TRAFFIC', 'TRAFIC').replaceAll('EXPORTER', 'EXPORT'),
      'none of its',
    ],
    ['with one line of something else', 'see /var/log/keys\n', 'its one line is no secret'],
    ['that is a capture', CAPTURE, 'is a secret'],
  ])('%s is told by the name of its file', async (_what, content, words) => {
    const { findings } = await readWith(content);
    const told = findings.filter(({ code }) => code === 'tls.key-log');
    expect(told).toHaveLength(1);
    expect(told[0]?.message).toContain(join(folder, 'keys.log'));
    expect(told[0]?.message).toContain(words);
  });

  it('in a capture may be UTF-16 too', async () => {
    const secrets = utf16(SECRETS);
    const builder = new PcapngBuilder();
    const packets: Buffer[] = [];
    for (let at = 24; at < CAPTURE.length;) {
      const length = CAPTURE.readUInt32LE(at + 8);
      packets.push(builder.packet(CAPTURE.subarray(at + 16, at + 16 + length)));
      at += 16 + length;
    }
    const link = CAPTURE.readUInt32LE(20);
    const capture = [
      builder.section(),
      builder.interface(link),
      builder.secrets(0x544c534b, secrets.toString('latin1')),
      ...packets,
    ];
    const { messages } = await readCapture(Buffer.concat(capture));
    expect(messages.length).toBeGreaterThan(0);
  });
});
