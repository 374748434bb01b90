import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HeldBytes } from '../../src/common/held-bytes.js';
import { readJson } from '../../src/subprotocol/values/json-text.js';
import { MeaningReader } from '../../src/subprotocol/meaning-reader.js';
import { REGISTRY, SHAPES } from '../../src/subprotocol/registry.js';
import type { DataMessage, DecodedMessage } from '../../src/subprotocol/sub-protocol.js';

const ALL = [...REGISTRY, ...SHAPES];

/** Messages that decoders know, to be changed. */
const SEEDS: readonly (string | Buffer)[] = [
  '0{"sid":"a"}',
  '4217["save",{"n":1}]',
  '451-/ns,["f",{"_placeholder":true,"num":0}]',
  '{"jsonrpc":"2.0","id":1,"method":"a","params":[1]}',
  '[{"jsonrpc":"2.0","id":1,"result":{}}]',
  '{"id":1,"method":"Page.navigate","params":{}}',
  '{"type":"success","id":1,"result":{}}',
  '{"id":"1","type":"next","payload":{"data":1}}',
  '{"type":3,"invocationId":"0","result":3}\u001e',
  '["1","1","room","phx_join",{}]',
  'SEND\ndestination:/q\ncontent-length:2\n\nab\0',
  '[48,1,{},"com.add",[2,3]]',
  '{"event":"pusher:subscribe","data":"{\\"channel\\":1}"}',
  'a["{}","MESSAGE\\n\\nx\\u0000"]',
  '[{"channel":"/meta/connect","id":"1","successful":true}]',
  'PUB a b 2\r\n{}\r\nPING\r\n',
  `<iq type='get' id="1"/>`,
  'INVITE sip:h SIP/2.0\r\nCall-ID: c\r\nCSeq: 1 INVITE\r\n\r\n',
  '[2,"1","Boot",{}]',
  '{"channel":"shell","header":{"msg_id":"m","msg_type":"execute_request"},"parent_header":{},"content":{}}',
  Buffer.from('100e00044d5154540402003c0002636c', 'hex'),
  Buffer.from('320a0003612f6200077b317d', 'hex'),
  Buffer.from('0c95018 0a130a341646492 0102'.replaceAll(' ', ''), 'hex'),
  Buffer.from('9530cf002000000000000180a1619101', 'hex'),
  Buffer.from('bf61619f013bffffffffffffffffff6162f93c00ff', 'hex'),
  Buffer.from('089601120 46e616d651a020801'.replaceAll(' ', ''), 'hex'),
  Buffer.from('000003010502', 'hex'),
  Buffer.from('0001010102313274657 6ff'.replaceAll(' ', ''), 'hex'),
  Buffer.from('RFB 003.008\n'),
  Buffer.from('0102', 'hex'),
  Buffer.from('00000000', 'hex'),
  Buffer.from('03010000000000010001', 'hex'),
  Buffer.from('000000010000000000010001fffffec602', 'hex'),
  Buffer.from('789caa562a482c2ec92f4a55b25250ca2f5048cd4bcecf4b4b2d5250b05250aaad050000ffff000000ffff', 'hex'),
];

const mutated = fc
  .tuple(fc.constantFrom(...SEEDS), fc.array(fc.tuple(fc.nat(), fc.nat(255), fc.nat(4)), { maxLength: 4 }))
  .map(([seed, changes]): [boolean, Buffer] => {
    let bytes = Buffer.from(seed);
    for (const [place, byte, how] of changes) {
      const at = place % (bytes.length + 1);
      if (how === 0) bytes = bytes.subarray(0, at);
      else if (how === 1) bytes = Buffer.concat([bytes.subarray(0, at), Buffer.of(byte), bytes.subarray(at)]);
      else if (how === 2) bytes = Buffer.concat([bytes, bytes.subarray(at)]);
      else if (at < bytes.length)
        bytes = Buffer.concat([bytes.subarray(0, at), Buffer.of(byte), bytes.subarray(at + 1)]);
    }
    return [typeof seed === 'string', bytes];
  });
const random = fc.tuple(
  fc.boolean(),
  fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
);
const message = fc
  .tuple(fc.oneof({ weight: 3, arbitrary: mutated }, random), fc.boolean(), fc.nat(20))
  .map(([[isText, payload], fromClient, lost]) => ({ isText, payload, fromClient, isLost: lost === 0 }));

function dataMessage(isText: boolean, given: Buffer, fromClient: boolean): DataMessage {
  const text = isText ? given.toString('utf8') : '';
  const payload = isText ? Buffer.from(text) : given;
  return { direction: fromClient ? 'client-to-server' : 'server-to-client', isText, payload, text };
}

/** What every meaning must be, whatever was sent. */
function check(decoded: DecodedMessage | undefined): void {
  if (decoded === undefined) return;
  expect(decoded.items.length).toBeGreaterThan(0);
  for (const { name, value, raw, channel } of decoded.items) {
    if (value !== undefined) expect(readJson(value), value).toBeDefined();
    for (const text of [name, raw, channel]) if (text !== undefined) expect(typeof text).toBe('string');
  }
}

describe('every decoder', () => {
  it.each(ALL.map(({ name }) => name))('%s takes any messages: it never throws, and each value is JSON', (name) => {
    const protocol = ALL.find((each) => each.name === name)!;
    const openings = [
      { url: undefined, subprotocol: undefined },
      { url: 'ws://h/socket.io/?EIO=3', subprotocol: undefined },
      { url: 'wss://gateway.discord.gg/?compress=zlib-stream', subprotocol: undefined },
      { url: 'ws://h/portforward', subprotocol: 'base64.channel.k8s.io' },
      { url: 'ws://h/', subprotocol: 'wamp.2.cbor' },
      { url: 'ws://h/', subprotocol: 'v1.kernel.websocket.jupyter.org' },
    ];
    fc.assert(
      fc.property(fc.array(message, { maxLength: 8 }), fc.constantFrom(...openings), (messages, opening) => {
        const held = new HeldBytes(1000);
        const decoder = protocol.decoder(opening, held);
        for (const { isText, payload, fromClient, isLost } of messages) {
          const taken = dataMessage(isText, payload, fromClient);
          if (isLost) decoder.lost?.(taken.direction);
          protocol.resembles?.(taken);
          const items = decoder.decode(taken);
          if (items !== undefined && items !== 'more' && items.length > 0) check({ protocol: name, by: 'url', items });
        }
        decoder.end?.();
        expect(held.total).toBe(0);
      }),
      { numRuns: 300 },
    );
  });

  it('goes down into no depth: deep values are read, or left', () => {
    const deep = 100_000;
    const texts = [
      '['.repeat(deep),
      '{"a":'.repeat(deep),
      '42' + '['.repeat(deep),
      `${'['.repeat(400)}${']'.repeat(400)}`,
    ];
    const bytes = [0x91, 0x81, 0x9f, 0xc1, 0xbf, 0xd8, 0x0b, 0x0a].map((byte) => Buffer.alloc(deep, byte));
    for (const protocol of ALL) {
      const decoder = protocol.decoder({ url: undefined, subprotocol: undefined }, new HeldBytes(deep));
      for (const text of texts) decoder.decode(dataMessage(true, Buffer.from(text), true));
      for (const payload of bytes) decoder.decode(dataMessage(false, payload, true));
    }
  });

  it('claims no protocol of random messages', () => {
    fc.assert(
      fc.property(fc.array(random, { minLength: 10, maxLength: 20 }), (messages) => {
        const reader = new MeaningReader({ url: undefined, subprotocol: undefined });
        for (const [isText, payload] of messages)
          expect(reader.message(dataMessage(isText, payload, true))).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });
});
