import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CborSerializer } from 'wampy/CborSerializer.js';
import { JsonSerializer } from 'wampy/JsonSerializer.js';
import { MsgpackSerializer } from 'wampy/MsgpackSerializer.js';
import { decode, type Said } from '../conversation.js';
import { json, jsonObject, meaningOf } from './generators.js';

const id = fc.oneof(fc.nat(), fc.maxSafeNat());
const uri = fc.string({ minLength: 1 });
const rest = fc.oneof(
  fc.constant([]),
  fc.array(json, { maxLength: 3 }).map((args) => [args]),
  fc.tuple(fc.array(json, { maxLength: 3 }), jsonObject),
);

const message: fc.Arbitrary<readonly [readonly unknown[], object]> = fc.oneof(
  fc.tuple(id, uri, rest).map(([number, channel, more]) => {
    return [
      [48, number, {}, channel, ...more],
      { kind: 'call', name: 'CALL', id: number, channel, ...valueOf(more) },
    ] as const;
  }),
  fc.tuple(id, uri, rest, fc.boolean()).map(([number, channel, more, acknowledge]) => {
    const meaning = { kind: acknowledge ? 'call' : 'event', name: 'PUBLISH', id: number, channel, ...valueOf(more) };
    return [[16, number, { acknowledge }, channel, ...more], meaning] as const;
  }),
  fc.tuple(id, rest, fc.boolean()).map(([number, more, progress]) => {
    const meaning = { kind: progress ? 'data' : 'reply', name: 'RESULT', id: number, value: [{ progress }, ...more] };
    return [[50, number, { progress }, ...more], meaning] as const;
  }),
  fc.tuple(id, uri, rest).map(([number, error, more]) => {
    return [
      [8, 48, number, {}, error, ...more],
      { kind: 'error', name: 'ERROR', id: number, value: [{}, error, ...more] },
    ] as const;
  }),
  fc.tuple(id, id, rest).map(([subscription, publication, more]) => {
    const meaning = { kind: 'data', name: 'EVENT', id: subscription, value: [publication, {}, ...more] };
    return [[36, subscription, publication, {}, ...more], meaning] as const;
  }),
  fc.tuple(uri, jsonObject).map(([realm, details]) => {
    return [[1, realm, details], { kind: 'open', name: 'HELLO', channel: realm, value: [details] }] as const;
  }),
  fc.tuple(id, jsonObject).map(([session, details]) => {
    return [[2, session, details], { kind: 'ack', name: 'WELCOME', value: [session, details] }] as const;
  }),
);

function valueOf(more: readonly unknown[]): object {
  return more.length === 0 ? {} : { value: more };
}

interface Serializer {
  readonly protocol: string;
  encode(message: unknown): unknown;
}

const SERIALIZERS = [new JsonSerializer(), new MsgpackSerializer(), new CborSerializer()] as Serializer[];

describe.each(SERIALIZERS)("WAMP as wampy's $protocol serializer writes it", (serializer) => {
  it('has the same kind, name, id, topic and arguments', () => {
    fc.assert(
      fc.property(message, ([sent, meaning]) => {
        const data = serializer.encode(sent);
        const said: Said = ['client', typeof data === 'string' ? data : Buffer.from(data as Uint8Array)];
        const [decoded] = decode({ subprotocol: `wamp.2.${serializer.protocol}` }, [said]);
        expect(meaningOf(decoded)).toEqual({
          ...{ id: undefined, channel: undefined, value: undefined, raw: undefined },
          ...meaning,
        });
      }),
    );
  });
});
