import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { CheckedCapture } from '../src/check/check.js';
import { parseExpectations } from '../src/check/expectations/expect-file.js';
import { CapturePrinter } from '../src/cli/commands/printing/capture-printer.js';
import { isLossEvent } from '../src/check/loss.js';
import { PayloadDirectory } from '../src/cli/commands/exporting/payload-directory.js';
import { WsdissectError } from '../src/common/error.js';
import { consume, mergeInOrder, PartedConsumer, streamOf, type Consumer, type Part } from '../src/consumer.js';
import { dissect } from '../src/dissect.js';
import type { PayloadFile } from '../src/export/payload-file.js';
import type { DissectEvent, EventOrder } from '../src/events.js';
import { JsonOutput } from '../src/output/json/json.js';
import { TextFrames } from '../src/output/text/text-frames.js';
import { Clock } from '../src/output/clock.js';
import { fakeIo } from './cli/fake-io.js';
import { frame, PLAIN } from './output/events.js';

const FIXTURES = ['two-connections.pcap', 'port-reuse.pcap', 'nginx.pcap', 'loss-late-start-plain.pcap'];
const WANTS = { frames: true, messages: true, connections: true };

async function eventsOf(name: string): Promise<DissectEvent[]> {
  const events: DissectEvent[] = [];
  const capture = readFileSync(new URL(`../fixtures/${name}`, import.meta.url));
  for await (const event of dissect([capture])) events.push(event);
  return events;
}

/** The events as so many threads have them: each the ones of its connections, and the first also what is of none. */
function shared(events: readonly DissectEvent[], threads: number): DissectEvent[][] {
  return Array.from({ length: threads }, (_, thread) =>
    events.filter((event) => (streamOf(event) ?? 0) % threads === thread),
  );
}

/** Gives a consumer the pieces that threads have made of their events, each with parts of its own. */
async function consumePieces<Piece>(
  consumer: PartedConsumer<Piece>,
  threads: readonly DissectEvent[][],
): Promise<void> {
  const pieces = threads.map((events) => {
    const parts = new Map<number | undefined, Part<Piece>>();
    return events.flatMap((event): (EventOrder & { piece: Piece })[] => {
      const part = parts.get(streamOf(event)) ?? consumer.part(streamOf(event));
      parts.set(streamOf(event), part);
      const piece = part.event(event);
      return piece === undefined ? [] : [{ packet: event.packet, number: event.number, piece }];
    });
  });
  for (const { piece } of mergeInOrder<EventOrder & { piece: Piece }>(pieces)) await consumer.piece(piece);
  await consumer.end();
}

describe('events', () => {
  it.each(FIXTURES)('of %s are the same whether one thread reads them or two', async (name) => {
    const events = await eventsOf(name);
    const threads = shared(events, 2);
    expect(threads.every((thread) => thread.length > 0)).toBe(true);
    expect([...mergeInOrder(threads)]).toEqual(events);
  });

  it('are merged in their order, however they are shared', () => {
    const place = fc.record({ packet: fc.nat(20), number: fc.nat(20) });
    const places = fc.uniqueArray(fc.tuple(place, fc.nat(4)), {
      selector: ([{ packet, number }]) => packet * 100 + number,
    });
    fc.assert(
      fc.property(places, (given) => {
        const sorted = given.toSorted(([a], [b]) => a.packet - b.packet || a.number - b.number);
        const lists = [0, 1, 2, 3, 4].map((list) => sorted.filter(([, of]) => of === list).map(([item]) => item));
        expect([...mergeInOrder(lists)]).toEqual(sorted.map(([item]) => item));
      }),
    );
  });
});

describe('a consumer', () => {
  const created: string[] = [];
  afterEach(() => {
    for (const path of created.splice(0)) rmSync(path, { recursive: true });
  });

  it.each(FIXTURES)('prints the same of %s from two threads', async (name) => {
    const events = await eventsOf(name);
    const printed = async (given: Iterable<DissectEvent>, isJson: boolean): Promise<string> => {
      const { io, writes } = fakeIo();
      const output = isJson ? new JsonOutput('frame') : new TextFrames({ ...PLAIN, clock: new Clock('delta') });
      const options = { wants: WANTS, heading: '', isLive: false, type: 'frame', quota: { left: Infinity } } as const;
      await consume(new CapturePrinter(io, output, options), [[...given]]);
      return writes.join('');
    };
    for (const isJson of [false, true]) {
      const alone = await printed(events, isJson);
      expect(alone).not.toBe('');
      expect(await printed(mergeInOrder(shared(events, 2)), isJson)).toBe(alone);
    }
  });

  it.each(FIXTURES)('checks the same of %s from the pieces of two threads', async (name) => {
    const events = await eventsOf(name);
    const checked = (): CheckedCapture => {
      const text =
        'checks:\n  - filter: { match: { type: message, opcode: 1 }, min: 1 }\n  - filter: { match: { type: connection }, count: 2 }\n';
      return new CheckedCapture({ isLoss: isLossEvent, expectations: parseExpectations(text, 'expect.yaml') });
    };
    const alone = checked();
    await consume(alone, [events]);
    const together = checked();
    await consumePieces(together, shared(events, 2));
    const report = await alone.report(undefined);
    expect(report.connections).toBeGreaterThan(1);
    expect(await together.report(undefined)).toEqual(report);
  });

  it.each(FIXTURES)('writes the same files for %s from the pieces of two threads', async (name) => {
    const events = await eventsOf(name);
    const written = async (give: (consumer: PartedConsumer<PayloadFile>) => Promise<void>): Promise<string[]> => {
      const path = mkdtempSync(join(tmpdir(), 'wsdissect-parts-'));
      created.push(path);
      const target = new PayloadDirectory(fakeIo().io, path, { force: false, isOne: true, isQuiet: true });
      await give(target.capture({ name, index: 0 }));
      return readdirSync(path).map((file) => `${file} ${readFileSync(join(path, file), 'hex')}`);
    };
    const alone = await written((consumer) => consume(consumer, [events]));
    expect(alone.length).toBeGreaterThan(0);
    expect(await written((consumer) => consumePieces(consumer, shared(events, 2)))).toEqual(alone);
  });
});

describe('consuming', () => {
  /** A consumer that notes what it is told. */
  function noting(changes: Partial<Consumer> = {}): { consumer: Consumer; notes: string[] } {
    const notes: string[] = [];
    const consumer = {
      wants: WANTS,
      event: (event: DissectEvent): undefined => void notes.push(event.type),
      pause: (): undefined => void notes.push('pause'),
      end: (): undefined => void notes.push('end'),
      ...changes,
    };
    return { consumer, notes };
  }

  it('pauses after each batch and ends once', async () => {
    const { consumer, notes } = noting();
    await consume(consumer, [[frame(), frame()], [frame()]]);
    expect(notes).toEqual(['frame', 'frame', 'pause', 'frame', 'pause', 'end']);
  });

  it('waits for an event that takes time before it gives the next', async () => {
    const { consumer, notes } = noting({
      event: async () => {
        notes.push('begin');
        await new Promise((resolve) => setTimeout(resolve, 1));
        notes.push('done');
      },
    });
    await consume(consumer, [[frame(), frame()]]);
    expect(notes).toEqual(['begin', 'done', 'begin', 'done', 'pause', 'end']);
  });

  it('reads no further once the consumer is done', async () => {
    const { consumer, notes } = noting();
    const once: Consumer = {
      ...consumer,
      get isDone() {
        return notes.length > 0;
      },
    };
    function* endless(): Generator<DissectEvent[]> {
      for (;;) yield [frame(), frame()];
    }
    await consume(once, endless());
    expect(notes).toEqual(['frame', 'pause', 'end']);
  });

  it.each([
    ['ends with what came before an input that cannot be read', 'bad-hex', ['frame', 'pause', 'end']],
    ['does not end where nothing can be written', 'unwritable', ['frame', 'pause']],
  ] as const)('%s', async (_, code, expected) => {
    const { consumer, notes } = noting();
    function* broken(): Generator<DissectEvent[]> {
      yield [frame()];
      throw new WsdissectError(code, 'no more');
    }
    await expect(consume(consumer, broken())).rejects.toThrow('no more');
    expect(notes).toEqual(expected);
  });
});

it('the part of a connection of HTTP/2 goes when none of its streams goes on', async () => {
  const begun: (number | undefined)[] = [];
  class Counting extends PartedConsumer<never> {
    readonly wants = WANTS;
    part(stream: number | undefined): Part<never> {
      begun.push(stream);
      return { event: () => undefined };
    }
    piece(): undefined {
      return undefined;
    }
    end(): undefined {
      return undefined;
    }
  }
  const consumer = new Counting();
  const of = (type: 'open' | 'connection', http2Stream: number): DissectEvent =>
    ({ type, connection: { stream: 4, client: undefined, server: undefined, http2Stream } }) as unknown as DissectEvent;
  for (const event of [of('open', 1), of('open', 3), of('connection', 1)]) await consumer.event(event);
  expect(begun).toEqual([4]);
  for (const event of [of('connection', 3), of('open', 5)]) await consumer.event(event);
  expect(begun).toEqual([4, 4]);
});
