import { describe, expect, it } from 'vitest';
import { encodeMessage } from '../../src/encode/encode-message.js';
import { run } from '../cli/fake-io.js';
import { Talk } from '../hostile/talk.js';
import { pathOf, readSchema, recordsIn, validator } from '../schema/schemas.js';

type Said = readonly ['client' | 'server', Readonly<Record<string, unknown>>] | 'lost';

const create: Said = ['client', { type: 'response.create', event_id: 'e1' }];
const created = (id: string): Said => ['server', { type: 'response.created', response: { id } }];
const delta = (id?: string): Said => ['server', { type: 'response.output_text.delta', response_id: id, delta: 'x' }];
const done = (id: string, status = 'completed'): Said => [
  'server',
  { type: 'response.done', response: { id, status } },
];

const errorsOf = validator(readSchema('record'));

/** The calls of a conversation in which each packet comes a millisecond after the one before. */
async function calls(said: readonly Said[]): Promise<Record<string, unknown>[]> {
  const { stdout } = await run(['calls', '--json', '-q', '-'], { stdin: [capture(said)] });
  const records = recordsIn(stdout);
  for (const record of records) expect(errorsOf(record)).toEqual([]);
  return records;
}

function capture(said: readonly Said[]): Buffer {
  const talk = new Talk().upgrade({ target: '/v1/realtime?model=m' });
  for (const each of said) {
    if (each === 'lost') {
      talk.lose(1, 50).acknowledge(0);
      continue;
    }
    const [from, event] = each;
    const payload = Buffer.from(JSON.stringify(event));
    const key = from === 'client' ? { maskingKey: () => Uint8Array.of(1, 2, 3, 4) } : {};
    for (const frame of encodeMessage({ payload, ...key })) talk.send(from === 'client' ? 0 : 1, frame);
  }
  return talk.finish().pcap();
}

describe('calls of OpenAI', () => {
  it('are responses that the client asks for, with the time to the first delta', async () => {
    const found = await calls([create, created('r1'), delta('r1'), delta(), delta('r1'), done('r1')]);
    expect(found).toMatchObject([
      { protocol: 'openai', name: 'response.create', id: 'e1', from: 'client', outcome: 'ok', items: 3 },
    ]);
    expect(found[0]!['firstItemSeconds']).toBeCloseTo(0.002, 6);
    expect(found[0]!['seconds']).toBeCloseTo(0.005, 6);
    const stdin = [capture([create, created('r1'), delta('r1'), done('r1')])];
    expect((await run(['calls', '-q', '-'], { stdin })).stdout).toContain('1 item, the first after 0.002000 s');
  });

  it('have their own responses only, and fail where these do', async () => {
    const others: Said[] = [created('other'), delta('other'), done('other')];
    const found = await calls([
      ...others,
      create,
      created('r1'),
      delta('other'),
      done('r1', 'failed'),
      ...others,
      create,
    ]);
    expect(found.map(({ outcome, items }) => [outcome, items])).toEqual([
      ['error', undefined],
      ['unanswered', undefined],
    ]);
  });

  it('are not told apart where several are asked for at once, or the server begins by itself', async () => {
    const twice = await calls([create, create, created('r1'), delta('r1'), done('r1')]);
    expect(twice.map(({ outcome, firstItemSeconds, repeatedId }) => [outcome, firstItemSeconds, repeatedId])).toEqual([
      ['unknown', undefined, undefined],
      ['unknown', undefined, undefined],
    ]);
    const spoken: Said = ['server', { type: 'input_audio_buffer.speech_started' }];
    expect(await calls([spoken, create, created('r1'), delta('r1'), done('r1')])).toEqual([]);
  });

  it('have no first delta where an earlier one may be lost', async () => {
    const found = await calls([create, created('r1'), 'lost', delta('r1'), done('r1')]);
    expect(found.map(({ outcome, firstItemSeconds }) => [outcome, firstItemSeconds])).toEqual([['unknown', undefined]]);
  });
});

describe('calls of every protocol', () => {
  it('have the time to their first item', async () => {
    const { stdout } = await run(['calls', '--json', '-q', pathOf('subprotocol-graphql-transport-ws.pcap')]);
    const records = recordsIn(stdout);
    const streams = records.filter(({ items }) => items !== undefined);
    expect(streams.length).toBeGreaterThan(0);
    for (const { firstItemSeconds, seconds } of streams) {
      expect(firstItemSeconds).toBeGreaterThan(0);
      if (seconds !== undefined) expect(firstItemSeconds).toBeLessThanOrEqual(seconds as number);
    }
    for (const record of records) expect(record['items'] === undefined).toBe(record['firstItemSeconds'] === undefined);
  });
});
