import { describe, expect, it } from 'vitest';
import { readCapture } from '../hostile/read-capture.js';
import { Talk } from '../hostile/talk.js';
import { keyLogOf } from '../tls/recording.js';
import { clientHello, scriptKeyLog, serverHello, tlsRecord } from '../tls/tls13-script.js';
import { wssTalk } from '../tls/wss-talk.js';

const HEARTBEAT = tlsRecord(24, Buffer.alloc(40, 0x5a));

describe('records of the heartbeat extension (RFC 6520)', () => {
  it.each(['TLS 1.2', 'TLS 1.3'])('are whole records: no byte of %s is called malformed', async (version) => {
    const data = tlsRecord(23, Buffer.alloc(50, 0x5a));
    const answer = version === 'TLS 1.2' ? serverHello([], { suite: 0xc02f }) : serverHello();
    const talk = new Talk().open().send(0, clientHello()).send(0, HEARTBEAT).send(1, answer).send(1, HEARTBEAT);
    for (const side of [0, 1] as const) {
      talk
        .send(side, tlsRecord(20, Buffer.of(1)))
        .send(side, data)
        .send(side, HEARTBEAT)
        .send(side, data);
    }
    const { codes, findings } = await readCapture(talk.finish().pcap());
    expect(codes).toEqual(['tls.no-secrets']);
    expect(findings[0]?.message).toContain('220 bytes stayed encrypted');
  });

  it('stand between the records that carry data', async () => {
    const talk = new Talk().open();
    for (const { side, bytes } of wssTalk()) talk.send(side, bytes).send(side, HEARTBEAT);
    const { messages, codes } = await readCapture(talk.finish().pcap(), { keyLog: keyLogOf(scriptKeyLog()) });
    expect(messages.map(({ message }) => message.payload?.toString())).toEqual(['secret', 'secret as well']);
    expect(codes).toEqual([]);
  });
});
