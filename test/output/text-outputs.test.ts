import { describe, expect, it } from 'vitest';
import { finding } from '../../src/common/finding.js';
import { colorStyle } from '../../src/output/color-style.js';
import { Clock } from '../../src/output/clock.js';
import { TextBrief } from '../../src/output/text/text-brief.js';
import { TextBriefMessages } from '../../src/output/text/text-brief-messages.js';
import { TextConnections } from '../../src/output/text/text-connections.js';
import { findingLine } from '../../src/output/text/text-finding.js';
import { TextFrames } from '../../src/output/text/text-frames.js';
import { TextMessages } from '../../src/output/text/text-messages.js';
import { AT, connection, CONNECTION, frame, lines, message, PLAIN, printed, totals } from './events.js';

describe('frames, one line each', () => {
  const onTerminal = (changes: Parameters<typeof frame>[0], columns = 80): string =>
    printed(new TextBrief({ ...PLAIN, columns, clock: new Clock('utc') }), [frame(changes)]);
  /** The lines after the day and the headings. */
  const brief = (...args: Parameters<typeof onTerminal>): string =>
    onTerminal(...args)
      .replace(/^.*UTC\n/, '')
      .replace(/^packet .*\n/, '');

  it.each([
    [{}, '     4  03:00:00.123456    0  c>s  F---M  text          7  ma2saka'],
    [{ mask: false }, '     4  03:00:00.123456    0  s>c  F----  text          7  ma2saka'],
    [{ opcode: 0, fin: false }, '     4  03:00:00.123456    0  c>s  ----M  cont          7  ma2saka'],
    [{ opcode: 3, payload: '' }, '     4  03:00:00.123456    0  c>s  F---M  op 3          0'],
    [{ payload: 'a\nb' }, '     4  03:00:00.123456    0  c>s  F---M  text          3  (escaped) a\\nb'],
    [{ opcode: 2, payload: 'ab' }, '     4  03:00:00.123456    0  c>s  F---M  binary        2  61 62'],
    [
      { opcode: 8, payload: Buffer.from('03e8627965', 'hex') },
      '     4  03:00:00.123456    0  c>s  F---M  close         5  1000 bye',
    ],
    [{ payload: undefined }, '     4  03:00:00.123456    0  c>s  F---M  text          0'],
    [{ at: { ...AT, precision: 0 as const } }, '     4    0  c>s  F---M  text          7  ma2saka'],
    [
      { rsv1: true, rsv2: true, rsv3: true },
      '     4  03:00:00.123456    0  c>s  F123M  text          7  6d 61 32 73 61 6b 61',
    ],
  ])('shows %j', (changes, line) => {
    expect(brief(changes)).toBe(`${line}\n`);
  });

  it('have the day, the zone and headings before them on a terminal', () => {
    expect(onTerminal({}).split('\n').slice(0, -1)).toEqual([
      '2015-12-05, UTC',
      'packet  time             str  way  F123M  opcode   length  payload',
      '     4  03:00:00.123456    0  c>s  F---M  text          7  ma2saka',
    ]);
  });

  it('are whole elsewhere, without headings, and each says its zone', () => {
    const payload = 'x'.repeat(3000);
    const text = printed(new TextBrief(PLAIN), [frame({ payload })]);
    expect(text).toBe(`     4  03:00:00.123456Z    0  c>s  F---M  text       3000  ${payload}\n`);
  });

  it('cuts the payload where the line ends', () => {
    const line = brief({ payload: 'x'.repeat(50) });
    expect(line).toBe(`     4  03:00:00.123456    0  c>s  F---M  text         50  ${'x'.repeat(18)}...\n`);
    expect(line.length - 1).toBe(80);
  });

  it('shows status and findings before the payload, and nothing that a gap joined', () => {
    const lost = { status: 'gap', missing: 2, gaps: [{ offset: 2, length: 2 }] } as const;
    expect(brief({ ...lost, findings: [finding('ws.server-masked', '')] })).toContain(
      ' [gap ws.server-masked]  ma...\n',
    );
  });

  it('shows no payload where none is wanted', () => {
    expect(printed(new TextBrief({ ...PLAIN, maxPayload: 0 }), [frame(), message()])).toMatch(/text {10}7\n$/);
  });
});

describe('messages, one line each', () => {
  const brief = (...changes: Parameters<typeof message>): string =>
    printed(new TextBriefMessages(PLAIN), [message(...changes), frame(), connection()]);

  it.each<[Parameters<typeof message>[0], string]>([
    [{}, '     4  03:00:00.123456Z    0  c>s  text          7  ma2saka'],
    [{ opcode: 2, payload: 'ab' }, '     4  03:00:00.123456Z    0  c>s  binary        2  61 62'],
    [
      { opcode: 8, payload: Buffer.from('03e86f6b', 'hex'), closeCode: 1000, closeReason: Buffer.from('ok') },
      '     4  03:00:00.123456Z    0  c>s  close         4  1000 ok',
    ],
    [
      { status: 'lost-context', payload: undefined, length: undefined, wireLength: 9 },
      '     4  03:00:00.123456Z    0  c>s  text          9  [lost-context]',
    ],
    [
      { status: 'gap', missing: 2, gaps: [{ offset: 2, length: 2 }] },
      '     4  03:00:00.123456Z    0  c>s  text          7  [gap]  ma...',
    ],
  ])('shows %j', (changes, line) => {
    expect(brief(changes)).toBe(`${line}\n`);
  });
});

describe('on a terminal of 80 columns', () => {
  const IPV6 = { stream: 12, client: '[2001:db8:1234:5678:9abc:def0:1234:5678]:50123', server: '[2001:db8::1]:443' };
  const REAL = { stream: 12, client: '192.168.100.100:50123', server: '203.113.100.200:8008' };
  const terminal = (columns: number): typeof PLAIN => ({ ...PLAIN, columns, clock: new Clock('utc') });
  const headings = (columns: number, ref = CONNECTION): string[] =>
    printed(new TextFrames(terminal(columns)), [frame({}, ref), frame({}, ref)])
      .split('\n')
      .filter((line) => !/^ {4}(?:FIN|RSV|opcode|Mask|Payload)/.test(line) && line !== '');

  it.each([80, 100, 120, 200])('no heading is wider than %i', (columns) => {
    for (const ref of [CONNECTION, REAL, IPV6]) {
      for (const line of headings(columns, ref)) expect(line.length).toBeLessThanOrEqual(columns);
    }
  });

  it('says the day once, and what a wider one has room for', () => {
    expect(headings(80)).toEqual([
      '2015-12-05, UTC',
      '#1  packet 4  stream 0  03:00:00.123456  127.0.0.1:50123 -> 127.0.0.1:8008',
      '#2  packet 4  stream 0  03:00:00.123456  127.0.0.1:50123 -> 127.0.0.1:8008',
    ]);
    expect(headings(100)[0]).toBe(
      '#1  packet 4  stream 0  2015-12-05 03:00:00.123456Z  127.0.0.1:50123 -> 127.0.0.1:8008',
    );
    expect(headings(120)[0]).toMatch(/client to server$/);
    expect(headings(80, IPV6).slice(0, 2)).toEqual([
      '#1  packet 4  stream 12  2015-12-05 03:00:00.123456Z',
      `    ${IPV6.client} -> ${IPV6.server}`,
    ]);
  });

  it.each([40, 80, 100, 132])('no row of connections is wider than %i', (columns) => {
    const long = `ws://example.org/${'path/'.repeat(60)}`;
    const rows = [
      connection(),
      connection({ handshake: { ...connection().handshake, url: long, origin: 'http://example.org' } }),
      { ...connection(), connection: IPV6 },
      connection({ client: totals({ frames: 123_456_789, bytes: 123_456_789_012 }) }),
    ];
    const text = printed(new TextConnections(terminal(columns)), rows);
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(columns);
    expect(text.replace(/\s+/g, '')).toContain(long);
    expect(text.match(/123456789012/g)).toHaveLength(1);
  });

  it('connections have a table where it fits, and what some have in lines below', () => {
    expect(
      printed(new TextConnections(terminal(80)), [connection()])
        .split('\n')
        .slice(0, 3),
    ).toEqual([
      expect.stringMatching(/^stream {2}client \/ server +frames +messages +bytes +end$/),
      expect.stringMatching(/^0 {7}127\.0\.0\.1:50123 \/ 127\.0\.0\.1:8008 /),
      expect.stringMatching(/^ {8}ws:\/\/localhost:8008\//),
    ]);
  });
});

describe('messages as text', () => {
  const shown = (...changes: Parameters<typeof message>): string => {
    const text = printed(new TextMessages(PLAIN), [message(...changes)]);
    return text.slice(text.indexOf('\n') + 1);
  };

  it('have a heading, a summary and the payload', () => {
    expect(printed(new TextMessages(PLAIN), [message(), frame(), message()])).toBe(
      lines(
        '#1  packet 4  stream 0  2015-12-05 03:00:00.123456Z  127.0.0.1:50123 -> 127.0.0.1:8008  client to server',
        '    Message      text, 7 bytes, 1 frame',
        '    Payload      ma2saka',
        '',
        '#2  packet 4  stream 0  2015-12-05 03:00:00.123456Z  127.0.0.1:50123 -> 127.0.0.1:8008  client to server',
        '    Message      text, 7 bytes, 1 frame',
        '    Payload      ma2saka',
      ),
    );
  });

  it('name a close code and its reason', () => {
    const close = { opcode: 8, closeCode: 1000, payload: Buffer.from('03e86f6b', 'hex') };
    expect(shown({ ...close, closeReason: Buffer.from('ok') })).toBe(
      lines(
        '    Message      close, 4 bytes, 1 frame',
        '    Close code   1000 (normal closure)',
        '    Close reason ok',
      ),
    );
    expect(shown({ opcode: 8, payload: 'x' })).toContain('(body of a close)');
  });

  it.each([
    ['gap', 'gap: 3 bytes not captured'],
    ['truncated', 'truncated: 3 bytes did not come'],
    ['unfinished', 'unfinished: no final fragment'],
    ['lost-context', 'lost-context: inflating it needs bytes that are not known'],
    ['bad-deflate', 'bad-deflate: it cannot be inflated'],
    ['not-decoded', 'not-decoded: an RSV bit is 1, and no extension that is undone gives it a meaning'],
    ['too-large', 'too-large: longer than --max-message'],
  ] as const)('say why one is %s', (status, reason) => {
    expect(shown({ status, missing: 3, payload: undefined, wireLength: 9 })).toBe(
      `    Message      text, 9 bytes, 1 frame, ${reason}\n`,
    );
  });

  it('have their findings', () => {
    expect(shown({ findings: [finding('deflate.bad-data', 'x')] })).toContain(
      '    Finding      error: x (deflate.bad-data,',
    );
  });
});

describe('connections as a table', () => {
  it('has a row for each, aligned', () => {
    const other = connection({
      connection: { stream: 12, client: '10.0.0.12:50123', server: '[::1]:80' },
      handshake: {
        state: 'accepted',
        client: 0,
        url: 'ws://a/\u001b',
        origin: 'http://b',
        subprotocol: 'chat',
        extensions: 'permessage-deflate',
        findings: [],
      },
      client: totals({
        frames: 12,
        messages: 10,
        bytes: 2345,
        missingBytes: 4,
        compressedBytes: 10,
        inflatedBytes: 45,
      }),
      closeCode: 1000,
      closedBy: 'client',
      tls: { version: 'TLS 1.3', cipher: 'TLS_AES_128_GCM_SHA256', sni: 'a.example\u202e' },
      findings: [finding('handshake.bad-key', 'x')],
    });
    const refused = connection({
      connection: { stream: 13, client: undefined, server: undefined },
      handshake: { state: 'refused', client: 0, httpStatus: 400, findings: [] },
      at: { ...AT, precision: 0 },
      end: undefined,
    });
    expect(printed(new TextConnections(PLAIN), [connection(), frame(), other, refused])).toBe(
      lines(
        'stream  client / server                   frames  messages  bytes     end               url and more',
        '0       127.0.0.1:50123 / 127.0.0.1:8008  1 / 0   1 / 0     7 / 0     fin               ws://localhost:8008/  2015-12-05T03:00:00.123456Z',
        '12      10.0.0.12:50123 / [::1]:80        12 / 0  10 / 0    2345 / 0  1000 client, fin  (escaped) ws://a/\\x1b  origin http://b  subprotocol chat  extensions permessage-deflate  inflated 45 from 10 / -  missing bytes 4 / 0  (escaped) TLS 1.3 TLS_AES_128_GCM_SHA256 a.example\\u{202e}  1 finding  2015-12-05T03:00:00.123456Z',
        '13      ? / ?                             1 / 0   1 / 0     7 / 0     -                 handshake refused (400)',
      ),
    );
  });

  it('prints nothing where there is none', () => {
    expect(printed(new TextConnections(PLAIN), [])).toBe('');
  });

  it('prints rows that waited when the input pauses, and the heading once', () => {
    const output = new TextConnections(PLAIN);
    const first = printed(output, [connection()]);
    const second = printed(output, [connection()]);
    expect(first.split('\n')).toHaveLength(3);
    expect(second).toBe(first.slice(first.indexOf('\n') + 1));
  });

  it('holds no more than a thousand rows back', () => {
    const output = new TextConnections(PLAIN);
    for (let i = 0; i < 1000; i++) output.event(connection());
    expect(Buffer.from(output.take()).toString().split('\n')).toHaveLength(1002);
  });
});

describe('a finding in one line', () => {
  it.each([
    [
      { packet: 6, stream: 0, direction: 'client-to-server', offset: 3 },
      'a.pcap: packet 6, stream 0, client to server: gone (tcp.gap)',
    ],
    [{ offset: 24 }, 'a.pcap: byte 24: gone (tcp.gap)'],
    [{}, 'a.pcap: gone (tcp.gap)'],
  ] as const)('says where it is: %j', (place, line) => {
    expect(findingLine('a.pcap', finding('tcp.gap', 'gone', place))).toBe(line);
  });

  it('is safe to print', () => {
    expect(findingLine('\u001b.pcap', finding('tcp.gap', 'a\nb'))).toBe(
      '(escaped) \\x1b.pcap: (escaped) a\\nb (tcp.gap)',
    );
  });
});

it('colours everything but the captured bytes', () => {
  const text = printed(new TextFrames({ ...PLAIN, style: colorStyle('→') }), [frame()]);
  expect(text).toContain('\u001b[1m#1\u001b[22m');
  expect(text).toContain('127.0.0.1:50123 → 127.0.0.1:8008  \u001b[36mclient to server\u001b[39m');
  expect(text).toContain('\u001b[2mPayload      \u001b[22mma2saka\n');
});
