import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HeldBytes } from '../../src/common/held-bytes.js';
import { finding } from '../../src/common/finding.js';
import type { Side } from '../../src/common/sink.js';
import { keyLogOf, moment, replay, stageWith, type Sent } from './recording.js';
import { RFC8448, RFC8448_KEY_LOG } from './rfc8448.js';
import { CLIENT_RANDOM, clientHello, scriptKeyLog, sealers, serverHello } from './tls13-script.js';

const REQUEST = Buffer.from('GET / HTTP/1.1\r\n\r\n');

describe('a plain connection', () => {
  it('passes through untouched, the very same chunks', () => {
    const { stage, got } = stageWith(keyLogOf(''));
    stage.bytes(0, REQUEST, moment(1));
    stage.gap(1, 5, moment(2));
    stage.bytes(1, REQUEST, moment(3));
    stage.finding(1, finding('tcp.gap', 'a gap'));
    stage.end(0, 'fin', moment(4));
    stage.end(1, 'rst', moment(4));
    expect(got.plaintext[0][0]).toBe(REQUEST);
    expect(got.tls).toBeUndefined();
    expect(got.events).toEqual(['bytes 0', 'gap 1 5', 'bytes 1', 'finding 1 tcp.gap', 'end 0 fin', 'end 1 rst']);
  });

  it('is known by its first byte', () => {
    const { stage, got } = stageWith(keyLogOf(''));
    stage.bytes(0, Buffer.from('G'), moment(1));
    expect(got.text(0)).toBe('G');
  });

  it('is known by the byte that no record has, and what was held comes first', () => {
    const { stage, got } = stageWith(keyLogOf(''));
    for (const [index, byte] of Buffer.from('160305', 'hex').entries()) {
      expect(got.made).toBe(0);
      stage.bytes(0, Buffer.from([byte]), moment(index));
    }
    expect(Buffer.concat(got.plaintext[0]).toString('hex')).toBe('160305');
    expect(got.moments).toEqual([0, 1, 2]);
  });

  it('is known by an impossible length, an empty record, a second header that is none', () => {
    for (const bytes of ['1603014801', '1603030000', '160303000101ff', '1703030001'] as const) {
      const { stage, got } = stageWith(keyLogOf(''));
      stage.bytes(0, Buffer.from(bytes, 'hex'), moment(1));
      expect(got.text(0)).toBe(Buffer.from(bytes, 'hex').toString('latin1'));
    }
  });

  it('is known after a gap or the end that follows on too few bytes', () => {
    const { stage, got } = stageWith(keyLogOf(''));
    stage.bytes(0, Buffer.from([22, 3]), moment(1));
    stage.gap(0, 9, moment(2));
    expect(got.made).toBe(0);
    stage.bytes(0, REQUEST, moment(3));
    expect(got.events).toEqual(['bytes 0', 'gap 0 9', 'bytes 0']);
    const ended = replay([{ side: 0, bytes: Buffer.from([22, 3]) }], keyLogOf(''));
    expect(ended.events).toEqual(['bytes 0', 'end 0 fin', 'end 1 fin']);
    const lost = stageWith(keyLogOf(''));
    lost.stage.bytes(0, Buffer.from([22, 3]), moment(1));
    lost.stage.gap(0, 9, moment(2));
    for (const side of [0, 1] as const) lost.stage.end(side, 'fin', moment(3));
    expect(lost.got.events).toEqual(['bytes 0', 'gap 0 9', 'end 0 fin', 'end 1 fin']);
  });

  it('makes no next stage where it carried nothing', () => {
    expect(replay([], keyLogOf('')).made).toBe(0);
  });

  it('may begin with a gap or a finding', () => {
    const { stage, got } = stageWith(keyLogOf(''));
    stage.finding(0, finding('tcp.gap', 'a gap'));
    stage.gap(0, 9, moment(1));
    stage.end(1, 'fin', moment(1));
    stage.bytes(0, REQUEST, moment(2));
    expect(got.events).toEqual(['finding 0 tcp.gap', 'gap 0 9', 'end 1 fin', 'bytes 0']);
  });
});

describe('a TLS connection', () => {
  const wire: Sent[] = [
    { side: 0, bytes: RFC8448.clientHello },
    { side: 1, bytes: Buffer.concat([RFC8448.serverHello, RFC8448.serverFlight]) },
    { side: 0, bytes: Buffer.concat([RFC8448.clientFinished, RFC8448.clientData]) },
    { side: 1, bytes: Buffer.concat([RFC8448.newSessionTicket, RFC8448.serverData]) },
  ];

  it('may be opened by the side that is the server', () => {
    const turned = wire.map(({ side, bytes }) => ({ side: (1 - side) as Side, bytes }));
    const got = replay(turned, keyLogOf(RFC8448_KEY_LOG.join('')));
    expect(got.tls?.client).toBe(1);
    expect([got.text(0).length, got.text(1).length]).toEqual([50, 50]);
  });

  it('is known by the record that comes after one whose first header was cut off', () => {
    const { stage, got } = stageWith(keyLogOf(''));
    stage.bytes(1, RFC8448.serverHello.subarray(0, 3), moment(1));
    stage.gap(1, RFC8448.serverHello.length - 3, moment(1));
    expect(got.tls).toBeUndefined();
    stage.bytes(1, RFC8448.newSessionTicket, moment(2));
    expect(got.made).toBe(0);
    stage.bytes(0, RFC8448.clientHello, moment(3));
    for (const side of [0, 1] as const) stage.end(side, 'fin', moment(4));
    expect(got.made).toBe(0);
    expect(got.reported.map(({ code }) => code)).toEqual(['tls.not-captured']);
  });

  it('passes findings of earlier stages on with its first plaintext', () => {
    const { stage, got } = stageWith(keyLogOf(RFC8448_KEY_LOG.join('')));
    stage.bytes(0, wire[0]!.bytes, moment(1));
    stage.finding(0, finding('tcp.overlap-differs', 'an overlap'));
    for (const { side, bytes } of wire.slice(1)) stage.bytes(side, bytes, moment(2));
    expect(got.events).toEqual(['finding 0 tcp.overlap-differs', 'bytes 0', 'bytes 1']);
  });

  it('has findings of earlier stages reported where it never carried data', () => {
    const { stage, got } = stageWith(keyLogOf(''), { limits: { findings: 2 } });
    stage.bytes(0, wire[0]!.bytes, moment(1));
    for (let n = 0; n < 5; n++) stage.finding(0, finding('tcp.overlap-differs', `overlap ${n}`));
    stage.end(0, 'rst', moment(2));
    stage.end(1, 'rst', moment(2));
    expect(got.reported.map(({ message }) => message)).toEqual([
      'overlap 0',
      'overlap 1',
      '3 more findings on this connection are not listed',
    ]);
  });

  it('gives the same plaintext however it is cut', () => {
    const sides = ([0, 1] as const).map((side) =>
      Buffer.concat(wire.filter((sent) => sent.side === side).map(({ bytes }) => bytes)),
    );
    const steps = fc.array(fc.tuple(fc.constantFrom<Side>(0, 1), fc.integer({ min: 1, max: 300 })), { maxLength: 60 });
    fc.assert(
      fc.property(steps, (order) => {
        const at: [number, number] = [0, 0];
        const pieces: Sent[] = [];
        for (const [side, length] of [...order, [0, 9999] as const, [1, 9999] as const]) {
          const bytes = sides[side]!.subarray(at[side], at[side] + length);
          at[side] += bytes.length;
          pieces.push({ side, bytes });
        }
        const got = replay(pieces, keyLogOf(RFC8448_KEY_LOG.join('')));
        expect([got.text(0).length, got.text(1).length]).toEqual([50, 50]);
        expect(got.events.filter((event) => !/^(bytes|end)/.test(event))).toEqual([]);
      }),
    );
  });

  it('never throws and never passes on what was not sent, whatever happens to its bytes', () => {
    const keyLog = RFC8448_KEY_LOG.join('');
    const payload = Buffer.from(Array.from({ length: 50 }, (_, index) => index)).toString('latin1');
    const hurt = fc.record({
      drops: fc.array(fc.tuple(fc.nat(3), fc.nat(900), fc.integer({ min: 1, max: 200 }), fc.boolean()), {
        maxLength: 4,
      }),
      flips: fc.array(fc.tuple(fc.nat(3), fc.nat(900)), { maxLength: 3 }),
    });
    fc.assert(
      fc.property(hurt, ({ drops, flips }) => {
        const { stage, got } = stageWith(keyLogOf(keyLog));
        wire.forEach(({ side, bytes }, index) => {
          const copy = Buffer.from(bytes);
          for (const [where, at] of flips) if (where === index && at < copy.length) copy[at]! ^= 0x40;
          let from = 0;
          const own = drops.filter(([where, at]) => where === index && at < copy.length).sort((a, b) => a[1] - b[1]);
          for (const [, at, length, exact] of own) {
            if (at < from) continue;
            stage.bytes(side, copy.subarray(from, at), moment(index));
            from = Math.min(copy.length, at + length);
            stage.gap(side, exact ? from - at : undefined, moment(index));
          }
          stage.bytes(side, copy.subarray(from), moment(index));
        });
        stage.end(0, 'fin', moment(9));
        stage.end(1, 'fin', moment(9));
        // With its first byte changed it is no TLS.
        if (got.tls === undefined) return;
        for (const side of [0, 1] as const) expect(['', payload]).toContain(got.text(side));
      }),
      { numRuns: 100 },
    );
  });

  it('never throws on bytes that only begin like TLS', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom<Side>(0, 1), fc.uint8Array({ maxLength: 60 }))), (pieces) => {
        const { stage } = stageWith(keyLogOf(scriptKeyLog()), { beginning: () => false });
        stage.bytes(0, clientHello(), moment(1));
        for (const [side, bytes] of pieces) {
          if (bytes.length % 7 === 3) stage.gap(side, bytes.length, moment(2));
          const type = 20 + (bytes.length % 4);
          stage.bytes(side, Buffer.from([type, 3, 3, 0, bytes.length, ...bytes]), moment(2));
        }
        stage.end(1, 'fin', moment(3));
        stage.end(0, 'fin', moment(3));
      }),
    );
  });

  it('holds what waits for secrets within one limit over all connections', () => {
    const keys = keyLogOf('');
    const held = new HeldBytes(10_000);
    held.add(10_000);
    const { stage, got } = stageWith(keys, { held });
    stage.bytes(0, clientHello(), moment(1));
    stage.bytes(1, serverHello(), moment(2));
    stage.bytes(0, sealers().client.data('x'), moment(3));
    keys.push(scriptKeyLog());
    stage.end(0, 'fin', moment(4));
    stage.end(1, 'fin', moment(4));
    expect(got.reported.map(({ message }) => message)).toEqual([
      expect.stringContaining(CLIENT_RANDOM.toString('hex', 0, 8)),
    ]);
  });
});
