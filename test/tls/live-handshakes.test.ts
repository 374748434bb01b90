import { once } from 'node:events';
import type { TLSSocket } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { RSA } from './certificates.js';
import { keyLogOf, record, replay, send, type Recording, type Sent } from './recording.js';

const HELLO = Buffer.from('hello from the client');
const ANSWER = Buffer.from('an answer of the server');

async function talk(client: TLSSocket, server: TLSSocket): Promise<void> {
  await send(client, server, HELLO);
  await send(server, client, ANSWER);
}

function expectTalk(wire: readonly Sent[], keyLog: string): ReturnType<typeof replay> {
  const got = replay(wire, keyLogOf(keyLog));
  expect([got.text(0), got.text(1)]).toEqual([HELLO.toString(), ANSWER.toString()]);
  expect(got.events.filter((event) => !/^(bytes|end)/.test(event))).toEqual([]);
  expect(got.reported).toEqual([]);
  return got;
}

/** Two connections, the second of which resumes the session of the first. */
async function resume(version: 'TLSv1.2' | 'TLSv1.3', secureOptions = 0): Promise<[Recording, Recording]> {
  const server = { ...RSA, minVersion: version, maxVersion: version, secureOptions, ticketKeys: Buffer.alloc(48, 5) };
  const client = { minVersion: version, maxVersion: version };
  let session: Buffer | undefined;
  const first = await record(server, client, async (ours, theirs) => {
    const saved = version === 'TLSv1.3' ? once(ours, 'session') : undefined;
    await talk(ours, theirs);
    session = saved === undefined ? ours.getSession() : ((await saved)[0] as Buffer);
  });
  const second = await record(server, { ...client, session: session! }, async (ours, theirs) => {
    expect(ours.isSessionReused()).toBe(true);
    await talk(ours, theirs);
  });
  return [first, second];
}

describe('resumption', () => {
  it('is followed in TLS 1.3 by its own secrets', async () => {
    const [, second] = await resume('TLSv1.3');
    expectTalk(second.wire, second.keyLog);
  });

  it('is followed in TLS 1.2 by its own secret', async () => {
    const [, second] = await resume('TLSv1.2');
    expectTalk(second.wire, second.keyLog);
  });

  it('is followed in TLS 1.2 by the ticket of a connection whose secret is known', async () => {
    const [first, second] = await resume('TLSv1.2');
    const keys = keyLogOf(first.keyLog);
    replay(first.wire, keys);
    const got = replay(second.wire, keys);
    expect([got.text(0), got.text(1)]).toEqual([HELLO.toString(), ANSWER.toString()]);
  });

  it('is not followed by the ticket alone', async () => {
    const [, second] = await resume('TLSv1.2');
    const got = replay(second.wire, keyLogOf(''));
    expect(got.reported.map(({ message }) => message)).toEqual([
      expect.stringMatching(
        /^no CLIENT_RANDOM for client random [0-9a-f]{16}\.\.\.: \d+ bytes stayed encrypted, SNI localhost$/,
      ),
    ]);
  });
});

describe('handshakes of other shapes', () => {
  it('follows a HelloRetryRequest', async () => {
    const recording = await record({ ...RSA, ecdhCurve: 'P-384' }, { ecdhCurve: 'X25519:P-384' }, talk);
    const hellos = recording.wire.filter(({ side, bytes }) => side === 0 && bytes.includes('localhost'));
    expect(hellos.length).toBeGreaterThan(1);
    expectTalk(recording.wire, recording.keyLog);
  });

  it('follows a renegotiation of TLS 1.2', async () => {
    const recording = await record({ ...RSA, maxVersion: 'TLSv1.2' }, {}, async (client, server) => {
      await send(client, server, HELLO.subarray(0, 9));
      await new Promise<void>((resolve, reject) =>
        client.renegotiate({}, (error) => (error === null ? resolve() : reject(error))),
      );
      await send(client, server, HELLO.subarray(9));
      await send(server, client, ANSWER);
    });
    expect(recording.keyLog.match(/^CLIENT_RANDOM/gm)).toHaveLength(2);
    expectTalk(recording.wire, recording.keyLog);
  });

  it('follows a client certificate in TLS 1.2 and 1.3', async () => {
    for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
      const server = { ...RSA, requestCert: true, rejectUnauthorized: false, maxVersion };
      const recording = await record(server, RSA, talk);
      expectTalk(recording.wire, recording.keyLog);
    }
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)('shows the protocol that ALPN chose in %s', async (maxVersion) => {
    const server = { ...RSA, maxVersion, ALPNProtocols: ['http/1.1'] };
    const recording = await record(server, { ALPNProtocols: ['h2', 'http/1.1'] }, talk);
    expect(expectTalk(recording.wire, recording.keyLog).tls?.summary?.alpn).toBe('http/1.1');
  });
});

describe('the pieces that a connection comes in', () => {
  it('do not matter, nor which side comes first', async () => {
    for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
      const { wire, keyLog } = await record({ ...RSA, maxVersion }, {}, talk);
      const sides = ([0, 1] as const).map((side) =>
        Buffer.concat(wire.filter((sent) => sent.side === side).map(({ bytes }) => bytes)),
      );
      for (const size of [1, 2, 3, 7, 100, 1500, 100_000]) {
        for (const first of [0, 1] as const) {
          const pieces = ([first, 1 - first] as (0 | 1)[]).flatMap((side) => cut(side, sides[side]!, size));
          expectTalk(pieces, keyLog);
        }
        const [ours, theirs] = [cut(0, sides[0]!, size), cut(1, sides[1]!, size)];
        const longest = Math.max(ours.length, theirs.length);
        const mixed = Array.from({ length: longest }, (_, index) => [ours[index], theirs[index]]).flat();
        expectTalk(
          mixed.filter((sent) => sent !== undefined),
          keyLog,
        );
      }
    }
  });
});

function cut(side: 0 | 1, bytes: Buffer, size: number): Sent[] {
  const pieces: Sent[] = [];
  for (let at = 0; at < bytes.length; at += size) pieces.push({ side, bytes: bytes.subarray(at, at + size) });
  return pieces;
}
