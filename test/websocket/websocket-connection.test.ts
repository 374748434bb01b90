import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/common/finding.js';
import { HeldBytes } from '../../src/common/held-bytes.js';
import { DEFAULT_LIMITS, type Limits } from '../../src/common/limits.js';
import { NO_TIME } from '../../src/common/packet-time.js';
import type { Side } from '../../src/common/sink.js';
import type { Handshake } from '../../src/http/handshake.js';
import { extensionBits } from '../../src/websocket/extension-bits.js';
import { encodeFrame, type FrameShape } from '../../src/websocket/encode-frame.js';
import type { Frame } from '../../src/websocket/frame.js';
import { WebSocketConnection } from '../../src/websocket/websocket-connection.js';
import { moment } from '../support/segments.js';

const HEAD = { startLine: '', fields: [] };
const ACCEPTED: Handshake = { state: 'accepted', client: 0, request: HEAD, response: HEAD, findings: [] };
const NOT_CAPTURED: Handshake = { state: 'not-captured', client: undefined, findings: [] };

class Reader {
  readonly lines: string[] = [];
  readonly frames: Frame[] = [];
  readonly findings: Finding[] = [];
  readonly connection: WebSocketConnection;
  #packet = 0;

  constructor(handshake: Handshake, limits: Partial<Limits> = {}) {
    const options = {
      limits: { ...DEFAULT_LIMITS, ...limits },
      held: new HeldBytes(DEFAULT_LIMITS.heldTotal),
      wish: 'all' as const,
      deflate: undefined,
      extensions: extensionBits(undefined),
    };
    const short = (direction: string): string => (direction === 'client-to-server' ? 'c' : 's');
    this.connection = new WebSocketConnection(
      handshake,
      options,
      {
        open: (client) => this.lines.push(`client is ${client}`),
        frame: (direction, frame) => {
          this.frames.push(frame);
          this.lines.push(`${short(direction)} ${frame.status} ${frame.payload?.toString('latin1')}`);
        },
        gap: () => undefined,
        lost: (direction) => this.lines.push(`${short(direction)} lost`),
        finding: (_direction, finding) => this.findings.push(finding),
        end: (direction, how, _at, missing) => this.lines.push(`${short(direction)} end ${how} ${missing}`),
      },
      NO_TIME,
    );
  }

  bytes(side: Side, chunk: Buffer): this {
    this.connection.bytes(side, chunk, moment(++this.#packet));
    return this;
  }

  gap(side: Side, length: number | undefined): this {
    this.connection.gap(side, length, moment(++this.#packet));
    return this;
  }

  end(): this {
    for (const side of [0, 1] as const) this.connection.end(side, 'fin', moment(this.#packet));
    return this;
  }

  codes(): string[] {
    return this.findings.map(({ code }) => code);
  }
}

const KEY = 0x37fa213d;
const masked = (shape: FrameShape): Buffer => encodeFrame({ maskingKey: KEY, ...shape });

describe('after a handshake', () => {
  it('passes the frames of both sides on', () => {
    const reader = new Reader(ACCEPTED)
      .bytes(0, masked({ payload: 'hi' }))
      .bytes(1, encodeFrame({ payload: 'ho' }))
      .end();
    expect(reader.lines).toEqual(['client is 0', 'c ok hi', 's ok ho', 'c end fin 0', 's end fin 0']);
  });

  it('finds the next frame behind lost ones where it exactly fills its segment', () => {
    const reader = new Reader(ACCEPTED)
      .bytes(0, masked({ payload: 'one' }))
      .gap(0, 30)
      .bytes(0, masked({ payload: 'three' }))
      .end();
    expect(reader.lines).toEqual(['client is 0', 'c ok one', 'c lost', 'c ok three', 'c end fin 30', 's end fin 0']);
    expect(reader.codes()).toEqual(['tcp.gap']);
  });

  it('finds it behind the rest of a frame whose beginning is lost', () => {
    const large = masked({ opcode: 2, payload: Buffer.alloc(3000, 0x55) });
    const reader = new Reader(ACCEPTED).gap(0, 1000);
    reader
      .bytes(0, large.subarray(1000, 2000))
      .bytes(0, large.subarray(2000))
      .bytes(0, masked({ payload: 'next one' }))
      .end();
    expect(reader.lines).toContain('c ok next one');
    expect(reader.findings.find(({ code }) => code === 'ws.not-decoded')?.message).toContain('2008 captured bytes');
  });

  it('takes two binary frames that chain for proof, one alone not', () => {
    const small = (payload: string): Buffer => encodeFrame({ opcode: 2, payload });
    const one = new Reader(ACCEPTED).gap(1, 9).bytes(1, small('\x01\x02')).end();
    expect(one.frames).toEqual([]);
    expect(one.codes()).toEqual(['tcp.gap', 'ws.not-decoded']);
    const two = new Reader(ACCEPTED).gap(1, 9).bytes(1, small('\x01\x02')).bytes(1, small('\x03')).end();
    expect(two.lines).toContain('s ok \x01\x02');
    expect(two.lines).toContain('s ok \x03');
  });

  it('goes on through another gap inside a frame that was found', () => {
    const large = masked({ opcode: 2, payload: Buffer.alloc(70_000) });
    const reader = new Reader(ACCEPTED)
      .gap(0, 5)
      .bytes(0, large.subarray(0, 1000))
      .gap(0, 1000)
      .bytes(0, large.subarray(2000))
      .end();
    expect(reader.frames).toMatchObject([{ status: 'gap', missing: 1000, payloadLength: 70_000 }]);
  });

  it('holds no more bytes than the limit while it looks for proof', () => {
    const reader = new Reader(ACCEPTED, { heldBytes: 4096 }).gap(1, 5);
    const announced = Buffer.from('827efff0', 'hex');
    for (let i = 0; i < 100; i++) reader.bytes(1, Buffer.concat([announced, Buffer.alloc(500)]));
    reader.end();
    expect(reader.frames).toEqual([]);
    expect(reader.findings.at(-1)?.message).toContain(`${100 * 504} captured bytes`);
    expect(reader.codes()).toEqual(['tcp.gap', 'limit.held-bytes', 'ws.not-decoded']);
  });
});

describe('without a handshake', () => {
  it('takes one masked text frame that fills its segment for proof', () => {
    const reader = new Reader(NOT_CAPTURED).bytes(0, Buffer.from('8187e1a4c61d8cc5f46e80cfa7', 'hex'));
    expect(reader.lines).toEqual(['client is 0', 'c ok ma2saka']);
  });

  it('finds the client on either side', () => {
    const reader = new Reader(NOT_CAPTURED)
      .bytes(1, masked({ payload: 'hello' }))
      .bytes(0, encodeFrame({ payload: 'hi' }))
      .end();
    expect(reader.lines.slice(0, 2)).toEqual(['client is 1', 'c ok hello']);
    expect(reader.lines).toContain('s ok hi');
  });

  it('shows what a side sent before the other side proved it', () => {
    const reader = new Reader(NOT_CAPTURED)
      .bytes(1, encodeFrame({ payload: 'welcome' }))
      .bytes(0, masked({ payload: 'hello' }));
    expect(reader.lines).toEqual(['client is 0', 's ok welcome', 'c ok hello']);
  });

  it('begins in the middle of a frame', () => {
    const large = masked({ opcode: 2, payload: Buffer.alloc(500, 0x81) });
    const reader = new Reader(NOT_CAPTURED)
      .bytes(0, large.subarray(100))
      .bytes(0, masked({ payload: 'whole' }))
      .end();
    expect(reader.lines).toContain('c ok whole');
    expect(reader.codes()).toContain('ws.not-decoded');
  });

  it('wants several text frames of a server that alone was captured', () => {
    const reader = new Reader(NOT_CAPTURED).bytes(0, encodeFrame({ payload: 'tick' }));
    expect(reader.lines).toEqual([]);
    for (let i = 0; i < 4; i++) reader.bytes(0, encodeFrame({ payload: `tick ${i}` }));
    expect(reader.lines[0]).toBe('client is 1');
    expect(reader.lines).toContain('s ok tick');
  });

  it('says nothing of a connection of another protocol with types and lengths', () => {
    const reader = new Reader(NOT_CAPTURED);
    for (let i = 0; i < 200; i++) {
      reader.bytes(0, Buffer.concat([Buffer.from([1 + (i % 2), 16]), Buffer.alloc(16, i)]));
      reader.bytes(1, Buffer.concat([Buffer.from([0x82, 8]), Buffer.alloc(8, i * 7)]));
    }
    expect(reader.end().lines).toEqual([]);
    expect(reader.findings).toEqual([]);
  });

  it('passes findings of earlier stages on once it is known to be WebSocket', () => {
    const reader = new Reader(NOT_CAPTURED);
    reader.connection.finding(0, { code: 'tcp.overlap-differs', severity: 'warning', message: 'x' });
    expect(reader.findings).toEqual([]);
    reader.bytes(0, masked({ payload: 'hello' }));
    expect(reader.codes()).toEqual(['tcp.overlap-differs']);
  });

  it('shows no frame of random bytes, whatever their segments', () => {
    let shown = 0;
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ minLength: 1, maxLength: 200 }), { minLength: 1, maxLength: 60 }),
        (chunks) => {
          const reader = new Reader(NOT_CAPTURED);
          for (const chunk of chunks) reader.bytes(0, Buffer.from(chunk));
          shown += reader.end().frames.length;
        },
      ),
      { numRuns: 400, seed: 20261122 },
    );
    expect(shown).toBe(0);
  });
});
