import { once } from 'node:events';
import * as http2 from 'node:http2';
import * as net from 'node:net';
import { describe, expect, it } from 'vitest';
import { HeldBytes } from '../../src/common/held-bytes.js';
import { DEFAULT_LIMITS } from '../../src/common/limits.js';
import { NO_TIME } from '../../src/common/packet-time.js';
import type { Http2Listener } from '../../src/http2/http2-listener.js';
import { Http2Side } from '../../src/http2/http2-side.js';

/** What one side of a recorded connection said. */
interface Recorded {
  readonly client: Buffer[];
  readonly server: Buffer[];
  readonly sent: { readonly client: string; readonly server: string };
}

/** Node's own HTTP/2 on loopback: an ordinary request, then an extended CONNECT that echoes what it is sent. */
async function record(): Promise<Recorded> {
  const server = http2.createServer({ settings: { enableConnectProtocol: true } });
  server.on('stream', (stream, headers) => {
    stream.respond({ ':status': 200, 'x-odd': 'a value that is long enough to be worth an entry of the table' });
    if (headers[':method'] !== 'CONNECT') stream.end('hello');
    else stream.on('data', (chunk: Buffer) => stream.write(chunk)).on('end', () => stream.end());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  const client: Buffer[] = [];
  const answers: Buffer[] = [];
  const tap = net.createServer((from) => {
    const to = net.connect(port, '127.0.0.1');
    from.on('data', (chunk) => (client.push(chunk), to.write(chunk))).on('end', () => to.end());
    to.on('data', (chunk) => (answers.push(chunk), from.write(chunk))).on('end', () => from.end());
    for (const socket of [from, to]) socket.on('error', () => socket.destroy());
  });
  tap.listen(0, '127.0.0.1');
  await once(tap, 'listening');
  const session = http2.connect(`http://127.0.0.1:${(tap.address() as net.AddressInfo).port}`);
  await once(session, 'remoteSettings');
  const plain = session.request({ ':path': '/page', cookie: 'a=b' });
  plain.resume();
  await once(plain, 'end');
  const socket = session.request({
    ':method': 'CONNECT',
    ':protocol': 'websocket',
    ':path': '/chat',
    ':scheme': 'http',
    ':authority': 'example.org',
    'sec-websocket-version': '13',
  });
  const echoed: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => echoed.push(chunk));
  let sent = '';
  for (let i = 0; i < 40; i++) {
    const text = `message ${i} ${'x'.repeat((i * 997) % 20_000)};`;
    sent += text;
    socket.write(text);
    if (i % 8 === 7) await once(socket, 'data');
  }
  socket.end();
  await once(socket, 'end');
  session.close();
  await once(session, 'close');
  tap.close();
  server.close();
  return { client, server: answers, sent: { client: sent, server: Buffer.concat(echoed).toString() } };
}

/** Writes down what a side says. */
function listen(): { listener: Http2Listener; said: string[]; data: Map<number, (Buffer | number | undefined)[]> } {
  const said: string[] = [];
  const data = new Map<number, (Buffer | number | undefined)[]>();
  const of = (stream: number): (Buffer | number | undefined)[] => data.get(stream) ?? data.set(stream, []).get(stream)!;
  const listener: Http2Listener = {
    headers: (stream, { fields }) =>
      said.push(`${stream} ${fields.map((f) => `${f.name ?? '?'}=${f.value ?? '?'}`).join(' ')}`),
    data: (stream, chunk) => of(stream).push(Buffer.from(chunk)),
    cutData: () => undefined,
    dataGap: (stream, length) => of(stream).push(length),
    endStream: (stream) => said.push(`${stream} ends`),
    reset: (stream, code) => said.push(`${stream} reset ${code}`),
    goAway: (last, code) => said.push(`goaway ${last} ${code}`),
    settings: (settings) => {
      for (const [identifier, value] of settings ?? []) said.push(`setting ${identifier}=${value}`);
    },
    lost: () => {
      said.push('lost');
      of(3).push(undefined);
    },
    unreadable: (stream, problem) => said.push(`${stream} unreadable: ${problem}`),
    skipped: () => undefined,
  };
  return { listener, said, data };
}

function side(
  isClient: boolean,
  listener: Http2Listener,
  held: HeldBytes,
  known: (stream: number) => boolean = () => false,
): Http2Side {
  return new Http2Side({ limits: DEFAULT_LIMITS, held, isClient, fromStart: true, isKnownStream: known }, listener);
}

const text = (parts: readonly (Buffer | number | undefined)[] = []): string =>
  Buffer.concat(parts.filter((part) => Buffer.isBuffer(part))).toString();

const recording = record();

describe('Http2Side', () => {
  it.each([1, 7, 1000, 1 << 20])('reads what Node says, in pieces of %i bytes', async (piece) => {
    const { client, server, sent } = await recording;
    const held = new HeldBytes(1 << 20);
    for (const [isClient, chunks] of [
      [true, client],
      [false, server],
    ] as const) {
      const { listener, said, data } = listen();
      const reader = side(isClient, listener, held);
      const all = Buffer.concat(chunks);
      for (let at = 0; at < all.length; at += piece) reader.bytes(all.subarray(at, at + piece), NO_TIME);
      reader.end(NO_TIME);
      expect(text(data.get(3))).toBe(isClient ? sent.client : sent.server);
      const heads = said.filter((line) => line.startsWith('3 :'));
      if (isClient)
        expect(heads).toEqual([expect.stringContaining(':method=CONNECT :protocol=websocket :path=/chat') as string]);
      else expect(heads).toEqual([expect.stringMatching(/^3 :status=200 x-odd=a value that is long enough/)]);
      expect(said).toContain('3 ends');
      if (!isClient) expect(said).toContain('setting 8=1');
      expect(said.join('\n')).not.toMatch(/lost|unreadable/);
    }
    expect(held.total).toBe(0);
  });

  it('shows nothing that was not sent, whatever run of bytes is missing, and goes on after it', async () => {
    const { client, server, sent } = await recording;
    let recovered = 0;
    for (const [isClient, chunks] of [
      [true, client],
      [false, server],
    ] as const) {
      const all = Buffer.concat(chunks);
      const whole = isClient ? sent.client : sent.server;
      for (let from = 30; from + 700 < all.length; from += 911) {
        const held = new HeldBytes(1 << 20);
        const { listener, said, data } = listen();
        const reader = side(isClient, listener, held, (stream) => stream === 3 || stream === 1);
        reader.bytes(all.subarray(0, from), NO_TIME);
        reader.gap(700, NO_TIME);
        for (let at = from + 700; at < all.length; at += 1400) reader.bytes(all.subarray(at, at + 1400), NO_TIME);
        reader.end(NO_TIME);
        const parts = data.get(3) ?? [];
        // Each run of data stands in what was sent, after the one before it.
        let place = 0;
        for (let i = 0; i < parts.length;) {
          let run = '';
          while (i < parts.length && Buffer.isBuffer(parts[i])) run += (parts[i++] as Buffer).toString();
          const found = whole.indexOf(run, place);
          expect(found).toBeGreaterThanOrEqual(place);
          place = found + run.length;
          if (i < parts.length) i++;
        }
        if (said.includes('3 ends')) recovered++;
        expect(held.total).toBe(0);
      }
    }
    expect(recovered).toBeGreaterThan(100);
  });
});
