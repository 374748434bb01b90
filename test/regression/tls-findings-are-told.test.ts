import { describe, expect, it } from 'vitest';
import { readCapture } from '../hostile/read-capture.js';
import { Talk } from '../hostile/talk.js';
import { clientHello, serverHello, tlsRecord } from '../tls/tls13-script.js';

const DATA = tlsRecord(23, Buffer.alloc(200, 0x5a));

/** A segment whose bytes come once more, others than before, and are not in order either. */
function overlapping(talk: Talk, times: number): void {
  const next = talk.packets.length;
  talk.send(0, DATA);
  const segment = talk.packets[next]!;
  for (let index = 0; index < times; index++) {
    const copy = Buffer.from(segment);
    copy[copy.length - 1] = index;
    talk.packets.push(copy);
  }
}

describe('what earlier stages find out about a TLS connection that stays encrypted', () => {
  it.each([
    ['after it is known that nothing is decrypted', [clientHello(), serverHello()]],
    ['where the hellos were not captured', []],
  ])('is told beside the reason: %s', async (_when, hellos) => {
    const talk = hellos.length > 0 ? new Talk().open() : new Talk();
    hellos.forEach((hello, index) => talk.send(index === 0 ? 0 : 1, hello));
    if (hellos.length > 0) talk.send(0, DATA).send(1, DATA);
    overlapping(talk, 3);
    const { findings } = await readCapture(talk.finish().pcap());
    const codes = findings.map(({ code }) => code);
    expect(codes).toContain('tcp.overlap-differs');
    expect(codes.filter((code) => code.startsWith('tls.'))).toHaveLength(1);
    expect(new Set(findings.map(({ stream }) => stream))).toEqual(new Set([0]));
  });

  it('is counted where it is too much to list', async () => {
    const talk = new Talk().open().send(0, clientHello()).send(1, serverHello()).send(0, DATA).send(1, DATA);
    overlapping(talk, 150);
    const { findings, codes } = await readCapture(talk.finish().pcap(), { limits: { findings: 10 } });
    expect(findings.length).toBeLessThanOrEqual(12);
    expect(codes).toContain('limit.findings');
  });
});
