import type { Direction } from '../../common/finding.js';
import { isUtf8 } from '../../common/node/buffer.js';
import { readJson } from '../values/json-text.js';
import { rawText } from '../values/value-writer.js';
import {
  pathOf,
  type DataMessage,
  type Decoder,
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
  decoder: (opening) => new KubernetesDecoder(opening),
};

const STREAMS: Readonly<Record<number, string>> = {
  0: 'stdin',
  1: 'stdout',
  2: 'stderr',
  3: 'error',
  4: 'resize',
  255: 'close',
};

class KubernetesDecoder implements Decoder {
  readonly #isForward: boolean;
  readonly #isBase64: boolean;
  /** Channels of a forwarded port on which the server has said something. */
  readonly #begun = new Set<number>();
  /** Something of the server was lost: what it says next on a channel may not be the first. */
  #isLost = false;

  constructor({ url, subprotocol }: Opening) {
    this.#isForward = /\/portforward(?:\?|$)/.test(pathOf(url));
    this.#isBase64 = /base64\.channel\.k8s\.io$/.test(subprotocol ?? '');
  }

  decode({ payload, text, direction }: DataMessage): Meaning[] | undefined {
    if (payload.length === 0) return undefined;
    // The number is a digit where what follows is in base64.
    const isBase64 = this.#isBase64;
    const number = isBase64 ? payload[0]! - 0x30 : payload[0]!;
    const body = isBase64 ? Buffer.from(text.slice(1), 'base64') : payload.subarray(1);
    if (number < 0 || (isBase64 && number > 9)) return undefined;
    const channel = String(number);
    if (this.#isForward && direction === 'server-to-client') {
      const port = this.#portIn(number, body);
      if (port !== undefined) return [{ kind: 'open', name: nameOf(number, true), channel, value: `{"port":${port}}` }];
    }
    const name = nameOf(number, this.#isForward);
    const json = isUtf8(body) ? body.toString('utf8') : '';
    const isJson = (name === 'error' || name === 'resize') && readJson(json) !== undefined;
    const content = body.length === 0 ? {} : isJson ? { value: json } : { raw: rawText(body) };
    // An empty message says that the connection is there. After a loss, two bytes may be a port's number.
    const isNothing = body.length === 0 || (this.#isForward && this.#isLost && body.length === PORT_LENGTH);
    return [{ kind: name === 'error' && isNothing ? 'data' : kindOf(name, json), name, channel, ...content }];
  }

  lost(direction: Direction): void {
    if (direction === 'server-to-client') this.#isLost = true;
  }

  /** The first that the server says on each channel of a forwarded port is the port's number, its low byte first. */
  #portIn(channel: number, body: Buffer): number | undefined {
    if (this.#isLost || this.#begun.has(channel)) return undefined;
    this.#begun.add(channel);
    return body.length === PORT_LENGTH ? body.readUInt16LE(0) : undefined;
  }
}

const PORT_LENGTH = 2;

/** Of each port one stream carries data, and the next errors. */
function nameOf(channel: number, isForward: boolean): string {
  if (isForward) return channel % 2 === 0 ? 'data' : 'error';
  return STREAMS[channel] ?? String(channel);
}

function kindOf(name: string, status: string): MeaningKind {
  if (name === 'close') return 'close';
  if (name === 'resize') return 'event';
  if (name !== 'error') return 'data';
  // At its end a process that went well has a status too.
  return /"status"\s*:\s*"Success"/.test(status) ? 'complete' : 'error';
}
