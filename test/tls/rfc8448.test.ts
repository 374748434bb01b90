import { describe, expect, it } from 'vitest';
import { keyLogOf, moment, replay, stageWith, type Sent } from './recording.js';
import { RFC8448, RFC8448_KEY_LOG } from './rfc8448.js';

const PAYLOAD = Buffer.from(Array.from({ length: 50 }, (_, index) => index)).toString('latin1');

const WIRE: Sent[] = [
  { side: 0, bytes: RFC8448.clientHello },
  { side: 1, bytes: Buffer.concat([RFC8448.serverHello, RFC8448.serverFlight]) },
  { side: 0, bytes: RFC8448.clientFinished },
  { side: 1, bytes: RFC8448.newSessionTicket },
  { side: 0, bytes: RFC8448.clientData },
  { side: 1, bytes: RFC8448.serverData },
  { side: 0, bytes: RFC8448.clientAlert },
  { side: 1, bytes: RFC8448.serverAlert },
];

const only = (...labels: string[]): string =>
  RFC8448_KEY_LOG.filter((line) => labels.some((label) => line.startsWith(label))).join('');

describe('the simple handshake of RFC 8448', () => {
  it('gives the application data of both sides, and nothing of the handshake', () => {
    const got = replay(WIRE, keyLogOf(RFC8448_KEY_LOG.join('')));
    expect([got.text(0), got.text(1)]).toEqual([PAYLOAD, PAYLOAD]);
    expect(got.moments).toEqual([5, 6]);
    expect(got.tls?.summary).toEqual({ version: 'TLS 1.3', cipher: 'TLS_AES_128_GCM_SHA256', sni: 'server' });
    expect(got.events).toEqual(['bytes 0', 'bytes 1', 'end 0 fin', 'end 1 fin']);
    expect(got.reported).toEqual([]);
  });

  it('is decrypted without the handshake secrets', () => {
    const got = replay(WIRE, keyLogOf(only('CLIENT_TRAFFIC', 'SERVER_TRAFFIC')));
    expect([got.text(0), got.text(1)]).toEqual([PAYLOAD, PAYLOAD]);
    expect(got.events).toEqual(['bytes 0', 'bytes 1', 'end 0 fin', 'end 1 fin']);
  });

  it('is decrypted for the one side whose secret is there, and the other side is a gap and a finding', () => {
    const got = replay(WIRE, keyLogOf(only('SERVER_TRAFFIC', 'SERVER_HANDSHAKE')));
    expect([got.text(0), got.text(1)]).toEqual(['', PAYLOAD]);
    expect(got.events).toEqual(['bytes 1', 'end 1 fin', 'gap 0 ?', 'finding 0 tls.no-secrets', 'end 0 fin']);
    expect(got.findings[0]).toMatchObject({ severity: 'warning', direction: 'client-to-server' });
    expect(got.findings[0]?.message).toBe(
      'no CLIENT_TRAFFIC_SECRET_0 for client random cb34ecb1e78163ba...: 154 bytes stayed encrypted, SNI server',
    );
    expect(got.reported).toEqual([]);
  });

  it('is one report that names what is missing where no secret is there', () => {
    const got = replay(WIRE, keyLogOf(''));
    expect(got.made).toBe(0);
    expect(got.reported.map(({ code, message }) => [code, message])).toEqual([
      [
        'tls.no-secrets',
        'no CLIENT_TRAFFIC_SECRET_0 and no SERVER_TRAFFIC_SECRET_0 for client random cb34ecb1e78163ba...: ' +
          '1156 bytes stayed encrypted, SNI server',
      ],
    ]);
  });

  it('is one report where the secrets are those of another connection', () => {
    const wrong = RFC8448_KEY_LOG.join('').replace(/\w{64}$/gm, 'ab'.repeat(32));
    const got = replay(WIRE, keyLogOf(wrong));
    expect(got.made).toBe(0);
    expect(got.reported).toHaveLength(1);
    expect(got.reported[0]?.message).toMatch(
      /^no CLIENT_TRAFFIC_SECRET_0 that fits and no SERVER_TRAFFIC_SECRET_0 that/,
    );
    expect(JSON.stringify(got.reported)).not.toContain('abab');
  });

  it('is decrypted with a key log that comes after the records, each record at its own moment', () => {
    const keys = keyLogOf('');
    const { stage, got } = stageWith(keys);
    WIRE.forEach(({ side, bytes }, index) => stage.bytes(side, bytes, moment(index + 1)));
    expect(got.made).toBe(0);
    keys.push(RFC8448_KEY_LOG.join(''));
    stage.end(0, 'fin', moment(9));
    stage.end(1, 'fin', moment(9));
    expect([got.text(0), got.text(1)]).toEqual([PAYLOAD, PAYLOAD]);
    expect(got.moments).toEqual([5, 6]);
  });

  it('is decrypted whichever side the capture has first', () => {
    for (const first of [0, 1] as const) {
      const wire = [...WIRE.filter(({ side }) => side === first), ...WIRE.filter(({ side }) => side !== first)];
      const got = replay(wire, keyLogOf(RFC8448_KEY_LOG.join('')));
      expect([got.text(0), got.text(1)]).toEqual([PAYLOAD, PAYLOAD]);
    }
  });

  it('never writes to the captured bytes', () => {
    const copies = WIRE.map(({ bytes }) => Buffer.from(bytes));
    replay(WIRE, keyLogOf(RFC8448_KEY_LOG.join('')));
    expect(WIRE.every(({ bytes }, index) => bytes.equals(copies[index]!))).toBe(true);
  });
});
