import { describe, expect, it } from 'vitest';
import { MeaningReader } from '../../src/subprotocol/meaning-reader.js';
import type { Opening } from '../../src/subprotocol/sub-protocol.js';
import { callsOf, dataMessage, decode, inWords, type Said } from '../subprotocol/conversation.js';

const c = (payload: string): Said => ['client', payload];
const s = (payload: string): Said => ['server', payload];

/** The calls of a conversation, a second for each message: what became of them, after how long, and how their ids were used. */
function outcomes(opening: Partial<Opening>, said: readonly Said[]): string[] {
  return callsOf(opening, said).map(({ name, id, outcome, seconds, repeatedId }) =>
    [name ?? '-', id ?? '-', outcome, seconds ?? '-', ...(repeatedId ? ['repeated'] : [])].join(' '),
  );
}

describe('what ends a call', () => {
  it('is in WAMP one result for a call in several messages, whose number is not used again', () => {
    const call = (progress: boolean): Said =>
      c(JSON.stringify([48, 7, progress ? { progress } : {}, 'up.load', ['x']]));
    const said = [call(true), call(true), call(false), s('[50,7,{},["done"]]')];
    expect(outcomes({ subprotocol: 'wamp.2.json' }, said)).toEqual(['CALL 7 ok 3']);
    // Two whole calls with one number are still told.
    expect(outcomes({ subprotocol: 'wamp.2.json' }, [call(false), call(false)])).toEqual([
      'CALL 7 unknown - repeated',
      'CALL 7 unknown - repeated',
    ]);
  });

  it('is in SIP also a redirection, which is no error', () => {
    const invite = 'INVITE sip:b@h SIP/2.0\r\nCall-ID: 1\r\nCSeq: 1 INVITE\r\n\r\n';
    const answer = (line: string): string => `SIP/2.0 ${line}\r\nCall-ID: 1\r\nCSeq: 1 INVITE\r\n\r\n`;
    const after = (line: string): string[] => outcomes({ subprotocol: 'sip' }, [c(invite), s(answer(line))]);
    expect(after('302 Moved Temporarily')).toEqual(['INVITE 1 1 INVITE ok 1']);
    expect(after('401 Unauthorized')).toEqual(['INVITE 1 1 INVITE error 1']);
    expect(after('100 Trying')).toEqual(['INVITE 1 1 INVITE ok -']);
  });

  it("is in OpenAI's API an error that names its event; of one that names none, nobody knows", () => {
    const ask = (id?: string): Said =>
      c(JSON.stringify({ type: 'response.create', ...(id === undefined ? {} : { event_id: id }) }));
    const error = (id: string | null): Said =>
      s(JSON.stringify({ type: 'error', event_id: 'e', error: { message: 'no', event_id: id } }));
    const after = (...said: Said[]): string[] => outcomes({ subprotocol: 'realtime' }, said);
    expect(after(ask('one'), error('one'))).toEqual(['response.create one error 1']);
    expect(after(ask('one'), error(null))).toEqual(['response.create one unknown -']);
    expect(after(ask(), error('two'))).toEqual(['response.create - unknown -']);
    expect(after(ask('one'), error('two'))).toEqual(['response.create one unanswered -']);
    // It was about something else, where the response comes all the same.
    const response = ['created', 'done'].map((word) =>
      s(JSON.stringify({ type: `response.${word}`, response: { id: 'r' } })),
    );
    expect(after(ask('one'), error(null), ...response)).toEqual(['response.create one ok 3']);
  });
});

describe('a header of STOMP 1.1', () => {
  it('has no escape for a carriage return, which 1.2 has', () => {
    const frame = 'SEND\ndestination:/a\\rb\\nc\\\\d\n\n\0';
    const channelIn = (subprotocol: string): unknown => decode({ subprotocol }, [c(frame)])[0]?.items[0]?.channel;
    expect(channelIn('v11.stomp')).toBe('/a\\rb\nc\\d');
    expect(channelIn('v12.stomp')).toBe('/a\rb\nc\\d');
  });
});

describe('a channel of Kubernetes', () => {
  const said = (url: string, ...messages: Said[]): string[] =>
    inWords(decode({ url, subprotocol: 'v4.channel.k8s.io' }, messages));
  const b = (from: Said[0], ...bytes: number[]): Said => [from, Buffer.from(bytes)];

  it('of a forwarded port begins with its number, which is neither data nor an error', () => {
    const url = 'wss://h/api/v1/namespaces/n/pods/p/portforward?ports=8080';
    const port = [0x90, 0x1f] as const;
    const first = [
      b('server', 0, ...port),
      b('server', 1, ...port),
      b('client', 0, 0x61, 0x62),
      b('server', 0, 0x63, 0x64),
    ];
    const words = [
      'open data @0 {"port":8080}',
      'open error @1 {"port":8080}',
      'data data @0 raw "ab"',
      'data data @0 raw "cd"',
    ];
    expect(said(url, ...first, b('server', 1, 0x6e, 0x6f, 0x21))).toEqual([...words, 'error error @1 raw "no!"']);
    const reader = new MeaningReader({ url, subprotocol: 'v4.channel.k8s.io' });
    reader.lost('server-to-client');
    expect(inWords([reader.message(dataMessage(first[1]!))])).toEqual(['data error @1 raw "h\'901f\'"']);
  });

  it('for errors is no error where it says nothing', () => {
    const url = 'wss://h/api/v1/namespaces/n/pods/p/exec?stdin=true';
    expect(said(url, b('server', 3), b('server', 3, 0x6e, 0x6f))).toEqual(['data error @3', 'error error @3 raw "no"']);
  });
});
