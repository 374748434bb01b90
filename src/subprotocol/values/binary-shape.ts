import { readCbor } from './cbor.js';
import { readMsgpack } from './msgpack.js';
import { readProtobuf } from './protobuf.js';
import { shown, type Rendered } from './value-writer.js';
import type { DataMessage, Meaning, ProtocolName, SubProtocol } from '../sub-protocol.js';

/** Messages that are values of MessagePack, one after the other. */
export const MSGPACK_SHAPE = shape('msgpack', readMsgpack);
/** Messages that are values of CBOR, a sequence (RFC 8742) of one or more. */
export const CBOR_SHAPE = shape('cbor', readCbor);
/** Messages that are fields of protobuf, with their numbers: no schema says how they are called. */
export const PROTOBUF_SHAPE: SubProtocol = {
  name: 'protobuf',
  recognise: () => undefined,
  decoder: () => ({ decode: decodeProtobuf }),
};

function shape(
  name: ProtocolName,
  read: (bytes: Buffer, at: number) => (Rendered & { end: number }) | undefined,
): SubProtocol {
  const decode = ({ isText, payload }: DataMessage): Meaning[] | undefined => {
    if (isText || payload.length === 0) return undefined;
    const items: Meaning[] = [];
    for (let at = 0; at < payload.length;) {
      const value = read(payload, at);
      // Bytes of which some are no value are something else.
      if (value === undefined) return undefined;
      items.push({ kind: 'data', ...shown(value) });
      at = value.end;
    }
    return items;
  };
  return { name, recognise: () => undefined, decoder: () => ({ decode }) };
}

function decodeProtobuf({ isText, payload }: DataMessage): Meaning[] | undefined {
  const raw = isText || payload.length === 0 ? undefined : readProtobuf(payload);
  return raw === undefined ? undefined : [{ kind: 'data', raw }];
}
