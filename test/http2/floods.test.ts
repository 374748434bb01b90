import { describe, expect, it } from 'vitest';
import { HeldBytes } from '../../src/common/held-bytes.js';
import { DEFAULT_LIMITS } from '../../src/common/limits.js';
import type { Http2Listener } from '../../src/http2/http2-listener.js';
import { Http2Side } from '../../src/http2/http2-side.js';
import { CLIENT_START, data, headerBlock, http2Frame, settings } from '../support/http2.js';

const AT = { packet: 1, seconds: 0, nanoseconds: 0, precision: 9 } as const;
const SOME = 2000;

/** What a side says of bytes, and the most that waits meanwhile. */
function flood(
  pieces: Iterable<Buffer>,
  heldTotal = DEFAULT_LIMITS.heldTotal,
): { said: Map<string, number>; most: number; left: number } {
  const said = new Map<string, number>();
  const count = (what: string) => (): void => void said.set(what, (said.get(what) ?? 0) + 1);
  const listener: Http2Listener = {
    headers: count('headers'),
    data: count('data'),
    dataGap: count('dataGap'),
    cutData: count('cutData'),
    endStream: count('endStream'),
    reset: count('reset'),
    goAway: count('goAway'),
    settings: count('settings'),
    lost: count('lost'),
    unreadable: (_stream, _problem, code) => count(code)(),
    skipped: count('skipped'),
  };
  const held = new HeldBytes(heldTotal);
  const options = { limits: DEFAULT_LIMITS, held, isClient: true, fromStart: true, isKnownStream: () => false };
  const side = new Http2Side(options, listener);
  side.bytes(CLIENT_START, AT);
  said.clear();
  let most = 0;
  for (const piece of pieces) {
    side.bytes(piece, AT);
    most = Math.max(most, held.total);
  }
  side.end(AT);
  return { said, most, left: held.total };
}

function* times(count: number, piece: Buffer): Generator<Buffer> {
  for (let i = 0; i < count; i++) yield piece;
}

describe('a flood twice as long holds no more', () => {
  it.each([
    ['SETTINGS', settings([3, 100])],
    ['PING', http2Frame(6, 0, 0, Buffer.alloc(8))],
    ['empty DATA', data(1, '')],
    ['WINDOW_UPDATE', http2Frame(8, 0, 0, Buffer.from([0, 0, 0, 1]))],
    ['unknown frames', http2Frame(99, 0, 1, Buffer.alloc(100))],
    ['requests', http2Frame(1, 0x5, 1, headerBlock({ ':method': 'GET', ':path': '/' }, true))],
  ])('of %s', (_name, piece) => {
    const [once, twice] = [flood(times(SOME, piece)), flood(times(2 * SOME, piece))];
    expect(twice.most).toBe(once.most);
    expect([once.left, twice.left]).toEqual([0, 0]);
    for (const [what, number] of once.said) expect(twice.said.get(what)).toBe(2 * number);
  });

  it('of CONTINUATION, and it is told once', () => {
    function* section(count: number): Generator<Buffer> {
      yield http2Frame(1, 0, 1, headerBlock({ ':method': 'CONNECT' }));
      yield* times(count, http2Frame(9, 0, 1, headerBlock({ cookie: 'x'.repeat(1000) })));
      yield http2Frame(9, 0x4, 1, '');
    }
    const [once, twice] = [flood(section(SOME)), flood(section(2 * SOME))];
    expect(twice.most).toBe(once.most);
    expect(once.most).toBeLessThanOrEqual(2 * DEFAULT_LIMITS.httpHead);
    for (const { said, left } of [once, twice]) {
      expect(said.get('limit.http-head')).toBe(1);
      expect(left).toBe(0);
    }
  });

  it('of header sections that find no room: it is told, and not as a loss', () => {
    const section = [http2Frame(1, 0, 1, headerBlock({ cookie: 'x'.repeat(9000) })), http2Frame(9, 0x4, 1, '')];
    const { said, left } = flood(section, 4000);
    expect([...said]).toEqual([
      ['limit.held-bytes', 1],
      ['headers', 1],
    ]);
    expect(left).toBe(0);
  });

  it('of references to one long field, and its section is told to be too long', () => {
    const field = headerBlock({ cookie: 'x'.repeat(3000) }, true);
    // The newest entry of the dynamic table has the number 62 (RFC 7541 section 2.3.3).
    const bomb = (count: number): Buffer[] => [
      http2Frame(1, 0x5, 1, Buffer.concat([field, Buffer.alloc(count, 0x80 | 62)])),
    ];
    const [once, twice] = [flood(bomb(5000)), flood(bomb(10_000))];
    for (const { said, left } of [once, twice]) {
      expect(said.get('limit.header-list')).toBe(1);
      expect(left).toBe(0);
    }
    expect(twice.most).toBe(once.most);
  });

  it('of entries for a table of a megabyte, of which no more is kept than may be', () => {
    // A size update of 2^20 (RFC 7541 section 6.3), then entries of 3 kB.
    const update = Buffer.from([0x3f, 0xe1, 0xff, 0x3f]);
    const entries = (count: number): Buffer[] =>
      Array.from({ length: count }, (_, index) => {
        const field = headerBlock({ [`x-${index}`]: 'y'.repeat(3000) }, true);
        return http2Frame(1, 0x5, 2 * index + 1, index === 0 ? Buffer.concat([update, field]) : field);
      });
    const [once, twice] = [flood(entries(400)), flood(entries(800))];
    for (const { said, left } of [once, twice]) {
      expect(said.get('limit.hpack-table')).toBeGreaterThan(0);
      expect(left).toBe(0);
    }
    expect(twice.most).toBe(once.most);
  });
});
