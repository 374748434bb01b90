import { describe, expect, it } from 'vitest';
import { runWithHeap } from '../support/small-heap.js';

const MB = 1024 * 1024;

/** Reads a shape of the bench in a child process; gives by how many megabytes it grew, and the codes of what was told. */
function read(heap: number, shape: string, bytes: number): { grown: number; codes: string[]; events: number } {
  const program = `
    import { captureStream } from './test/bench/capture-stream.ts';
    import { SHAPES } from './test/bench/shapes.ts';
    import { dissectBatches } from './src/dissect.ts';
    const shape = SHAPES.find(({ name }) => name === '${shape}');
    const limits = { heldTotal: 16e6, unprovenTotal: 8e6 };
    const codes = new Set();
    let events = 0;
    const start = process.memoryUsage.rss();
    for await (const batch of dissectBatches(captureStream(shape.packets(${bytes})), { limits })) {
      events += batch.length;
      for (const event of batch) if (event.type === 'finding') codes.add(event.finding.code);
    }
    const grown = (process.resourceUsage().maxRSS * 1024 - start) / ${MB};
    console.log(JSON.stringify({ grown, codes: [...codes], events }));
  `;
  return JSON.parse(runWithHeap(heap, program)) as { grown: number; codes: string[]; events: number };
}

describe('what a capture of HTTP/2 takes is bounded', () => {
  it('with hundreds of sockets at once, and thousands one after the other', () => {
    for (const shape of ['http2-sockets', 'http2-short-sockets']) {
      const { grown, codes, events } = read(40, shape, 8_000_000);
      expect(events).toBeGreaterThan(10_000);
      expect(codes).toEqual([]);
      expect(grown).toBeLessThan(120);
    }
  });

  it('with header sections of which the end does not come', () => {
    for (const shape of ['http2-endless-sections', 'http2-unfinished-sections']) {
      const { grown, codes } = read(64, shape, 30_000_000);
      expect(codes).toEqual(['http2.header-lost']);
      expect(grown).toBeLessThan(120);
    }
  });

  it('with SETTINGS and PING without end', () => {
    const { grown, codes } = read(40, 'http2-control', 10_000_000);
    expect(codes).toEqual(['handshake.incomplete']);
    expect(grown).toBeLessThan(100);
  });

  it('with many connections that carry no WebSocket, open and ended ones', () => {
    // Measured before: 780 MB for 100,000 of them, 7 KB each.
    expect(read(96, 'http2-open-pages', 9_000_000).codes).toContain('limit.unrecognised');
    expect(read(48, 'http2-pages', 8_000_000).codes).toEqual([]);
  });

  it('with connections that fill their tables of header fields', () => {
    // Measured before: 64 KiB for each, however many there were.
    const { codes } = read(48, 'http2-tables', 60_000_000);
    expect(codes).toContain('limit.hpack-table');
  });
});
