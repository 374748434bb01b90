import { describe, expect, it } from 'vitest';
import { MeaningReader } from '../../src/subprotocol/meaning-reader.js';
import { dataMessage, decode, inWords, type Said } from './conversation.js';

const hex = (digits: string): Buffer => Buffer.from(digits.replaceAll(' ', ''), 'hex');
const c = (payload: string | Buffer): Said => ['client', payload];
const s = (payload: string | Buffer): Said => ['server', payload];
const mqttString = (text: string): string =>
  Buffer.concat([hex(text.length.toString(16).padStart(4, '0')), Buffer.from(text)]).toString('hex');

describe('MQTT', () => {
  const opening = { subprotocol: 'mqtt' };
  const connect = (version: number): Buffer =>
    hex(
      `10 ${version === 5 ? '0f' : '0e'} ${mqttString('MQTT')} 0${version} 02 003c ${version === 5 ? '00' : ''} ${mqttString('cl')}`,
    );
  const connack = hex('20 02 00 00');
  const publish = hex(`32 0a ${mqttString('a/b')} 0007 ${Buffer.from('{1}').toString('hex')}`);

  it('reads packets of version 3.1.1', () => {
    const subscribe = hex(`82 08 0001 ${mqttString('a/b')} 01`);
    const decoded = decode(opening, [
      c(connect(4)),
      s(connack),
      c(subscribe),
      s(hex('90 03 0001 01')),
      c(publish),
      s(hex('40 02 0007')),
      c(hex('c0 00')),
      s(hex('d0 00')),
      c(hex('e0 00')),
    ]);
    expect(inWords(decoded)).toEqual([
      'open CONNECT {"version":4,"clientId":"cl","keepAlive":60}',
      'ack CONNACK {"reasonCode":0}',
      'call SUBSCRIBE #1 @a/b ["a/b"]',
      'ack SUBACK #1 {"reasonCodes":[1]}',
      'call PUBLISH #7 @a/b raw "{1}"',
      'ack PUBACK #7',
      'ping PINGREQ',
      'pong PINGRESP',
      'close DISCONNECT',
    ]);
  });

  it('reads version 5 with its properties and topic aliases', () => {
    const named = hex(`30 0a ${mqttString('t')} 03 23 0001 7b7d 20`.replace('0a', '09').replace(' 20', ''));
    const aliased = hex('30 08 0000 03 23 0001 7b7d');
    const decoded = decode(opening, [
      c(connect(5)),
      c(named),
      c(aliased),
      s(hex('20 03 00 87 00')),
      s(hex('e0 01 8e')),
    ]);
    expect(inWords(decoded)).toEqual([
      'open CONNECT {"version":5,"clientId":"cl","keepAlive":60}',
      'event PUBLISH @t {}',
      'event PUBLISH @t {}',
      'error CONNACK {"reasonCode":135}',
      'error DISCONNECT {"reasonCode":142}',
    ]);
  });

  it('joins packets over the borders of messages, and reads several in one', () => {
    const bytes = Buffer.concat([connect(4), publish, publish]);
    const pieces = [bytes.subarray(0, 1), bytes.subarray(1, 20), bytes.subarray(20)];
    const words = inWords(
      decode(
        opening,
        pieces.map((piece) => c(piece)),
      ),
    );
    expect(words.filter((word) => word !== '-')).toEqual(
      inWords(decode(opening, [c(connect(4)), c(publish), c(publish)])),
    );
  });

  it('claims no payload where the version was not captured, and no topic of an alias that was lost', () => {
    expect(inWords(decode(opening, [c(publish)]))).toEqual(['call PUBLISH #7 @a/b']);
    const reader = new MeaningReader({ url: undefined, ...opening });
    reader.message(dataMessage(c(connect(5))));
    reader.message(dataMessage(c(hex(`30 08 ${mqttString('t')} 03 23 0001 78`.replace('08', '08')))));
    reader.lost('client-to-server');
    expect(inWords([reader.message(dataMessage(c(hex('30 07 0000 03 23 0001 78'))))])).toEqual([
      'event PUBLISH raw "x"',
    ]);
  });

  it('believes no message after a loss that does not end with a packet', () => {
    const reader = new MeaningReader({ url: undefined, ...opening });
    reader.message(dataMessage(c(connect(4))));
    reader.lost('client-to-server');
    expect(reader.message(dataMessage(c(Buffer.concat([hex('c000'), publish.subarray(0, 5)]))))).toBeUndefined();
    expect(inWords([reader.message(dataMessage(c(hex('c000'))))])).toEqual(['ping PINGREQ']);
  });
});

describe('STOMP', () => {
  it('reads frames, heart-beats, receipts and escapes', () => {
    const decoded = decode({ subprotocol: 'v12.stomp' }, [
      c('CONNECT\naccept-version:1.2\nhost:h\n\n\0'),
      s('CONNECTED\nversion:1.2\n\n\0\n'),
      c(String.raw`SEND` + '\ndestination:/q\\ca\nreceipt:r1\ncontent-length:3\n\na\0b\0'),
      s('RECEIPT\nreceipt-id:r1\n\n\0'),
      c('\n'),
      s('MESSAGE\nsubscription:0\ndestination:/t\n\nhi\0MESSAGE\nsubscription:0\ndestination:/t\n\nho\0'),
    ]);
    expect(inWords(decoded)).toEqual([
      'open CONNECT',
      'ack CONNECTED',
      'call SEND #r1 @/q:a raw "a\\u0000b"',
      'ack RECEIPT #r1',
      'event heart-beat',
      'data MESSAGE #0 @/t raw "hi"',
      'data MESSAGE #0 @/t raw "ho"',
    ]);
  });

  it('reads no frame that is cut', () => {
    expect(decode({ subprotocol: 'v12.stomp' }, [c('SEND\ndestination:/q\n\nabc')])).toEqual([undefined]);
  });
});

describe('SignalR', () => {
  it('reads JSON, told by its messages', () => {
    const decoded = decode({}, [
      c('{"protocol":"json","version":1}\u001e'),
      s('{}\u001e'),
      c('{"type":1,"invocationId":"0","target":"Add","arguments":[1,2]}\u001e'),
      s('{"type":3,"invocationId":"0","result":3}\u001e{"type":6}\u001e'),
      s('{"type":1,"target":"Hi","arguments":[]}\u001e'),
    ]);
    expect(inWords(decoded)).toEqual([
      '-',
      '-',
      'call Add #0 [1,2]',
      'reply Completion #0 3',
      'event Ping',
      'event Hi []',
    ]);
  });

  it('reads MessagePack', () => {
    const decoded = decode({}, [
      c('{"protocol":"messagepack","version":1}\u001e'),
      s('{}\u001e'),
      c(hex('0c 96 01 80 a1 30 a3 41 64 64 92 01 02'.replace('96', '95').replace('0c', '0c'))),
      s(hex('08 95 03 80 a1 30 03 03'.replace('08', '07'))),
    ]);
    expect(inWords(decoded)).toEqual(['-', '-', 'call Add #0 [1,2]', 'reply Completion #0 3']);
  });
});

describe('other protocols in bytes', () => {
  it('reads WAMP in MessagePack and CBOR', () => {
    expect(
      inWords(decode({ subprotocol: 'wamp.2.msgpack' }, [c(hex('95 30 cf 0020000000000001 80 a1 61 91 01'))])),
    ).toEqual(['call CALL #9007199254740993 @a [[1]]']);
    expect(inWords(decode({ subprotocol: 'wamp.2.cbor' }, [c(hex('85 18 30 01 a0 61 61 81 01'))]))).toEqual([
      'call CALL #1 @a [[1]]',
    ]);
  });

  it('reads the binary serializer of Phoenix', () => {
    const opening = { url: 'ws://h/socket/websocket?vsn=2.0.0' };
    const push = Buffer.concat([hex('00 01 01 01 02'), Buffer.from('12tev'), hex('ff')]);
    const reply = Buffer.concat([hex('01 01 01 01 02'), Buffer.from('12tok'), Buffer.from('x')]);
    expect(inWords(decode(opening, [c(push), s(reply)]))).toEqual([
      `call ev #2 @t raw "h'ff'"`,
      'reply phx_reply #2 @t raw "x"',
    ]);
  });

  it('reads the streams of Kubernetes', () => {
    const opening = { subprotocol: 'v4.channel.k8s.io' };
    const decoded = decode(opening, [
      c(Buffer.from('\0ls\n')),
      s(Buffer.from('\u0001out')),
      s(Buffer.from('\u0003{"status":"Success"}')),
      c(Buffer.from('\u0004{"Width":80}')),
    ]);
    expect(inWords(decoded)).toEqual([
      'data stdin @0 raw "ls\\n"',
      'data stdout @1 raw "out"',
      'complete error @3 {"status":"Success"}',
      'event resize @4 {"Width":80}',
    ]);
  });

  it('reads the frames of Jupyter', () => {
    const parts = ['shell', '{"msg_id":"m","msg_type":"kernel_info_request"}', '{}', '{}', '{}'].map((part) =>
      Buffer.from(part),
    );
    const offsets: number[] = [8 * (parts.length + 2)];
    for (const part of parts) offsets.push(offsets.at(-1)! + part.length);
    const head = Buffer.alloc(8 * (offsets.length + 1));
    head.writeBigUInt64LE(BigInt(offsets.length));
    offsets.forEach((offset, index) => head.writeBigUInt64LE(BigInt(offset), 8 * (index + 1)));
    const opening = { subprotocol: 'v1.kernel.websocket.jupyter.org' };
    expect(inWords(decode(opening, [c(Buffer.concat([head, ...parts]))]))).toEqual([
      'call kernel_info_request #m @shell {}',
    ]);
  });

  it('reads NATS over the borders of messages, told by its messages', () => {
    const decoded = decode({}, [
      s('INFO {"server_id":"a"}\r\n'),
      c('CONNECT {"verbose":false}\r\nPING\r\n'),
      c('PUB a _INBOX.1 2\r\n{}\r\n'),
      s('PONG\r\n'),
      s('MSG _INBOX.1 9 5\r\nhe'),
      s('llo\r\nPONG\r\n'),
    ]);
    expect(inWords(decoded)).toEqual([
      '-',
      '-',
      'call PUB #_INBOX.1 @a {}',
      'pong PONG',
      '-',
      'reply MSG #_INBOX.1 @_INBOX.1 raw "hello"',
      'pong PONG',
    ]);
  });

  it('reads the messages of Yjs, told by state vectors and awareness', () => {
    const step = hex('00 00 03 01 05 02');
    const awareness = Buffer.concat([hex('01 06 01 05 01 02'), Buffer.from('{}')]);
    expect(inWords(decode({}, [c(step), s(step), c(awareness), s(hex('00 02 01 ff')), c(hex('03'))]))).toEqual([
      '-',
      '-',
      'data awareness',
      'data update',
      'event query-awareness',
    ]);
    // Bytes with their length before them may be anything.
    expect(
      inWords(
        decode(
          {},
          Array.from({ length: 4 }, () => c(hex('01 02 ff ff'))),
        ),
      ),
    ).toEqual(['-', '-', '-', '-']);
  });

  it('reads XMPP and SIP by their first line', () => {
    expect(
      inWords(
        decode({ subprotocol: 'xmpp' }, [
          c(`<open xmlns='urn:x' to='a&amp;b'/>`),
          c('<iq type="get" id="1"/>'),
          s('<iq type="error" id="1"/>'),
        ]),
      ),
    ).toEqual(['open open @a&b', 'call iq #1', 'error iq #1']);
    const request = 'REGISTER sip:h SIP/2.0\r\nCall-ID: c1\r\nCSeq: 1 REGISTER\r\n\r\n';
    expect(
      inWords(decode({ subprotocol: 'sip' }, [c(request), s('SIP/2.0 200 OK\r\ni: c1\r\nCSeq: 1 REGISTER\r\n\r\n')])),
    ).toEqual(['call REGISTER #c1 1 REGISTER @sip:h raw "REGISTER sip:h SIP/2.0"', 'reply 200 OK #c1 1 REGISTER']);
  });

  it('reads Engine.IO 3 with its type before bytes, and the parser of Socket.IO in MessagePack', () => {
    const version3 = { url: 'ws://h/socket.io/?EIO=3&transport=websocket' };
    expect(
      inWords(decode(version3, [s('451-["f",{"_placeholder":true,"num":0}]'), s(hex('04 01 02')), s(hex('00'))])),
    ).toEqual(['event f [{"_placeholder":true,"num":0}]', 'data f', '-']);
    const packet = hex('84 a4 74797065 02 a3 6e7370 a1 2f a4 64617461 92 a1 61 01 a2 6964 07');
    const version4 = { url: 'ws://h/socket.io/?EIO=4&transport=websocket' };
    expect(inWords(decode(version4, [c(packet)]))).toEqual(['call a #7 [1]']);
  });

  it('writes shapes so that nothing is lost', () => {
    expect(inWords(decode({}, [c(hex('82 a1 61 cf ffffffffffffffff a1 61 c0'))], ['msgpack']))).toEqual([
      'data {"a":18446744073709551615,"a":null}',
    ]);
    expect(
      inWords(decode({}, [c(hex('82 01 c4 01 ff a1 62 d6 05 01020304'.replace('a1 62', 'a1 62')))], ['msgpack'])),
    ).toEqual([`data raw "{1:h'ff',\\"b\\":ext(5, h'01020304')}"`]);
    expect(inWords(decode({}, [c(hex('bf 61 61 9f 01 3b ffffffffffffffff ff 61 62 f9 3c00 ff'))], ['cbor']))).toEqual([
      'data {"a":[1,-18446744073709551616],"b":1}',
    ]);
    expect(inWords(decode({}, [c(hex('c1 1a 5f5e1000'))], ['cbor']))).toEqual(['data raw "1(1600000000)"']);
    expect(inWords(decode({}, [c(hex('08 96 01 12 04 6e 61 6d 65 1a 02 08 01'))], ['protobuf']))).toEqual([
      'data raw "1: 150 2: \\"name\\" 3 { 1: 1 }"',
    ]);
  });
});
