import { elementsOf, idOf, readJson, sourceOf, stringOf, type JsonSlice } from '../values/json-text.js';
import type { DataMessage, Meaning, SubProtocol } from '../sub-protocol.js';

/** The Open Charge Point Protocol, of chargers for electric cars: OCPP-J 1.6 to 2.1. */
export const OCPP: SubProtocol = {
  name: 'ocpp',
  recognise: ({ subprotocol }) => (/^ocpp\d/i.test(subprotocol ?? '') ? 'subprotocol' : undefined),
  decoder: () => ({ decode }),
};

function decode({ isText, text }: DataMessage): Meaning[] | undefined {
  const elements = elementsOf(isText ? readJson(text) : undefined);
  const [type, idSlice, third, fourth] = elements;
  const id = idOf(idSlice);
  if (type?.kind !== 'number' || id === undefined) return undefined;
  switch (sourceOf(type)) {
    case '2':
      return [{ kind: 'call', name: stringOf(third), id, value: source(fourth) }];
    case '3':
      return [{ kind: 'reply', id, value: source(third) }];
    // The answer to a call, and since 2.1 what its caller finds wrong with an answer: that answers nothing.
    case '4':
    case '5': {
      const exchange = sourceOf(type) === '5' ? { exchange: 'result' } : {};
      // The code, a description, and details.
      return [{ kind: 'error', name: stringOf(third), id, value: third && `[${text.slice(third.start)}`, ...exchange }];
    }
    case '6':
      return [{ kind: 'event', name: stringOf(third), id, value: source(fourth) }];
    default:
      return undefined;
  }
}

function source(slice: JsonSlice | undefined): string | undefined {
  return slice && sourceOf(slice);
}
