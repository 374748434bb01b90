import { describe, expect, it } from 'vitest';
import type { Opening } from '../../src/subprotocol/sub-protocol.js';
import { callsOf, decode, inWords, type Said } from '../subprotocol/conversation.js';

const c = (payload: string): Said => ['client', payload];
const s = (payload: string): Said => ['server', payload];

/** The calls of a conversation: who called, what, and what came of it. */
function outcomes(opening: Partial<Opening>, said: readonly Said[]): string[] {
  return callsOf(opening, said).map(({ direction, name, id, outcome }) =>
    [direction.slice(0, 6), name ?? '-', id ?? '-', outcome].join(' '),
  );
}

describe('what answers a call', () => {
  it('is in NATS the message under the subject that the request has named', () => {
    const info: Said[] = [s('INFO {}\r\n'), c('CONNECT {}\r\n'), c('SUB _INBOX.1.* 1\r\n')];
    expect(
      outcomes({}, [
        ...info,
        c('PUB time.us _INBOX.1.a 0\r\n\r\n'),
        s('MSG _INBOX.1.a 1 2\r\nok\r\n'),
        c('PUB time.eu _INBOX.1.b 0\r\n\r\n'),
        s('HMSG _INBOX.1.b 1 16 16\r\nNATS/1.0 503\r\n\r\n\r\n'),
        c('PUB time.jp _INBOX.1.c 0\r\n\r\n'),
        // Another subject is no answer, and who asks may be the server.
        s('MSG _INBOX.1.x 1 2\r\nno\r\n'),
        s('MSG help 2 _INBOX.9 2\r\nhi\r\n'),
        c('PUB _INBOX.9 2\r\nyo\r\n'),
        // An answer that wants to be acknowledged.
        c('PUB $JS.API.NEXT _INBOX.1.d 0\r\n\r\n'),
        s('MSG _INBOX.1.d 1 $JS.ACK.7 2\r\nok\r\n'),
      ]),
    ).toEqual([
      'client PUB _INBOX.1.a ok',
      'client PUB _INBOX.1.b error',
      'server MSG _INBOX.9 ok',
      'client PUB _INBOX.1.d ok',
      'client PUB _INBOX.1.c unanswered',
    ]);
  });

  it('is in GraphQL nothing to a sign of life, which no call is', () => {
    const ka = s('{"type":"ka"}');
    expect(outcomes({ subprotocol: 'graphql-ws' }, [c('{"type":"connection_init"}'), ka, ka, ka])).toEqual([]);
  });

  it('is in OCPP no result error, which its own caller sends', () => {
    expect(
      outcomes({ subprotocol: 'ocpp2.1' }, [
        c('[2,"1","BootNotification",{}]'),
        s('[2,"1","Reset",{}]'),
        s('[3,"1",{}]'),
        c('[5,"1","FormatViolation","",{}]'),
        c('[3,"1",{}]'),
      ]),
    ).toEqual(['client BootNotification 1 ok', 'server Reset 1 ok']);
  });

  it('is in Bayeux nothing to what a server delivers, whatever id that has', () => {
    const said: Said[] = [
      c('[{"channel":"/meta/handshake","id":"1","version":"1.0"}]'),
      s('[{"channel":"/meta/handshake","id":"1","successful":true}]'),
      c('[{"channel":"/meta/subscribe","id":"2","subscription":"/chat"}]'),
      s('[{"channel":"/meta/subscribe","id":"2","successful":true,"subscription":"/chat"}]'),
      c('[{"channel":"/chat","id":"3","data":"hi"}]'),
      s('[{"channel":"/chat","id":"3","data":"hi"},{"channel":"/chat","id":"3","successful":true}]'),
    ];
    expect(outcomes({}, said).filter((call) => call.startsWith('server'))).toEqual([]);
    expect(outcomes({}, said).at(-1)).toBe('client /chat 3 ok');
  });

  it('is in XMPP the iq with its id, and no other stanza', () => {
    expect(
      outcomes({ subprotocol: 'xmpp' }, [
        c('<iq type="get" id="7" to="a"><ping/></iq>'),
        s('<message type="error" id="7" from="b"><error/></message>'),
        s('<iq type="result" id="7" from="a"/>'),
      ]),
    ).toEqual(['client iq 7 ok']);
  });

  it('is in Jupyter no success where the kernel has aborted the request', () => {
    const message = (type: string, id: string, parent: string, content: string): string =>
      `{"channel":"shell","header":{"msg_id":"${id}","msg_type":"${type}"},"parent_header":${parent},"metadata":{},"content":${content}}`;
    expect(
      outcomes({ url: 'ws://h/api/kernels/k/channels' }, [
        c(message('execute_request', 'a', '{}', '{"code":"1"}')),
        s(message('execute_reply', 'b', '{"msg_id":"a"}', '{"status":"aborted"}')),
      ]),
    ).toEqual(['client execute_request a error']);
  });
});

describe('the words of a protocol', () => {
  it('has Socket.IO 2 its own for an error', () => {
    const said: Said[] = [s('44"Not authorized"')];
    const url = (version: number): string => `ws://h/socket.io/?EIO=${version}&transport=websocket`;
    expect(inWords(decode({ url: url(3) }, said))).toEqual(['error error "Not authorized"']);
    expect(inWords(decode({ url: url(4) }, said))).toEqual(['error connect_error "Not authorized"']);
  });

  it('are found in the lists that Home Assistant sends', () => {
    expect(
      inWords(
        decode({ url: 'ws://h/api/websocket' }, [
          s('[{"id":1,"type":"result","success":true,"result":null},{"id":2,"type":"event","event":{"a":1}}]'),
          s('[{"id":3}]'),
          s('[]'),
        ]),
      ),
    ).toEqual(['reply result #1 null', 'data event #2 {"a":1}', '-', '-']);
  });

  it('has AnyCable more of', () => {
    expect(
      inWords(
        decode({ subprotocol: 'actioncable-v1-ext-json' }, [
          c('{"command":"history","identifier":"i","history":{"since":1}}'),
          s('{"type":"confirm_history","identifier":"i"}'),
        ]),
      ),
    ).toEqual(['event history @i', 'ack confirm_history @i']);
  });
});
