import { describe, expect, it } from 'vitest';
import type { PacketTime } from '../../src/common/packet-time.js';
import type { DissectEvent, GapEvent, LearnedEvent, MessageEvent, OpenEvent } from '../../src/events.js';
import { colorStyle } from '../../src/output/color-style.js';
import { TextTranscript, type TranscriptOptions } from '../../src/output/text/text-transcript.js';
import type { Meaning } from '../../src/subprotocol/sub-protocol.js';
import { AT, connection, CONNECTION, lines, message, PLAIN, printed } from './events.js';

const HANDSHAKE = connection().handshake;
const OPEN: OpenEvent = { type: 'open', packet: 1, number: 0, connection: CONNECTION, at: AT, handshake: HANDSHAKE };

/** So many microseconds after the first packet. */
function later(microseconds: number): PacketTime {
  return { ...AT, nanoseconds: AT.nanoseconds + microseconds * 1000 };
}

function told(events: readonly DissectEvent[], options: Partial<TranscriptOptions> = {}): string {
  return printed(new TextTranscript({ ...PLAIN, isSparse: false, ...options }), events);
}

function decoded(items: readonly Meaning[], changes: Parameters<typeof message>[0] = {}): MessageEvent {
  return { ...message(changes), decoded: { protocol: 'json-rpc', by: 'url', items } };
}

function gap(length: number | undefined): GapEvent {
  const direction = 'server-to-client';
  return { type: 'gap', packet: 5, number: 0, connection: CONNECTION, direction, length, before: 4, after: later(9) };
}

describe('a transcript', () => {
  it('has what opened, what was said, what was lost and what ended, each with its times', () => {
    const back = { ...message({ at: later(1500), opcode: 2, payload: 'ab' }), direction: 'server-to-client' } as const;
    const end = connection({ closeCode: 1000, closedBy: 'client', ended: later(2000) });
    expect(told([OPEN, message(), back, gap(12), gap(undefined), end])).toBe(
      lines(
        ' +0.000000   +0.000000    0  open  127.0.0.1:50123 -> 127.0.0.1:8008  ws://localhost:8008/  2015-12-05T03:00:00.123456Z',
        ' +0.000000   +0.000000    0  ->  text  ma2saka',
        ' +0.001500   +0.001500    0  <-  binary, 2 bytes  61 62',
        ' +0.000009   -0.001491    0  <-  12 bytes not captured',
        ' +0.000009   +0.000000    0  <-  bytes not captured, nobody knows how many',
        ' +0.002000   +0.001991    0  end  close 1000 by client  fin',
      ),
    );
  });

  it('says what a message means, and the payload where its meaning does not hold it', () => {
    const call: Meaning = { kind: 'call', name: 'save', id: 17, channel: '/a', value: '{"n":1}' };
    expect(told([decoded([call])])).toContain('->  json-rpc call save, id 17, in /a  {"n":1}\n');
    expect(told([decoded([{ kind: 'ping' }], { payload: '2' })])).toContain('->  json-rpc ping  2\n');
    expect(told([decoded([call, { kind: 'ping' }])])).toBe(
      lines(' +0.000000   +0.000000    0  ->  json-rpc call save, id 17, in /a  {"n":1}', '        json-rpc ping'),
    );
  });

  it('has JSON in lines of its own where it is to be pretty', () => {
    const pretty = { isPretty: true };
    expect(told([decoded([{ kind: 'data', value: '{"n":1}' }])], pretty)).toBe(
      lines(' +0.000000   +0.000000    0  ->  json-rpc data', '        {', '          "n": 1', '        }'),
    );
    expect(told([message({ payload: '[1]' })], pretty)).toContain('->  text\n        [\n          1\n        ]\n');
    expect(told([message({ payload: 'no JSON' })], pretty)).toContain('->  text  no JSON\n');
    const cut = told([message({ payload: '{"a":1,"b":2}' })], { ...pretty, maxPayload: 7 });
    expect(cut).toContain('          "a": 1,\n');
    expect(cut).toContain('        ...\n');
    expect(cut).not.toContain('"b"');
  });

  it('says what is wrong with a message before what is there of it', () => {
    const lost = { status: 'gap', missing: 2, gaps: [{ offset: 2, length: 2 }] } as const;
    expect(told([message(lost)])).toContain('->  text  [gap]  ma...\n');
  });

  it('shows no more of payload and value than is asked for', () => {
    const value = JSON.stringify('x'.repeat(50));
    expect(told([message()], { maxPayload: 3 })).toContain('->  text  ma2...\n');
    expect(told([message()], { maxPayload: 0 })).toContain('->  text\n');
    expect(told([decoded([{ kind: 'data', value }])], { maxPayload: 3 })).toContain('data  "xx...\n');
    expect(told([decoded([{ kind: 'data', value }])], { maxPayload: 0 })).toContain('data\n');
  });

  it.each([
    [message({ payload: '太郎'.repeat(50) })],
    [message({ payload: 'x'.repeat(5000) })],
    [message({ opcode: 2, payload: 'x'.repeat(500) })],
    [decoded([{ kind: 'call', name: 'save', value: JSON.stringify('日本'.repeat(2000)) }])],
    [decoded([{ kind: 'call', name: 'save', raw: '\u001b[31m'.repeat(30) }])],
  ])('has no line that is longer than a terminal: %#', (event) => {
    const text = told([OPEN, event, connection()], { columns: 80 });
    for (const line of text.split('\n')) {
      expect(line.replace(/[太郎日本]/g, 'xx').length, line).toBeLessThanOrEqual(80);
    }
    expect(text).toContain('...');
    expect(text).not.toContain('\u001b');
  });

  it('says where the connection was refused, and no end of it', () => {
    const handshake = { ...HANDSHAKE, state: 'refused', httpStatus: 403 } as const;
    const text = told([{ ...OPEN, handshake }, connection({ handshake, end: undefined, ended: undefined })]);
    expect(text).toBe(
      lines(
        ' +0.000000   +0.000000    0  refused  127.0.0.1:50123 -> 127.0.0.1:8008  ws://localhost:8008/  HTTP 403  ' +
          '2015-12-05T03:00:00.123456Z',
      ),
    );
  });

  it('tells what comes to light of a handshake later', () => {
    const { url, ...unknown } = HANDSHAKE;
    const open = { ...OPEN, handshake: { ...unknown, state: 'incomplete' } } as const;
    const learned: LearnedEvent = {
      type: 'learned',
      packet: 5,
      number: 0,
      connection: CONNECTION,
      handshake: { ...HANDSHAKE, subprotocol: 'chat', extensions: 'x' },
    };
    expect(told([open, learned]).split('\n')[1]).toBe(
      `                          0  open  ${url}  subprotocol chat  extensions x`,
    );
    expect(told([open, learned, message()], { isSparse: true }).split('\n')[0]).toContain(url);
  });

  it('tells of a connection with its first message, where only some are shown', () => {
    const sparse = { isSparse: true };
    expect(told([OPEN, gap(3), connection()], sparse)).toBe('');
    const text = told([OPEN, message(), gap(3), connection()], sparse);
    expect(text.split('\n').map((line) => line.slice(28, 33).trim())).toEqual(['open', '->', '<-', 'end', '']);
  });

  it('counts what was not captured at the end', () => {
    const { client } = connection();
    expect(told([OPEN, connection({ end: 'capture', client: { ...client, missingBytes: 7 } })])).toContain(
      'end  no end captured  7 bytes not captured\n',
    );
  });

  it('has a dash for a time that the capture does not have', () => {
    expect(told([message({ at: { ...AT, precision: 0 } })])).toBe('         -           -    0  ->  text  ma2saka\n');
  });

  it('has each side in its colour', () => {
    const style = colorStyle('→');
    const back = { ...message(), direction: 'server-to-client' } as const;
    const text = told([message(), back], { style });
    expect(text).toContain(style.direction['client-to-server']('text  ma2saka'));
    expect(text).toContain(style.direction['server-to-client']('text  ma2saka'));
    expect(text).toContain('← ');
  });
});
