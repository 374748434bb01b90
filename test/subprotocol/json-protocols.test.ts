import { describe, expect, it } from 'vitest';
import type { Opening, ProtocolName } from '../../src/subprotocol/sub-protocol.js';
import { decode, inWords, type Said } from './conversation.js';

const c = (payload: string): Said => ['client', payload];
const s = (payload: string): Said => ['server', payload];

/** A conversation, and what it means. */
type Case = readonly [ProtocolName, Partial<Opening>, readonly (readonly [Said, ...string[]])[]];

const CASES: readonly Case[] = [
  [
    'cdp',
    { url: 'ws://h/devtools/page/ABC' },
    [
      [
        c('{"id":1,"method":"Page.navigate","params":{"url":"x"},"sessionId":"S"}'),
        'call Page.navigate #1 @S {"url":"x"}',
      ],
      [s('{"id":1,"result":{"frameId":"F"},"sessionId":"S"}'), 'reply #1 @S {"frameId":"F"}'],
      [s('{"id":2,"error":{"code":-32601}}'), 'error #2 {"code":-32601}'],
      [s('{"method":"Page.loadEventFired","params":{}}'), 'event Page.loadEventFired {}'],
    ],
  ],
  [
    'bidi',
    { url: 'ws://h/session/0123456789abcdef0123456789abcdef' },
    [
      [c('{"id":1,"method":"session.status","params":{}}'), 'call session.status #1 {}'],
      [s('{"type":"success","id":1,"result":{"ready":true}}'), 'reply #1 {"ready":true}'],
      [
        s('{"type":"error","id":2,"error":"no such frame","message":"m"}'),
        'error no such frame #2 {"type":"error","id":2,"error":"no such frame","message":"m"}',
      ],
      [s('{"type":"event","method":"log.entryAdded","params":{"a":1}}'), 'event log.entryAdded {"a":1}'],
    ],
  ],
  [
    'phoenix',
    { url: 'ws://h/socket/websocket?vsn=2.0.0' },
    [
      [c('["1","1","room:1","phx_join",{}]'), 'call phx_join #1 @room:1 {}'],
      [
        s('["1","1","room:1","phx_reply",{"status":"ok","response":{}}]'),
        'reply phx_reply #1 @room:1 {"status":"ok","response":{}}',
      ],
      [s('["1","2","room:1","phx_reply",{"status":"error"}]'), 'error phx_reply #2 @room:1 {"status":"error"}'],
      [s('[null,null,"room:1","new_msg",{"body":"x"}]'), 'event new_msg @room:1 {"body":"x"}'],
    ],
  ],
  [
    'phoenix',
    { url: 'wss://h/realtime/v1/websocket?apikey=k&vsn=1.0.0' },
    [
      [c('{"topic":"phoenix","event":"heartbeat","payload":{},"ref":"3"}'), 'call heartbeat #3 @phoenix {}'],
      [s('{"topic":"a","event":"phx_close","payload":{},"ref":null}'), 'close phx_close @a {}'],
    ],
  ],
  [
    'pusher',
    { url: 'wss://ws.pusherapp.com/app/key?protocol=7&client=js' },
    [
      [
        s(String.raw`{"event":"pusher:connection_established","data":"{\"socket_id\":\"1.2\"}"}`),
        'open pusher:connection_established {"socket_id":"1.2"}',
      ],
      [
        c('{"event":"pusher:subscribe","data":{"channel":"room"}}'),
        'subscribe pusher:subscribe @room {"channel":"room"}',
      ],
      [s('{"event":"new","channel":"room","data":"text"}'), 'event new @room "text"'],
    ],
  ],
  [
    'actioncable',
    { subprotocol: 'actioncable-v1-json' },
    [
      [s('{"type":"welcome"}'), 'open welcome'],
      [
        c(String.raw`{"command":"subscribe","identifier":"{\"channel\":\"C\"}"}`),
        'subscribe subscribe @{"channel":"C"}',
      ],
      [s('{"type":"confirm_subscription","identifier":"i"}'), 'ack confirm_subscription @i'],
      [s('{"identifier":"i","message":{"a":1.0}}'), 'data message @i {"a":1.0}'],
      [s('{"type":"ping","message":1700000000}'), 'event ping 1700000000'],
    ],
  ],
  [
    'sockjs',
    { url: 'ws://h/echo/123/abcdefgh/websocket' },
    [
      [s('o'), 'open open'],
      [s('h'), 'event heartbeat'],
      [c('["one"]'), 'data raw "one"'],
      [
        s(String.raw`a["{\"a\":1}","MESSAGE\ndestination:/t\n\nhi\u0000"]`),
        'data {"a":1}',
        'data MESSAGE @/t raw "hi"',
      ],
      [s('c[3000,"Go away!"]'), 'close close [3000,"Go away!"]'],
    ],
  ],
  [
    'ocpp',
    { subprotocol: 'ocpp1.6' },
    [
      [c('[2,"19223201","BootNotification",{"v":"x"}]'), 'call BootNotification #19223201 {"v":"x"}'],
      [s('[3,"19223201",{"status":"Accepted"}]'), 'reply #19223201 {"status":"Accepted"}'],
      [s('[4,"7","NotImplemented","no",{}]'), 'error NotImplemented #7 ["NotImplemented","no",{}]'],
    ],
  ],
  [
    'wamp',
    { subprotocol: 'wamp.2.json' },
    [
      [c('[1,"realm1",{}]'), 'open HELLO @realm1 [{}]'],
      [c('[48,1,{},"com.add",[2,3]]'), 'call CALL #1 @com.add [[2,3]]'],
      [s('[50,1,{},[5]]'), 'reply RESULT #1 [{},[5]]'],
      [s('[50,2,{"progress":true},[1]]'), 'data RESULT #2 [{"progress":true},[1]]'],
      [c('[16,3,{"acknowledge":true},"t",["x"]]'), 'call PUBLISH #3 @t [["x"]]'],
      [s('[8,48,4,{},"wamp.error.no_such_procedure"]'), 'error ERROR #4 [{},"wamp.error.no_such_procedure"]'],
    ],
  ],
  [
    'trpc',
    { url: 'ws://h/trpc?connectionParams=1' },
    [
      [c('{"method":"connectionParams","data":{"t":1}}'), 'open connectionParams {"t":1}'],
      [c('{"id":1,"method":"query","params":{"path":"post.byId","input":{"id":1}}}'), 'call post.byId #1 {"id":1}'],
      [s('{"id":1,"result":{"type":"data","data":{"a":1}}}'), 'reply data #1 {"a":1}'],
      [s('{"id":2,"error":{"code":-32004}}'), 'error #2 {"code":-32004}'],
      [c('PING'), 'ping PING'],
    ],
  ],
  [
    'slack',
    { url: 'wss://wss-primary.slack.com/link/?ticket=1' },
    [
      [s('{"type":"hello"}'), 'open hello {"type":"hello"}'],
      [s('{"envelope_id":"e1","type":"events_api","payload":{"a":1}}'), 'call events_api #e1 {"a":1}'],
      [c('{"envelope_id":"e1"}'), 'ack #e1'],
    ],
  ],
  [
    'home-assistant',
    { url: 'ws://h:8123/api/websocket' },
    [
      [s('{"type":"auth_required"}'), 'open auth_required'],
      [c('{"id":18,"type":"subscribe_events"}'), 'call subscribe_events #18 {"id":18,"type":"subscribe_events"}'],
      [s('{"id":18,"type":"result","success":true,"result":null}'), 'reply result #18 null'],
      [s('{"id":18,"type":"event","event":{"a":1}}'), 'data event #18 {"a":1}'],
    ],
  ],
  [
    'openai',
    { url: 'wss://api.openai.com/v1/realtime?model=x' },
    [
      [
        s('{"type":"session.created","event_id":"e"}'),
        'open session.created #e {"type":"session.created","event_id":"e"}',
      ],
      [
        s('{"type":"response.text.delta","response_id":"r","delta":"a"}'),
        'data response.text.delta @r {"type":"response.text.delta","response_id":"r","delta":"a"}',
      ],
      [
        s('{"type":"response.done","response":{"id":"r"}}'),
        'complete response.done @r {"type":"response.done","response":{"id":"r"}}',
      ],
    ],
  ],
  [
    'jupyter',
    { url: 'ws://h/api/kernels/0123/channels?session_id=1' },
    [
      [
        c(
          '{"channel":"shell","header":{"msg_id":"m1","msg_type":"execute_request"},"parent_header":{},"content":{"code":"1"}}',
        ),
        'call execute_request #m1 @shell {"code":"1"}',
      ],
      [
        s(
          '{"channel":"iopub","header":{"msg_id":"m2","msg_type":"stream"},"parent_header":{"msg_id":"m1"},"content":{"text":"1"}}',
        ),
        'data stream #m1 @iopub {"text":"1"}',
      ],
      [
        s(
          '{"channel":"shell","header":{"msg_id":"m3","msg_type":"execute_reply"},"parent_header":{"msg_id":"m1"},"content":{"status":"error"}}',
        ),
        'error execute_reply #m1 @shell {"status":"error"}',
      ],
    ],
  ],
  [
    'discord',
    { url: 'wss://gateway.discord.gg/?v=10&encoding=json' },
    [
      [s('{"op":10,"d":{"heartbeat_interval":41250}}'), 'open Hello {"heartbeat_interval":41250}'],
      [c('{"op":1,"d":251}'), 'ping Heartbeat 251'],
      [s('{"op":0,"t":"MESSAGE_CREATE","s":1,"d":{"id":"9"}}'), 'event MESSAGE_CREATE {"id":"9"}'],
    ],
  ],
];

describe('protocols in JSON', () => {
  it.each(CASES)('reads %s as it is told by the handshake', (name, opening, turns) => {
    const decoded = decode(
      opening,
      turns.map(([said]) => said),
    );
    expect(inWords(decoded)).toEqual(turns.flatMap(([, ...words]) => words));
    expect(new Set(decoded.map((each) => each?.protocol))).toEqual(new Set([name]));
    expect(new Set(decoded.map((each) => each?.by))).toEqual(
      new Set([opening.url === undefined ? 'subprotocol' : 'url']),
    );
  });

  it.each<readonly [ProtocolName, string[]]>([
    [
      'cdp',
      [
        '{"id":1,"method":"Runtime.enable"}',
        '{"id":1,"result":{}}',
        '{"method":"Runtime.consoleAPICalled","params":{}}',
        '{"id":2,"method":"Debugger.enable"}',
      ],
    ],
    [
      'bidi',
      [
        '{"id":1,"method":"session.new","params":{}}',
        '{"type":"success","id":1,"result":{}}',
        '{"type":"event","method":"log.entryAdded","params":{}}',
        '{"type":"success","id":2,"result":{}}',
      ],
    ],
    [
      'bayeux',
      [
        '[{"channel":"/meta/handshake","id":"1"}]',
        '[{"channel":"/meta/handshake","id":"1","successful":true}]',
        '[{"channel":"/meta/connect","id":"2"}]',
      ],
    ],
    [
      'json-rpc',
      [
        '{"jsonrpc":"2.0","method":"a","id":1}',
        '{"jsonrpc":"2.0","result":1,"id":1}',
        '{"jsonrpc":"2.0","method":"b"}',
      ],
    ],
    ['openai', ['{"type":"session.update"}', '{"type":"response.create"}', '{"type":"response.text.delta"}']],
    [
      'phoenix',
      [
        '["1","1","a","phx_join",{}]',
        '["1","1","a","phx_reply",{"status":"ok"}]',
        '[null,"2","phoenix","heartbeat",{}]',
      ],
    ],
    ['trpc', [1, 2, 3].map((id) => `{"id":${id},"method":"query","params":{"path":"a"}}`)],
  ])('tells %s by its messages alone, from the third that proves it on', (name, texts) => {
    const decoded = decode(
      {},
      texts.map((text) => c(text)),
    );
    expect(decoded.slice(0, 2)).toEqual([undefined, undefined]);
    expect(decoded.at(-1)).toMatchObject({ protocol: name, by: 'content' });
  });

  it('claims nothing of JSON that is of no protocol, or of several', () => {
    const texts = [
      '{"type":"chat","text":"a"}',
      '{"id":1,"result":{}}',
      '{"event":"x","data":1}',
      '[1,2,3]',
      '"a"',
      '{}',
    ];
    for (const text of texts)
      expect(
        decode(
          {},
          Array.from({ length: 5 }, () => c(text)),
        ),
      ).toEqual(Array.from({ length: 5 }));
  });

  it('keeps numbers beyond 2^53, as value and as id', () => {
    const [decoded] = decode({ subprotocol: 'ocpp1.6' }, [
      c('[2,90071992547409931,"A",{"a":90071992547409931,"a":1e400}]'),
    ]);
    expect(decoded!.items[0]).toMatchObject({ id: '90071992547409931', value: '{"a":90071992547409931,"a":1e400}' });
  });
});
