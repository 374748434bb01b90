import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Item, Truth } from '../../fixtures/record/truth.js';
import type { Direction } from '../../src/common/finding.js';
import type { FrameEvent, MessageEvent } from '../../src/events.js';
import { opcodeName } from '../../src/websocket/frame.js';
import { fixturePackets, toPcap } from './fixture-packets.js';
import { readCapture } from './read-capture.js';

/** Small ones that between them have all that can go wrong: windows, fragments, sizes, several frames a segment. */
const FIXTURES = [
  'close-reason',
  'deflate-blocks',
  'deflate-client-no-takeover',
  'deflate-concurrent',
  'deflate-cork',
  'deflate-final-blocks',
  'deflate-fragments',
  'deflate-mixed',
  'deflate-no-takeover',
  'deflate-takeover',
  'frames-cork',
  'frames-fragments',
  'frames-one-byte-segments',
  'frames-segments',
  'ping-pong',
  'send-both',
  'websocket-package',
];

/** Changes to a list of packets, one for each place in it. */
const CHANGES: Record<string, (packets: readonly Buffer[], place: number) => Buffer[]> = {
  'without packet': (packets, place) => packets.toSpliced(place, 1),
  'cut before packet': (packets, place) => packets.slice(0, place),
  'with its neighbour before packet': (packets, place) =>
    packets.toSpliced(place, 2, ...packets.slice(place, place + 2).reverse()),
  'twice packet': (packets, place) => packets.toSpliced(place, 0, packets[place]!),
  'without three packets from': (packets, place) => packets.toSpliced(place, 3),
  'with packets in reverse from': (packets, place) => [
    ...packets.slice(0, place),
    ...packets.slice(place, place + 8).reverse(),
    ...packets.slice(place + 8),
  ],
};

type Lines = Record<Direction, string[]>;

/** What one application sent, data and control messages apart: pings may overtake a message in fragments. */
function sentLines(items: readonly Item[], kind: 'data' | 'control'): string[] {
  return items.filter((item) => isData(item.type) === (kind === 'data')).map(itemLine);
}

function isData(type: string): boolean {
  return type === 'text' || type === 'binary';
}

function itemLine(item: Item): string {
  if (item.type === 'close') return `close ${item.code ?? ''} ${item.reason ?? ''}`;
  if ('sha256' in item) throw new Error('a payload that is not told in full: take a smaller fixture');
  return `${item.type} ${'text' in item ? Buffer.from(item.text).toString('base64') : item.base64}`;
}

function messageLine({ message }: MessageEvent): string {
  if (message.opcode === 8) return `close ${message.closeCode ?? ''} ${message.closeReason?.toString() ?? ''}`;
  return `${opcodeName(message.opcode)} ${message.payload?.toString('base64')}`;
}

function frameLine({ frame }: FrameEvent): string {
  const { fin, rsv1, opcode, maskingKey, payloadLength, payload } = frame;
  return [fin, rsv1, opcode, maskingKey, payloadLength, payload?.toString('base64')].join(' ');
}

/** Lines of the events whose status is ok, by direction. */
function okLines<T extends FrameEvent | MessageEvent>(events: readonly T[], line: (event: T) => string): Lines {
  const lines: Lines = { 'client-to-server': [], 'server-to-client': [] };
  for (const event of events) {
    const { status } = event.type === 'frame' ? event.frame : event.message;
    if (status === 'ok') lines[event.direction].push(line(event));
  }
  return lines;
}

/** The first line that is not in the other list, or not in its turn. */
function stranger(lines: readonly string[], among: readonly string[]): string | undefined {
  let at = 0;
  for (const line of lines) {
    at = among.indexOf(line, at) + 1;
    if (at === 0) return line;
  }
  return undefined;
}

describe.each(FIXTURES)('nothing is shown as ok that was not sent: %s', (fixture) => {
  const packets = fixturePackets(`${fixture}.pcap`);
  const truth = JSON.parse(
    readFileSync(new URL(`../../fixtures/${fixture}.sent.json`, import.meta.url), 'utf8'),
  ) as Truth;
  const sent = {
    'client-to-server': truth.connections.flatMap(({ clientSent }) => clientSent),
    'server-to-client': truth.connections.flatMap(({ serverSent }) => serverSent),
  };

  it('all of it is shown where nothing is changed', async () => {
    const lines = okLines((await readCapture(toPcap(packets))).messages, messageLine);
    for (const direction of ['client-to-server', 'server-to-client'] as const) {
      const all = lines[direction];
      for (const kind of ['data', 'control'] as const) {
        const shown = all.filter((line) => isData(line.slice(0, line.indexOf(' '))) === (kind === 'data'));
        expect(shown).toEqual(sentLines(sent[direction], kind));
      }
    }
  });

  it.each(Object.keys(CHANGES))('%s', async (name) => {
    const frames = okLines((await readCapture(toPcap(packets))).frames, frameLine);
    for (let place = 0; place < packets.length; place++) {
      const changed = toPcap(CHANGES[name]!(packets, place));
      const reading = await readCapture(changed);
      const okFrames = okLines(reading.frames, frameLine);
      const okMessages = okLines(reading.messages, messageLine);
      for (const direction of ['client-to-server', 'server-to-client'] as const) {
        expect(stranger(okFrames[direction], frames[direction]), `${place + 1}, ${direction}`).toBeUndefined();
        for (const kind of ['data', 'control'] as const) {
          const shown = okMessages[direction].filter(
            (line) => isData(line.slice(0, line.indexOf(' '))) === (kind === 'data'),
          );
          expect(stranger(shown, sentLines(sent[direction], kind)), `${place + 1}, ${direction}`).toBeUndefined();
        }
      }
    }
  });
});
