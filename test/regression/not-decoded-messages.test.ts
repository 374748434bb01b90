import { describe, expect, test } from 'vitest';
import { JsonOutput } from '../../src/output/json/json.js';
import { TextMessages } from '../../src/output/text/text-messages.js';
import { encodeFrame, type FrameShape } from '../../src/websocket/encode-frame.js';
import { readCapture, type Reading } from '../hostile/read-capture.js';
import { Talk } from '../hostile/talk.js';
import { PLAIN, printed } from '../output/events.js';

/** "Hello" compressed (RFC 7692 section 7.2.3.1). */
const HELLO = Buffer.from('f248cdc9c90700', 'hex');

async function reading(extensions: string | undefined, ...frames: FrameShape[]): Promise<Reading> {
  const fields = extensions === undefined ? {} : { offered: extensions, extensions };
  const talk = new Talk().upgrade(fields);
  for (const shape of frames) talk.send(1, encodeFrame(shape));
  return readCapture(talk.finish().pcap());
}

function records({ events }: Reading): Record<string, unknown>[] {
  const lines = printed(new JsonOutput('message'), events).split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('a message with RSV bits that are not undone', () => {
  test.each(['permessage-bzip2', 'x-webkit-deflate-frame', 'permessage-bzip2; client_max_compress_level=9'])(
    'of %s comes as it was sent',
    async (extensions) => {
      const read = await reading(extensions, { opcode: 1, rsv1: true, payload: HELLO });
      expect(records(read)).toMatchObject([{ status: 'not-decoded', base64: HELLO.toString('base64') }]);
      expect(read.codes).toEqual([]);
      expect(printed(new TextMessages(PLAIN), read.events)).not.toContain('bad-deflate');
    },
  );

  test.each([
    ['RSV1 where nothing was agreed on', undefined, { opcode: 1, rsv1: true }],
    ['RSV2 where nothing was agreed on', undefined, { opcode: 1, rsv2: true }],
    ['RSV3 beside permessage-deflate', 'permessage-deflate', { opcode: 2, rsv1: true, rsv3: true }],
    ['RSV1 on a ping of another extension', 'x-other', { opcode: 9, rsv1: true }],
    ['RSV1 on a reserved opcode', 'permessage-deflate', { opcode: 5, rsv1: true }],
  ] as const)('%s: its bytes as base64, and no text', async (_, extensions, shape) => {
    const read = await reading(extensions, { ...shape, payload: HELLO });
    expect(records(read)[0]).toMatchObject({ status: 'not-decoded', base64: HELLO.toString('base64') });
    expect(records(read)[0]).not.toHaveProperty('text');
  });

  test('has no close code', async () => {
    const [record] = records(
      await reading('x-other', { opcode: 8, rsv1: true, payload: Buffer.from('03e86f6b', 'hex') }),
    );
    expect(record).toMatchObject({ status: 'not-decoded', base64: 'A+hvaw==' });
    expect(record).not.toHaveProperty('closeCode');
  });

  test('is not decoded either where a continuation has them', async () => {
    const read = await reading(
      'x-webkit-deflate-frame',
      { opcode: 1, fin: false, payload: Buffer.from('plain') },
      { opcode: 0, rsv1: true, payload: HELLO },
    );
    const payload = Buffer.concat([Buffer.from('plain'), HELLO]).toString('base64');
    expect(records(read)).toMatchObject([{ status: 'not-decoded', frames: 2, base64: payload }]);
  });

  test.each([
    ['RSV1 where nothing was agreed on', undefined, { rsv1: true }, {}],
    ['RSV2', undefined, { rsv2: true }, {}],
    ['another extension', 'permessage-bzip2', { rsv1: true }, {}],
    ['RSV1 on the continuation alone', 'x-webkit-deflate-frame', {}, { rsv1: true }],
  ] as const)('has no continuation that is shown as text: %s', async (_, extensions, first, second) => {
    const { events } = await reading(
      extensions,
      { opcode: 1, fin: false, ...first, payload: Buffer.from('be') },
      { opcode: 0, fin: false, ...second, payload: Buffer.from('gin') },
      { opcode: 0, payload: Buffer.from('end') },
      { opcode: 1, payload: Buffer.from('next') },
    );
    const lines = printed(new JsonOutput('frame'), events).trim().split('\n');
    const shown = lines.map((line) => (JSON.parse(line) as { text?: string }).text);
    expect(shown).toEqual([Object.keys(first).length === 0 ? 'be' : undefined, undefined, undefined, 'next']);
  });

  test('is no violation where the answer, which would say what RSV1 means, was not captured', async () => {
    const talk = new Talk();
    const garbage = Buffer.from('ffffffffffffffff', 'hex');
    for (let more = 0; more < 9; more++) talk.send(1, encodeFrame({ payload: Buffer.from(`message ${more}`) }));
    const read = await readCapture(
      talk
        .send(1, encodeFrame({ rsv1: true, payload: garbage }))
        .finish()
        .pcap(),
    );
    expect(records(read).at(-1)).toMatchObject({ status: 'not-decoded', base64: garbage.toString('base64') });
    expect(read.codes).not.toContain('deflate.bad-data');
  });

  test('leaves the others as they are', async () => {
    const read = await reading(
      'x-webkit-deflate-frame',
      { opcode: 1, rsv1: true, payload: HELLO },
      { opcode: 1, payload: Buffer.from('plain') },
    );
    expect(records(read)[1]).toMatchObject({ status: 'ok', text: 'plain' });
  });
});
