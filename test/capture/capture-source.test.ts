import { createReadStream, openAsBlob, readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { dissect, dissectBatches, Dissector, WsdissectError, type CaptureSource } from '../../src/index.js';

const FILE = 'fixtures/deflate-takeover.pcap';
const bytes = readFileSync(FILE);

async function shown(source: CaptureSource): Promise<string[]> {
  const lines: string[] = [];
  for await (const event of dissect(source)) {
    lines.push(`${event.packet}.${event.number} ${event.type}`);
  }
  return lines;
}

const exact = new Uint8Array(bytes).buffer;
const inChunks = function* (): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 1000) yield bytes.subarray(at, at + 1000);
};

describe('dissect takes', () => {
  it.each<[string, () => CaptureSource | Promise<CaptureSource>]>([
    ['a Buffer', () => bytes],
    ['a Uint8Array that is a part of its memory', () => padded()],
    ['an ArrayBuffer', () => exact],
    ['a path', () => FILE],
    ['a Blob', () => new Blob([exact])],
    ['a File that is read when it is needed', () => openAsBlob(FILE)],
    ['a ReadableStream', () => new Blob([exact]).stream()],
    ['a stream of Node', () => createReadStream(FILE)],
    ['an Iterable', () => inChunks()],
    ['an array of chunks', () => [...inChunks()]],
    ['an AsyncIterable', () => Readable.from(inChunks())],
  ])('%s', async (_, source) => {
    expect(await shown(await source())).toEqual(await shown(createReadStream(FILE)));
  });

  it.each<[string, unknown, string]>([
    ['nothing', undefined, 'undefined'],
    ['null', null, 'null'],
    ['a number', 5, 'a number'],
    ['an object', {}, 'type Object'],
    ['a DataView', new DataView(exact), 'type DataView'],
    ['numbers', new Uint16Array(4), 'type Uint16Array'],
  ])('and refuses %s with what it takes', (_, source, name) => {
    expect(() => dissect(source as never)).toThrow(WsdissectError);
    expect(() => dissect(source as never)).toThrow(name);
    expect(() => dissect(source as never)).toThrow('AsyncIterable of Uint8Array');
  });

  it('and refuses a stream of strings', async () => {
    await expect(shown(createReadStream(FILE, 'latin1') as never)).rejects.toThrow('without an encoding');
  });

  it.each([
    ['no-such-file', 'fixtures/none.pcap'],
    ['is-a-directory', 'fixtures'],
  ])('and says %s', async (code, path) => {
    await expect(shown(path)).rejects.toMatchObject({ name: 'WsdissectError', code });
  });

  it('and closes a stream that it does not read to its end', async () => {
    let isCancelled = false;
    const stream = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(bytes),
      cancel: () => void (isCancelled = true),
    });
    const events = dissect(stream);
    await events.next();
    await events.return(undefined);
    expect(isCancelled).toBe(true);
  });
});

describe('a misspelt option', () => {
  it.each<[string, object, string]>([
    ['of dissect', { keylog: 1 }, 'did you mean keyLog?'],
    ['of its limits', { limits: { mesage: 5 } }, 'did you mean message?'],
    ['of what is wanted', { want: { frame: true } }, 'did you mean frames?'],
    ['that is like none', { colour: true }, 'it has limits'],
  ])('%s is an error', (_, options, message) => {
    expect(() => dissect(bytes, options)).toThrow(message);
    expect(() => dissectBatches(bytes, options)).toThrow(message);
    expect(() => new Dissector(options)).toThrow(message);
  });
});

describe('Dissector.push', () => {
  it('takes any Uint8Array, and nothing else', () => {
    const dissector = new Dissector();
    dissector.push(padded());
    dissector.end();
    expect(dissector.take().length).toBeGreaterThan(0);
    expect(() => new Dissector().push('hex' as never)).toThrow('Uint8Array');
  });
});

/** The capture in the middle of other memory. */
function padded(): Uint8Array {
  const memory = new Uint8Array(bytes.length + 14);
  memory.set(bytes, 7);
  return memory.subarray(7, 7 + bytes.length);
}
