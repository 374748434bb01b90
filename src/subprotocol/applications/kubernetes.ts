import { isUtf8 } from '../../common/node/buffer.js';
import { readJson } from '../values/json-text.js';
import { rawText } from '../rendered.js';
import {
  pathOf,
  type DataMessage,
  type Meaning,
  type MeaningKind,
  type Opening,
  type SubProtocol,
} from '../sub-protocol.js';

/** exec, attach and port-forward of Kubernetes: the first byte of a message is the number of a stream. */
export const KUBERNETES: SubProtocol = {
  name: 'kubernetes',
  recognise: ({ subprotocol }) =>
    /^(?:v\d\.)?(?:base64\.)?channel\.k8s\.io$/.test(subprotocol ?? '') ? 'subprotocol' : undefined,
  decoder: (opening) => {
    const isForward = /\/portforward(?:\?|$)/.test(pathOf(opening.url));
    const isBase64 = isBase64In(opening);
    return { decode: (message) => decode(message, isBase64, isForward) };
  },
};

const STREAMS: Readonly<Record<number, string>> = {
  0: 'stdin',
  1: 'stdout',
  2: 'stderr',
  3: 'error',
  4: 'resize',
  255: 'close',
};

function isBase64In({ subprotocol }: Opening): boolean {
  return /base64\.channel\.k8s\.io$/.test(subprotocol ?? '');
}

function decode({ payload, text }: DataMessage, isBase64: boolean, isForward: boolean): Meaning[] | undefined {
  if (payload.length === 0) return undefined;
  // The number is a digit where what follows is in base64.
  const number = isBase64 ? payload[0]! - 0x30 : payload[0]!;
  const body = isBase64 ? Buffer.from(text.slice(1), 'base64') : payload.subarray(1);
  if (number < 0 || (isBase64 && number > 9)) return undefined;
  // Of each port one stream carries data, and the next errors.
  const name = isForward ? (number % 2 === 0 ? 'data' : 'error') : (STREAMS[number] ?? String(number));
  const json = isUtf8(body) ? body.toString('utf8') : '';
  const isJson = (name === 'error' || name === 'resize') && readJson(json) !== undefined;
  const content = body.length === 0 ? {} : isJson ? { value: json } : { raw: rawText(body) };
  return [{ kind: kindOf(name, json), name, channel: String(number), ...content }];
}

function kindOf(name: string, status: string): MeaningKind {
  if (name === 'close') return 'close';
  if (name === 'resize') return 'event';
  if (name !== 'error') return 'data';
  // At its end a process that went well has a status too.
  return /"status"\s*:\s*"Success"/.test(status) ? 'complete' : 'error';
}
