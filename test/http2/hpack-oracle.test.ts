import { once } from 'node:events';
import * as http2 from 'node:http2';
import { Duplex } from 'node:stream';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { HeldBytes } from '../../src/common/held-bytes.js';
import { DEFAULT_LIMITS } from '../../src/common/limits.js';
import { NO_TIME } from '../../src/common/packet-time.js';
import type { Http2Listener } from '../../src/http2/http2-listener.js';
import { Http2Side } from '../../src/http2/http2-side.js';

/** One end of a pair of streams in memory: what is written to it is read from the other one. */
class PairEnd extends Duplex {
  other!: PairEnd;
  readonly written: Buffer[] = [];

  override _read(): void {
    // What comes is pushed as it is written.
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.written.push(Buffer.from(chunk));
    this.other.push(Buffer.from(chunk));
    setImmediate(done);
  }

  override _final(done: () => void): void {
    this.other.push(null);
    done();
  }
}

interface SentField {
  readonly name: string;
  readonly value: string;
  readonly isSensitive: boolean;
}

/** Few names and some values that come again, so that the dynamic table is used. */
const field = fc.record({
  name: fc.oneof(
    fc.constantFrom('x-a', 'x-b', 'accept', 'user-agent', 'x-a-much-longer-name'),
    fc.stringMatching(/^x-[a-z0-9]{1,12}$/),
  ),
  value: fc.oneof(fc.constantFrom('', 'yes', 'x'.repeat(300)), fc.stringMatching(/^[!-~]{1,60}$/)),
  isSensitive: fc.boolean(),
});
const fieldList = fc.uniqueArray(field, { maxLength: 12, selector: ({ name }) => name });
const requests = fc.array(fieldList, { minLength: 1, maxLength: 8 });
const tableSize = fc.constantFrom(0, 64, 200, 4096, 16_384);

/** Sends requests through nghttp2; the server changes its table size half-way. @returns what the client wrote */
async function send(lists: readonly SentField[][], sizes: readonly [number, number]): Promise<Buffer[]> {
  const near = new PairEnd();
  const far = new PairEnd();
  near.other = far;
  far.other = near;
  const server = http2.performServerHandshake(far, { settings: { headerTableSize: sizes[0] } });
  server.on('stream', (stream: http2.ServerHttp2Stream) => {
    stream.respond({ ':status': 204 }, { endStream: true });
  });
  const session = http2.connect('http://example.org', { createConnection: () => near });
  await once(session, 'remoteSettings');
  const middle = lists.length >> 1;
  for (const [i, list] of lists.entries()) {
    if (i === middle) {
      const isChanged = once(session, 'remoteSettings');
      server.settings({ headerTableSize: sizes[1] });
      await isChanged;
    }
    const headers: http2.OutgoingHttpHeaders = { ':path': `/${i % 3}` };
    for (const { name, value } of list) headers[name] = value;
    const sensitive = list.filter(({ isSensitive }) => isSensitive).map(({ name }) => name);
    const request = session.request({ ...headers, [http2.sensitiveHeaders]: sensitive });
    request.resume();
    await once(request, 'close');
  }
  session.destroy();
  server.destroy();
  return near.written;
}

/** The fields of each request, as our decoder reads them. */
function read(written: readonly Buffer[]): string[][] {
  const lists: string[][] = [];
  const ignore = (): void => undefined;
  const listener: Http2Listener = {
    headers: (_stream, block) => {
      expect([block.error, block.isIncomplete]).toEqual([undefined, false]);
      lists.push(block.fields.filter(({ name }) => name?.startsWith(':') !== true).map((f) => `${f.name}: ${f.value}`));
    },
    data: ignore,
    dataGap: ignore,
    endStream: ignore,
    reset: ignore,
    goAway: ignore,
    settings: ignore,
    lost: () => expect.unreachable('nothing is lost'),
    cutData: ignore,
    unreadable: (_stream, problem) => expect.unreachable(problem),
    skipped: () => expect.unreachable('nothing is skipped'),
  };
  const held = new HeldBytes(DEFAULT_LIMITS.heldBytes);
  const options = { limits: DEFAULT_LIMITS, held, isClient: true, fromStart: true, isKnownStream: () => true };
  const side = new Http2Side(options, listener);
  for (const chunk of written) side.bytes(chunk, NO_TIME);
  side.end(NO_TIME);
  return lists;
}

it('reads what nghttp2 compresses, for any fields and table sizes', async () => {
  await fc.assert(
    fc.asyncProperty(requests, fc.tuple(tableSize, tableSize), async (lists, sizes) => {
      const sent = lists.map((list) => list.map(({ name, value }) => `${name}: ${value}`).sort());
      const got = read(await send(lists, sizes)).map((list) => [...list].sort());
      expect(got).toEqual(sent);
    }),
    { numRuns: 60 },
  );
});
