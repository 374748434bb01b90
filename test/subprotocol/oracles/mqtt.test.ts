import fc from 'fast-check';
import { generate, type Packet } from 'mqtt-packet';
import { describe, expect, it } from 'vitest';
import { decode, type Said } from '../conversation.js';
import { meaningOf } from './generators.js';

const id = fc.integer({ min: 1, max: 65_535 });
const topic = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).filter((text) => !/[+#\0]/.test(text));
const code = fc.constantFrom(0, 1, 16, 128, 135, 151);
// Of none at all mqtt-packet writes a wrong length.
const properties = fc.option(
  fc.record(
    { userProperties: fc.dictionary(topic, topic, { minKeys: 1, maxKeys: 2 }), contentType: topic },
    { requiredKeys: [] },
  ),
  { nil: undefined },
);

/** Packets of a version beside what they say. */
function packets(version: 4 | 5): fc.Arbitrary<readonly [Packet, object]> {
  const is5 = version === 5;
  const more = is5 ? properties.map((each) => (each === undefined ? {} : { properties: each })) : fc.constant({});
  const acks = fc.constantFrom('puback' as const, 'pubrec' as const, 'pubcomp' as const, 'pubrel' as const);
  return fc.oneof(
    fc
      .tuple(
        fc.constantFrom(0 as const, 1 as const, 2 as const),
        id,
        topic,
        fc.uint8Array({ maxLength: 20 }),
        more,
        fc.boolean(),
      )
      .map(([qos, messageId, channel, payload, rest, retain]) => {
        const body = Buffer.from(payload);
        const packet = { cmd: 'publish', qos, messageId, topic: channel, payload: body, dup: false, retain, ...rest };
        const said = {
          kind: qos === 0 ? 'event' : 'call',
          name: 'PUBLISH',
          id: qos === 0 ? undefined : messageId,
          channel,
        };
        return [packet as Packet, { ...said, ...contentOf(body) }] as const;
      }),
    fc.tuple(acks, id, code).map(([cmd, messageId, reasonCode]) => {
      const packet = { cmd, messageId, ...(is5 ? { reasonCode } : {}) };
      const failed = is5 && cmd !== 'pubrel' && reasonCode >= 128;
      const kind = cmd === 'pubrel' ? 'call' : failed ? 'error' : 'ack';
      return [
        packet,
        { kind, name: cmd.toUpperCase(), id: messageId, ...(is5 ? { value: { reasonCode } } : {}) },
      ] as const;
    }),
    fc.tuple(id, fc.array(topic, { minLength: 1, maxLength: 3 }), more).map(([messageId, topics, rest]) => {
      const subscriptions = topics.map((each) => ({ topic: each, qos: 1 as const, nl: false, rap: false, rh: 0 }));
      const packet = { cmd: 'subscribe', messageId, subscriptions, ...rest };
      return [packet as Packet, filters('SUBSCRIBE', messageId, topics)] as const;
    }),
    fc.tuple(id, fc.array(topic, { minLength: 1, maxLength: 3 })).map(([messageId, topics]) => {
      const packet = { cmd: 'unsubscribe', messageId, unsubscriptions: topics };
      return [packet as Packet, filters('UNSUBSCRIBE', messageId, topics)] as const;
    }),
    fc
      .tuple(id, fc.array(fc.constantFrom(0, 1, 2, 128), { minLength: 1, maxLength: 3 }))
      .map(([messageId, granted]) => {
        const kind = granted.every((each) => each >= 128) ? 'error' : 'ack';
        const packet = { cmd: 'suback', messageId, granted };
        return [packet as Packet, { kind, name: 'SUBACK', id: messageId, value: { reasonCodes: granted } }] as const;
      }),
    fc.constant([{ cmd: 'pingreq' }, { kind: 'ping', name: 'PINGREQ' }] as const),
    fc.constant([{ cmd: 'pingresp' }, { kind: 'pong', name: 'PINGRESP' }] as const),
  );
}

function filters(name: string, messageId: number, topics: readonly string[]): object {
  return { kind: 'call', name, id: messageId, channel: topics.length === 1 ? topics[0] : undefined, value: topics };
}

function contentOf(payload: Buffer): object {
  if (payload.length === 0) return {};
  const text = payload.toString('utf8');
  if (!Buffer.from(text, 'utf8').equals(payload)) return { raw: `h'${payload.toString('hex')}'` };
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return { raw: text };
  }
}

const NOTHING = { id: undefined, channel: undefined, value: undefined, raw: undefined };

describe.each([4, 5] as const)('MQTT %s as mqtt-packet writes it', (version) => {
  const connect = generate({
    ...{ cmd: 'connect', protocolId: 'MQTT', protocolVersion: version, clean: true, clientId: 'c', keepalive: 5 },
  });

  it('has the same name, id, topic and payload, however the messages are cut', () => {
    fc.assert(
      fc.property(
        fc.array(packets(version), { maxLength: 5 }),
        fc.array(fc.integer({ min: 1, max: 30 })),
        (list, cuts) => {
          const written = list.map(([packet]) => generate(packet, { protocolVersion: version }));
          let bytes = Buffer.concat([connect, ...written]);
          const said: Said[] = [];
          for (const cut of cuts) {
            if (bytes.length === 0) break;
            said.push(['client', bytes.subarray(0, cut)]);
            bytes = bytes.subarray(cut);
          }
          if (bytes.length > 0) said.push(['client', bytes]);
          const decoded = decode({ subprotocol: 'mqtt' }, said).filter((each) => each !== undefined);
          const found = decoded.flatMap((each) => each.items.map((_item, index) => meaningOf(each, index)));
          const value = { version, clientId: 'c', keepAlive: 5 };
          const open = { ...NOTHING, kind: 'open', name: 'CONNECT', value };
          expect(found.map(withoutZero)).toEqual([
            open,
            ...list.map(([, said]) => withoutZero({ ...NOTHING, ...said })),
          ]);
        },
      ),
    );
  });
});

/** The reason code 0 may be left out, which mqtt-packet does for some packets. */
function withoutZero(meaning: object): object {
  const isZero = 'value' in meaning && JSON.stringify(meaning.value) === '{"reasonCode":0}';
  return isZero ? { ...meaning, value: undefined } : meaning;
}
