import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ACK, FIN, RST, SYN } from '../../src/ip/tcp-segment.js';
import { TcpRecorder } from '../support/segments.js';

/** A connection whose SYN and SYN-ACK were captured: first bytes at 101 and 501. */
function opened(...limits: ConstructorParameters<typeof TcpRecorder>): TcpRecorder {
  return new TcpRecorder(...limits)
    .send({ flags: SYN, sequence: 100 })
    .send({ from: 2, flags: SYN | ACK, sequence: 500, acknowledgment: 101 });
}

describe('order', () => {
  it('passes bytes on as their segments come', () => {
    const recorder = opened().send({ sequence: 101, data: 'abc' }).send({ from: 2, sequence: 501, data: 'xyz' });
    expect(recorder.lines).toEqual(['0 bytes abc', '1 bytes xyz']);
  });

  it('holds a segment that comes before its turn', () => {
    const recorder = opened().send({ sequence: 104, data: 'def' });
    expect(recorder.lines).toEqual([]);
    recorder.send({ sequence: 101, data: 'abc' });
    expect(recorder.lines).toEqual(['0 bytes abc', '0 bytes def']);
  });

  it('goes on where sequence numbers wrap', () => {
    const recorder = new TcpRecorder()
      .send({ flags: SYN, sequence: 0xfffffffc })
      .send({ sequence: 0x0, data: 'de' })
      .send({ sequence: 0xfffffffd, data: 'abc' });
    expect(recorder.stream(0)).toBe('abcde');
  });

  it('takes data on the SYN itself', () => {
    const recorder = new TcpRecorder()
      .send({ flags: SYN, sequence: 100, data: 'abc' })
      .send({ sequence: 104, data: 'd' });
    expect(recorder.stream(0)).toBe('abcd');
  });

  it('begins with the first segment where the capture begins late', () => {
    const recorder = new TcpRecorder().send({ sequence: 77, data: 'abc' }).send({ sequence: 80, data: 'd' });
    expect(recorder.stream(0)).toBe('abcd');
  });

  it('begins behind a keep-alive probe where that is the first packet of a side', () => {
    const recorder = new TcpRecorder().send({ sequence: 76 }).send({ sequence: 77, data: 'abc' });
    expect(recorder.lines).toEqual(['0 bytes abc']);
  });

  it('keeps connections with the same ports and other addresses apart', () => {
    const recorder = new TcpRecorder().send({ data: 'a' }).send({ to: 3, data: 'b' }).send({ sequence: 1, data: 'c' });
    expect(recorder.lines).toEqual(['0 bytes a', '1: 0 bytes b', '0 bytes c']);
  });

  it('passes nothing of a connection that nobody wants', () => {
    const recorder = new TcpRecorder({}, (stream) => stream !== 0).send({ data: 'a' }).send({ sequence: 5, data: 'b' });
    recorder.end();
    expect(recorder.lines).toEqual([]);
  });
});

describe('second copies', () => {
  it('drops a retransmission', () => {
    const recorder = opened().send({ sequence: 101, data: 'abc' }).send({ sequence: 101, data: 'abc' });
    expect(recorder.lines).toEqual(['0 bytes abc']);
    expect(recorder.findings).toEqual([]);
  });

  it('passes on only the new part of a segment that overlaps', () => {
    const recorder = opened().send({ sequence: 101, data: 'abc' }).send({ sequence: 102, data: 'bcde' });
    expect(recorder.lines).toEqual(['0 bytes abc', '0 bytes de']);
    expect(recorder.findings).toEqual([]);
  });

  it('shows the first copy and reports a second one that differs', () => {
    const recorder = opened().send({ sequence: 101, data: 'abc' }).send({ sequence: 101, data: 'aXcd' });
    expect(recorder.stream(0)).toBe('abcd');
    expect(recorder.findings).toMatchObject([{ code: 'tcp.overlap-differs', packet: 4, offset: 0 }]);
  });

  it('lets held bytes win over those that come later and fill the hole', () => {
    const recorder = opened().send({ sequence: 103, data: 'cd' }).send({ sequence: 101, data: 'abXYe' });
    expect(recorder.stream(0)).toBe('abcde');
    expect(recorder.findings).toMatchObject([{ code: 'tcp.overlap-differs' }]);
  });

  it('takes no offence at a keep-alive probe with a byte of its own', () => {
    const recorder = opened().send({ sequence: 101, data: 'abc' }).send({ sequence: 103, data: '\0' });
    recorder.send({ sequence: 104, data: 'd' });
    expect(recorder.stream(0)).toBe('abcd');
    expect(recorder.findings).toEqual([]);
  });

  it('reports bytes from before the first captured segment', () => {
    const recorder = new TcpRecorder().send({ sequence: 110, data: 'abc' }).send({ sequence: 100, data: '0123456789' });
    expect(recorder.stream(0)).toBe('abc');
    expect(recorder.findings).toMatchObject([{ code: 'tcp.before-start', packet: 2 }]);
    expect(recorder.findings[0]?.message).toContain('10 bytes');
  });

  it('reports bytes behind the FIN', () => {
    const recorder = opened()
      .send({ sequence: 101, flags: FIN | ACK, data: 'abc' })
      .send({ sequence: 104, data: 'more' });
    expect(recorder.stream(0)).toBe('abc');
    expect(recorder.findings).toMatchObject([{ code: 'tcp.after-end' }]);
  });
});

describe('holes', () => {
  it('gives a hole up when it was acknowledged and enough packets came since', () => {
    const recorder = opened({ holePackets: 3 }).send({ sequence: 104, data: 'def' });
    recorder.send({ from: 2, sequence: 501, acknowledgment: 107 });
    expect(recorder.lines).toEqual([]);
    recorder.send({ sequence: 107, data: 'g' });
    expect(recorder.lines).toEqual(['0 gap 3', '0 bytes def', '0 bytes g']);
  });

  it('gives a hole up when it was acknowledged and so many seconds have passed', () => {
    const recorder = opened({ holeSeconds: 2 }).send({ sequence: 104, data: 'def' }, 1);
    recorder.send({ from: 2, sequence: 501, acknowledgment: 107 }, 2);
    expect(recorder.lines).toEqual([]);
    recorder.send({ from: 2, sequence: 501, acknowledgment: 107 }, 3);
    expect(recorder.lines).toEqual(['0 gap 3', '0 bytes def']);
  });

  it('lets holes wait at the same time, not one after the other', () => {
    const recorder = opened({ holePackets: 4 })
      .send({ sequence: 104, data: 'def' })
      .send({ sequence: 110, data: 'jkl' })
      .send({ from: 2, sequence: 501, acknowledgment: 113 });
    expect(recorder.lines).toEqual([]);
    recorder.send({ from: 2, sequence: 501, acknowledgment: 113 });
    expect(recorder.lines).toEqual(['0 gap 3', '0 bytes def']);
    recorder.send({ from: 2, sequence: 501, acknowledgment: 113 });
    expect(recorder.lines.slice(2)).toEqual(['0 gap 3', '0 bytes jkl']);
  });

  it('keeps a hole that nobody has acknowledged past until the capture ends', () => {
    const recorder = opened({ holePackets: 1 })
      .send({ sequence: 104, data: 'def' })
      .send({ sequence: 107, data: 'g' }, 60);
    expect(recorder.lines).toEqual([]);
    recorder.end();
    expect(recorder.lines).toEqual(['0 gap 3', '0 bytes def', '0 bytes g', '0 end capture', '1 end capture']);
  });

  it('gives a hole up at the limit of held bytes, and says so', () => {
    const limit = 2 * (2 + 128) - 1;
    const recorder = opened({ outOfOrderBytes: limit }).send({ sequence: 103, data: 'cd' });
    expect(recorder.lines).toEqual([]);
    recorder.send({ sequence: 107, data: 'gh' });
    expect(recorder.lines).toEqual(['0 gap 2', '0 bytes cd']);
    expect(recorder.findings).toMatchObject([{ code: 'limit.out-of-order', packet: 4 }]);
  });

  it('holds exactly as much as the limit allows', () => {
    const recorder = opened({ outOfOrderBytes: 2 * (2 + 128) }).send({ sequence: 103, data: 'cd' });
    recorder.send({ sequence: 107, data: 'gh' });
    expect(recorder.lines).toEqual([]);
    expect(recorder.findings).toEqual([]);
  });

  it('gives up the oldest hole of all at the limit over all connections', () => {
    const recorder = new TcpRecorder({ outOfOrderTotal: 2 * (1 + 128) - 1 });
    recorder.send({ data: 'a' }).send({ from: 3, to: 4, data: 'x' });
    recorder.send({ sequence: 2, data: 'c' }).send({ from: 3, to: 4, sequence: 2, data: 'z' });
    expect(recorder.lines).toEqual(['0 bytes a', '1: 0 bytes x', '0 gap 1', '0 bytes c']);
    expect(recorder.findings).toMatchObject([{ code: 'limit.out-of-order' }]);
  });

  it('passes the part of a segment on as a gap that the snap length cut', () => {
    const recorder = opened().send({ sequence: 101, data: 'abc', length: 10 }).send({ sequence: 111, data: 'k' });
    expect(recorder.lines).toEqual(['0 bytes abc']);
    recorder.send({ from: 2, sequence: 501, acknowledgment: 112 });
    expect(recorder.lines).toEqual(['0 bytes abc', '0 gap 7', '0 bytes k']);
  });

  it('says how many bytes are missing at the end that the other side has acknowledged', () => {
    const recorder = opened()
      .send({ sequence: 101, data: 'abc' })
      .send({ from: 2, sequence: 501, acknowledgment: 114 });
    recorder.end();
    expect(recorder.lines).toEqual(['0 bytes abc', '0 gap 10', '0 end capture', '1 end capture']);
  });

  it('takes one acknowledged byte more than the data for a FIN that was not captured', () => {
    const recorder = opened()
      .send({ sequence: 101, data: 'abc' })
      .send({ from: 2, sequence: 501, acknowledgment: 105 });
    recorder.end();
    expect(recorder.lines).toEqual(['0 bytes abc', '0 end capture', '1 end capture']);
  });

  it('counts the bytes of a side of which no packet was captured by the acknowledgments', () => {
    const recorder = new TcpRecorder().send({ sequence: 1, acknowledgment: 1000, data: 'abc' });
    recorder.send({ sequence: 4, acknowledgment: 1500, data: 'd' }).end();
    expect(recorder.lines).toContain('1 gap 500');
  });
});

describe('ends', () => {
  it('ends a side at its FIN, and not before its last byte', () => {
    const recorder = opened().send({ sequence: 104, flags: FIN | ACK });
    expect(recorder.lines).toEqual([]);
    recorder.send({ sequence: 101, data: 'abc' });
    expect(recorder.lines).toEqual(['0 bytes abc', '0 end fin']);
  });

  it('passes on what was on its way when the connection was reset', () => {
    const recorder = opened().send({ flags: RST, sequence: 101 }).send({ from: 2, sequence: 501, data: 'late' }).end();
    expect(recorder.lines).toEqual(['1 bytes late', '0 end rst', '1 end rst']);
  });

  it('ends a connection some time after it was reset', () => {
    const recorder = opened().send({ sequence: 101, data: 'a' }).send({ flags: RST, sequence: 102 }, 1);
    recorder.send({ from: 5, to: 6, sequence: 1 }, 12);
    expect(recorder.lines).toEqual(['0 bytes a', '0 end rst', '1 end rst']);
  });

  it('goes on with a connection that a forged reset did not end', () => {
    const recorder = opened().send({ sequence: 101, data: 'a' }).send({ flags: RST, sequence: 5000 }, 1);
    for (let second = 2; second < 30; second++) recorder.send({ sequence: 100 + second, data: 'b' }, second);
    expect(recorder.stream(0)).toBe(`a${'b'.repeat(28)}`);
  });

  it('begins a new connection with a new SYN between the same ends', () => {
    const recorder = opened().send({ sequence: 101, data: 'abc' }).send({ flags: SYN, sequence: 9000 });
    recorder.send({ sequence: 9001, data: 'new' });
    expect(recorder.lines).toEqual(['0 bytes abc', '0 end reused', '1 end reused', '1: 0 bytes new']);
  });

  it('takes a repeated SYN for what it is', () => {
    const recorder = opened().send({ flags: SYN, sequence: 100 }).send({ sequence: 101, data: 'abc' });
    expect(recorder.lines).toEqual(['0 bytes abc']);
  });

  it('takes a SYN that is recorded behind the first data for the same connection', () => {
    const recorder = new TcpRecorder().send({ sequence: 101, data: 'abc' }).send({ flags: SYN, sequence: 100 });
    recorder.send({ sequence: 104, data: 'd' });
    expect(recorder.lines).toEqual(['0 bytes abc', '0 bytes d']);
  });
});

describe('limits', () => {
  it('forgets the oldest connections without data first, and says how many', () => {
    const recorder = new TcpRecorder({ halfOpenConnections: 2 });
    recorder.send({ from: 1, to: 9, sequence: 1, data: 'a' });
    for (let host = 10; host < 20; host++) recorder.send({ from: host, to: 1, flags: SYN });
    recorder.send({ from: 1, to: 9, sequence: 2, data: 'b' }).end();
    expect(recorder.lines.slice(0, 2)).toEqual(['0 bytes a', '0 bytes b']);
    expect(recorder.findings).toMatchObject([{ code: 'limit.connections' }]);
    expect(recorder.findings[0]?.message).toMatch(/^8 connections/);
  });

  it('forgets ended connections before open ones', () => {
    const recorder = new TcpRecorder({ connections: 3 });
    recorder.send({ from: 1, to: 2, sequence: 1, data: 'a' });
    recorder.send({ from: 3, to: 4, sequence: 1, data: 'c', flags: FIN | ACK });
    recorder.send({ from: 4, to: 3, sequence: 1, data: 'd', flags: FIN | ACK });
    recorder.send({ from: 5, to: 6, sequence: 1, data: 'e' }).send({ from: 7, to: 8, sequence: 1, data: 'f' });
    recorder.send({ from: 1, to: 2, sequence: 2, data: 'b' });
    expect(recorder.lines).toContain('0 bytes b');
    expect(recorder.lines.filter((line) => line.includes('limit'))).toEqual([]);
  });

  it('lets the oldest connection rest that was not recognised, and looks into it anew when it sends more', () => {
    const recorder = new TcpRecorder({ unrecognisedConnections: 2 });
    recorder.send({ from: 1, to: 2, flags: SYN, sequence: 0 }).send({ from: 1, to: 2, sequence: 1, data: 'a' });
    recorder.send({ from: 1, to: 2, sequence: 3, data: 'c' });
    for (const from of [3, 5]) recorder.send({ from, to: from + 1, sequence: 1, data: 'x' });
    const before = ['0 bytes a', '1: 0 bytes x', '0 gap 1', '0 bytes c', '0 end limit', '1 end limit', '2: 0 bytes x'];
    expect(recorder.lines).toEqual(before);
    recorder.send({ from: 1, to: 2, sequence: 4, data: 'd', flags: FIN | ACK });
    expect(recorder.lines.slice(before.length)).toEqual(['1: 0 end limit', '1: 1 end limit', '0 bytes d', '0 end fin']);
    recorder.end();
    expect(recorder.findings).toMatchObject([{ code: 'limit.unrecognised' }]);
    expect(recorder.findings[0]?.message).toMatch(/^2 times/);
  });

  it('tells a side that had ended while its connection rested', () => {
    const recorder = new TcpRecorder({ unrecognisedConnections: 1 });
    recorder.send({ from: 1, to: 2, sequence: 1, data: 'a' }).send({ from: 3, to: 4, sequence: 1, data: 'x' });
    recorder.send({ from: 1, to: 2, sequence: 2, flags: FIN | ACK });
    const before = recorder.lines.length;
    recorder.send({ from: 2, to: 1, sequence: 1, data: 'b' });
    expect(recorder.lines.slice(before)).toEqual(['1: 0 end limit', '1: 1 end limit', '0 end fin', '1 bytes b']);
  });

  it('does not let a connection rest that was recognised', () => {
    const recorder = new TcpRecorder(
      { unrecognisedConnections: 1 },
      () => true,
      () => true,
    );
    for (const from of [1, 3, 5]) recorder.send({ from, to: from + 1, sequence: 1, data: 'a' });
    expect(recorder.lines).toEqual(['0 bytes a', '1: 0 bytes a', '2: 0 bytes a']);
  });

  it('does not count recognised connections among those that are not', () => {
    const recorder = new TcpRecorder(
      { unrecognisedConnections: 2 },
      () => true,
      (stream) => stream > 0,
    );
    for (const from of [1, 3, 5, 7]) recorder.send({ from, to: from + 1, sequence: 1, data: 'a' });
    expect(recorder.lines).toEqual(['0 bytes a', '1: 0 bytes a', '2: 0 bytes a', '3: 0 bytes a']);
  });

  it('ends an open connection that has to be forgotten', () => {
    const recorder = new TcpRecorder({ connections: 1 });
    for (const from of [1, 3, 5]) recorder.send({ from, to: from + 1, sequence: 1, data: 'a' });
    expect(recorder.lines).toContain('0 end limit');
  });
});

describe('properties', () => {
  const TEXT = Array.from({ length: 120 }, (_, i) => String.fromCharCode(33 + (i % 90))).join('');
  const pieces = fc.array(fc.record({ start: fc.nat(TEXT.length - 1), length: fc.integer({ min: 1, max: 30 }) }), {
    maxLength: 60,
  });

  it('gives the same bytes for any order, cutting and duplication of segments', () => {
    fc.assert(
      fc.property(pieces, fc.nat(), (extra, base) => {
        const whole = Array.from({ length: 12 }, (_, i) => ({ start: i * 10, length: 10 }));
        const shuffled = [...extra, ...whole].sort(
          (a, b) => ((a.start * 7919 + base) % 101) - ((b.start * 7919 + base) % 101),
        );
        const recorder = new TcpRecorder().send({ flags: SYN, sequence: base });
        for (const { start, length } of shuffled) {
          recorder.send({ sequence: base + 1 + start, data: TEXT.slice(start, start + length) });
        }
        recorder.end();
        expect(recorder.stream(0)).toBe(TEXT);
        expect(recorder.findings).toEqual([]);
      }),
    );
  });

  it('never shows other bytes than the first copy, and says how many are missing where any are', () => {
    fc.assert(
      fc.property(pieces, (sent) => {
        const recorder = new TcpRecorder().send({ flags: SYN, sequence: 0 });
        const seen = new Array<string>(TEXT.length + 30).fill('.');
        let last = 0;
        for (const { start, length } of sent) {
          const data = TEXT.slice(start, start + length);
          recorder.send({ sequence: 1 + start, data });
          for (let i = 0; i < data.length; i++) seen[start + i] = data[i]!;
          last = Math.max(last, start + data.length);
        }
        recorder.end();
        expect(recorder.stream(0)).toBe(seen.slice(0, last).join(''));
      }),
    );
  });

  it('survives any segment', () => {
    const shape = fc.record({
      from: fc.constantFrom(1, 2),
      sequence: fc.integer(),
      acknowledgment: fc.integer(),
      flags: fc.nat(511),
      data: fc.string({ maxLength: 20 }),
      length: fc.nat(40),
    });
    fc.assert(
      fc.property(fc.array(shape, { maxLength: 50 }), (shapes) => {
        const recorder = new TcpRecorder({ holePackets: 5, outOfOrderBytes: 2000 });
        for (const each of shapes) recorder.send({ ...each, length: Math.max(each.length, each.data.length) });
        recorder.end();
        const ends = recorder.lines.filter((line) => / end /.test(line) && !line.includes(':'));
        expect(ends.length).toBeLessThanOrEqual(2);
      }),
    );
  });
});
