import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { textWidth } from '../../../src/output/text/text-width.js';
import { KEY_LOGS, pathOf, recordsIn } from '../../schema/schemas.js';
import { run } from '../fake-io.js';

type Row = Readonly<Record<string, unknown>>;

const GOLDEN = new URL('../../../fixtures/golden/', import.meta.url);
const CAPTURES = readdirSync(GOLDEN, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.jsonl'))
  .map((name) => name.slice(0, -'.jsonl'.length))
  .sort();

/** What `stats --json` prints of each capture: it is asked for several times. */
const printed = new Map<string, Promise<Row[]>>();

function statsOf(name: string): Promise<Row[]> {
  let found = printed.get(name);
  if (found === undefined) printed.set(name, (found = rows('stats', name)));
  return found;
}

async function rows(command: string, name: string, ...argv: string[]): Promise<Row[]> {
  const { code, stdout, stderr } = await run([command, '--json', '-q', ...KEY_LOGS, ...argv, pathOf(name)]);
  expect([code, stderr], name).toEqual([0, '']);
  return recordsIn(stdout);
}

/** What of an object tells in one number: 0 where it is not there. */
function numberAt(row: unknown, ...path: readonly string[]): number {
  let value = row;
  for (const name of path) value = (value as Row | undefined)?.[name];
  return (value as number | undefined) ?? 0;
}

const SIDES = [
  ['client', 'fromClient', 'client-to-server'],
  ['server', 'fromServer', 'server-to-client'],
] as const;

describe('stats --json', () => {
  it('counts what connections --json counts, of each connection and of all', async () => {
    for (const name of CAPTURES) {
      const connections = await rows('connections', name);
      const all = await statsOf(name);
      const stats = all.slice(0, -1);
      expect(stats.length, name).toBe(connections.length);
      for (const [index, connection] of connections.entries()) {
        const own = stats[index]!;
        for (const member of ['stream', 'http2Stream', 'time', 'duration', 'client', 'url', 'closeCode', 'end']) {
          expect(own[member], `${name} ${member}`).toEqual(connection[member]);
        }
        for (const [side, from] of SIDES) {
          const sent = own[from] as Row;
          const of = (end: string): unknown => connection[`${side}${end}`];
          expect(
            [sent['messages'], sent['frames'], sent['wireBytes'], sent['missingBytes'], sent['ratio']],
            name,
          ).toEqual([of('Messages'), of('Frames'), of('Bytes'), of('MissingBytes'), of('Ratio')]);
        }
      }
      const capture = all.at(-1)!;
      expect(capture['connections']).toBe(connections.length);
      for (const [side, from] of SIDES) {
        const sum = connections.reduce((total, row) => total + numberAt(row, `${side}Messages`), 0);
        expect(numberAt(capture, from, 'messages'), name).toBe(sum);
      }
    }
  });

  it('counts the messages and what they mean as messages --json has them', async () => {
    for (const name of CAPTURES) {
      const messages = await rows('messages', name);
      const capture = (await statsOf(name)).at(-1)!;
      for (const [, from, direction] of SIDES) {
        const sent = messages.filter((row) => row['direction'] === direction);
        // A length that no number holds is a text, and in no sum: of such a message next to nothing came.
        const lengths = sent.map((row) => row['length']).filter((length) => typeof length === 'number');
        const bytes = lengths.reduce((sum, length) => sum + length, 0);
        expect(numberAt(capture, from, 'bytes'), name).toBe(bytes);
        const whole = sent.filter((row) => row['status'] === 'ok' && (row['opcode'] as number) < 8);
        expect(numberAt(capture, from, 'sizes', 'count'), name).toBe(whole.length);
        expect(numberAt(capture, from, 'sizes', 'max'), name).toBe(
          Math.max(0, ...whole.map((row) => Number(row['length']))),
        );
        const opcodes = ((capture[from] as Row)['opcodes'] ?? []) as Row[];
        for (const { opcode, messages: count } of opcodes) {
          expect(sent.filter((row) => row['opcode'] === opcode).length, name).toBe(count);
        }
        for (const { protocol, kind, name: word, ...counted } of (capture['names'] ?? []) as Row[]) {
          const meaning = sent.filter(({ decoded }) => {
            const { items, ...single } = (decoded ?? {}) as Row & { readonly items?: readonly Row[] };
            const carrier = single['protocol'];
            return (items ?? (decoded === undefined ? [] : [single])).some(
              (item) => (item['protocol'] ?? carrier) === protocol && item['kind'] === kind && item['name'] === word,
            );
          });
          expect(numberAt(counted, from, 'messages'), `${name} ${String(word)}`).toBe(meaning.length);
        }
      }
    }
  });

  it('counts calls and pings with their outcomes and latencies as calls --json has them', async () => {
    for (const name of CAPTURES) {
      const calls = await rows('calls', name);
      const capture = (await statsOf(name)).at(-1)!;
      for (const [member, isPing] of [
        ['pings', true],
        ['calls', false],
      ] as const) {
        const own = calls.filter(({ protocol }) => (protocol === 'websocket') === isPing);
        for (const outcome of ['ok', 'error', 'unanswered', 'unknown']) {
          const count = own.filter((call) => call['outcome'] === outcome).length;
          expect(numberAt(capture, member, outcome), `${name} ${member} ${outcome}`).toBe(count);
        }
        const seconds = own.flatMap((call) => (call['seconds'] === undefined ? [] : [call['seconds'] as number]));
        expect(numberAt(capture, member, 'seconds', 'count'), name).toBe(seconds.length);
        expect(numberAt(capture, member, 'seconds', 'max'), name).toBe(Math.max(0, ...seconds));
      }
    }
  });

  it('has of a HAR file what that tells, and nothing of packets', async () => {
    const name = readdirSync(new URL('../../../fixtures/logs/', import.meta.url)).find((file) =>
      file.endsWith('.har'),
    )!;
    const [connection, capture] = [(await statsOf(`logs/${name}`))[0]!, (await statsOf(`logs/${name}`)).at(-1)!]; // prettier-ignore
    expect(connection['source']).toBe('har');
    expect(numberAt(capture, 'fromClient', 'messages')).toBeGreaterThan(0);
    for (const record of [connection, capture]) {
      for (const member of ['frames', 'wireBytes', 'missingBytes'])
        expect(record['fromClient']).not.toHaveProperty(member);
    }
    expect(connection).not.toHaveProperty('tcp');
    expect(capture).not.toHaveProperty('reconnects');
    expect(numberAt(connection, 'idle', 'packet')).toBe(0);
  });

  it('names the file where there are several, and chooses by URL and host', async () => {
    const two = pathOf('two-connections.pcap');
    const { stdout } = await run(['stats', '--json', '-q', two, pathOf('ping-pong.pcap')]);
    expect(recordsIn(stdout).map(({ file }) => file)).toEqual([two, two, two, ...Array<string>(2).fill(pathOf('ping-pong.pcap'))]); // prettier-ignore
    expect(await rows('stats', 'two-connections.pcap', '--url', 'nowhere')).toMatchObject([{ connections: 0 }]);
    expect(await rows('stats', 'two-connections.pcap', '--host', '127.0.0.1')).toHaveLength(3);
    expect(await rows('stats', 'two-connections.pcap', '--stream', '1')).toHaveLength(2);
  });
});

describe('stats of what is selected', () => {
  /** What is chosen, in words for both commands. */
  const CHOICES: readonly (readonly string[])[] = [
    ['--where', 'opcode == 1 && length > 20'],
    ['--where', 'has(decoded.name) && direction == "client-to-server"'],
    ['--where', 'compressed', '--invert'],
    ['--where', 'opcode == 9'],
    ['--between', '2026-11-22T10:38:24.7495Z..', '--host', '127.0.0.1'],
  ];

  /** As many as show each kind: the whole is counted above. */
  const SOME = CAPTURES.filter((name, index) => index % 6 === 0 || /^(?:socketio|ping|h2c-|loss-d)/u.test(name));

  it.each(CHOICES.map((argv) => ({ argv, words: argv.join(' ') })))(
    '$words: as messages --json has it',
    async ({ argv }) => {
      let counted = 0;
      for (const name of SOME) {
        const messages = await rows('messages', name, ...argv);
        const all = await rows('stats', name, ...argv);
        const capture = all.at(-1)!;
        expect(capture['selected']).toBe(true);
        const streams = new Set(messages.map(({ stream, http2Stream }) => `${String(stream)}.${String(http2Stream)}`));
        expect(capture['connections'], name).toBe(streams.size);
        expect(all.length - 1, name).toBe(streams.size);
        for (const [, from, direction] of SIDES) {
          const sent = messages.filter((row) => row['direction'] === direction);
          expect(numberAt(capture, from, 'messages'), name).toBe(sent.length);
          expect(numberAt(capture, from, 'bytes'), name).toBe(
            sent.reduce((sum, row) => sum + Number(row['length'] ?? 0), 0),
          );
          const whole = sent.filter((row) => row['compressed'] === true && row['status'] === 'ok');
          expect(numberAt(capture, from, 'compressedBytes'), name).toBe(
            whole.reduce((sum, row) => sum + Number(row['wireLength']), 0),
          );
          expect(capture[from]).not.toHaveProperty('frames');
          expect(capture[from]).not.toHaveProperty('missingBytes');
          counted += sent.length;
        }
        const codes = new Map<string, number>();
        for (const { findings = [] } of messages as { findings?: { code: string }[] }[]) {
          for (const { code } of findings) codes.set(code, (codes.get(code) ?? 0) + 1);
        }
        const found = (capture['findings'] ?? []) as { code: string; count: number }[];
        expect(new Map(found.map(({ code, count }) => [code, count])), name).toEqual(codes);
        expect(capture).not.toHaveProperty('reconnects');
      }
      expect(counted).toBeGreaterThan(10);
    },
  );

  it('counts calls that begin in a message that is selected, whatever answers them', async () => {
    const all = await rows('calls', 'ping-pong.pcap');
    const first = all.filter(({ from }) => from === 'client').length;
    const capture = (await rows('stats', 'ping-pong.pcap', '--where', 'direction == "client-to-server"')).at(-1)!;
    expect(numberAt(capture, 'pings', 'ok')).toBe(first);
    expect(first).toBeLessThan(all.length);
    const answers = (await rows('stats', 'ping-pong.pcap', '--where', 'opcodeName == "pong"')).at(-1)!;
    expect(answers).not.toHaveProperty('pings');
    expect(numberAt(answers, 'fromClient', 'messages')).toBeGreaterThan(0);
  });

  it('leaves connections whole where they are chosen, and with --invert has the others', async () => {
    const urls = (await rows('connections', 'http-refused.pcap')).map(({ url }) => url);
    for (const name of ['two-connections.pcap', 'h2c.pcap', 'http-401.pcap', 'reconnects.pcap', 'http-refused.pcap']) {
      if (!CAPTURES.includes(name)) continue;
      const every = (await rows('stats', name)).slice(0, -1);
      for (const pattern of ['chat', '', 'nowhere']) {
        const own = (await rows('stats', name, '--url', pattern)).slice(0, -1);
        const others = (await rows('stats', name, '--url', pattern, '--invert')).slice(0, -1);
        expect(own, name).toEqual(every.filter(({ url }) => url !== undefined && (url as string).includes(pattern)));
        expect(others, name).toEqual(every.filter((row) => !own.some((one) => JSON.stringify(one) === JSON.stringify(row)))); // prettier-ignore
      }
    }
    expect(urls.length).toBeGreaterThan(0);
  });

  it('says so in text, and shows no number of what is not of these messages', async () => {
    const { stdout } = await run(['stats', '-q', '--where', 'opcode == 9', pathOf('ping-pong.pcap')]);
    expect(stdout).toContain('of messages that are selected');
    expect(stdout).toMatch(/Messages +3 +3/u);
    expect(stdout).not.toContain('Bytes lost');
    expect(stdout).not.toContain('Bytes in frames');
    const none = await run(['stats', '-q', '--where', 'opcode == 2', pathOf('ping-pong.pcap')]);
    expect(none.stdout).toBe('no WebSocket connections with such messages\n');
  });

  it('tells what is wrong with an expression before it reads', async () => {
    const wrong = await run(['stats', '--where', 'lenght > 3', 'nowhere.pcap']);
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('length') as string]);
    const alone = await run(['stats', '--invert', 'nowhere.pcap']);
    expect([alone.code, alone.stderr]).toEqual([2, expect.stringContaining('--invert shows what other options leave out') as string]); // prettier-ignore
  });
});

describe('stats', () => {
  it('fits into a terminal, whatever the capture holds', async () => {
    for (const name of CAPTURES) {
      for (const columns of [80, 200]) {
        const { stdout } = await run(['stats', '-q', pathOf(name)], { terminals: ['stdout'], columns, env: { NO_COLOR: '1' } }); // prettier-ignore
        for (const line of stdout.split('\n')) expect(textWidth(line), `${name}: ${line}`).toBeLessThanOrEqual(columns);
      }
    }
  });

  it('shows one connection whole, and a row for each of several', async () => {
    const { stdout: one } = await run(['stats', '-q', pathOf('ping-pong.pcap')]);
    expect(one).toContain('Pings         6 ok');
    expect(one).toContain('Round trip    0.000028 s');
    const { stdout: two } = await run(['stats', '-q', pathOf('two-connections.pcap')]);
    expect(two).toContain('WebSocket     2 connections');
    expect(two).toMatch(/^ {5}1 +6\/6 +42\/57 +0\.020 +0\.016 +0\/0 +0\/0 {2}ws:/m);
    expect(two).not.toContain('Round trip');
  });

  it('says that there is nothing', async () => {
    expect((await run(['stats', '-q', pathOf('other-redis.pcap')])).stdout).toBe('no WebSocket connections\n');
    expect(await run(['stats'], { terminals: ['stdin'] })).toMatchObject({ code: 2 });
  });

  it('names each input where there are several', async () => {
    const [one, other] = [pathOf('ping-pong.pcap'), pathOf('two-connections.pcap')];
    const { stdout } = await run(['stats', '-q', one, other]);
    expect(stdout.split('\n').filter((line) => line.startsWith('==>'))).toEqual([`==> ${one} <==`, `==> ${other} <==`]);
  });

  it('tells what there was where a capture cannot be read to its end', async () => {
    const bytes = readFileSync(pathOf('ping-pong.pcap'));
    const { stdout } = await run(['stats', '--json', '-q'], { stdin: [bytes.subarray(0, 1500)] });
    expect(recordsIn(stdout).at(-1)).toMatchObject({ type: 'capture-stats', connections: 1 });
  });
});
