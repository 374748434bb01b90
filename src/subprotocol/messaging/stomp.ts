import type { DataMessage, Decoder, Meaning, MeaningKind, Opening, SubProtocol } from '../sub-protocol.js';
import { rawText } from '../values/value-writer.js';

/** STOMP 1.0 to 1.2. */
export const STOMP: SubProtocol = {
  name: 'stomp',
  recognise: ({ subprotocol }) => (/^(?:v1\d\.)?stomp$/i.test(subprotocol ?? '') ? 'subprotocol' : undefined),
  resembles: (message) => {
    const items = decodeStomp(message);
    if (items === undefined) return 'no';
    return items.every(({ name }) => name === HEART_BEAT) ? 'perhaps' : 'certainly';
  },
  decoder: ({ subprotocol }: Opening): Decoder => ({ decode: (message) => decodeStomp(message, subprotocol) }),
};

const HEART_BEAT = 'heart-beat';
const LINE_FEED = 0x0a;
const RETURN = 0x0d;

const KINDS: Readonly<Record<string, MeaningKind>> = {
  CONNECT: 'open',
  STOMP: 'open',
  CONNECTED: 'ack',
  SEND: 'event',
  SUBSCRIBE: 'subscribe',
  UNSUBSCRIBE: 'event',
  ACK: 'event',
  NACK: 'event',
  BEGIN: 'event',
  COMMIT: 'event',
  ABORT: 'event',
  DISCONNECT: 'close',
  MESSAGE: 'data',
  RECEIPT: 'ack',
  ERROR: 'error',
};

/** What servers send. */
const OF_SERVERS: ReadonlySet<string> = new Set(['CONNECTED', 'MESSAGE', 'RECEIPT', 'ERROR']);

/** Frames and heart-beats, of which a message may hold several; each is in one message as a whole. */
export function decodeStomp({ payload }: Pick<DataMessage, 'payload'>, version?: string): Meaning[] | undefined {
  const items: Meaning[] = [];
  let at = 0;
  while (at < payload.length) {
    const byte = payload[at]!;
    if (byte === LINE_FEED || (byte === RETURN && payload[at + 1] === LINE_FEED)) {
      // Line ends may follow a frame; alone they are a heart-beat.
      if (items.length === 0) items.push({ kind: 'event', name: HEART_BEAT });
      at++;
      if (byte === RETURN) at++;
      continue;
    }
    const frame = frameAt(payload, at, version);
    if (frame === undefined) return undefined;
    items.push(frame.meaning);
    at = frame.end;
  }
  const frames = items.filter(({ name }) => name !== HEART_BEAT);
  return frames.length > 0 ? frames : items.length > 0 ? items : undefined;
}

function frameAt(
  bytes: Buffer,
  from: number,
  version: string | undefined,
): { meaning: Meaning; end: number } | undefined {
  let at = from;
  const lines: string[] = [];
  for (;;) {
    const end = bytes.indexOf(LINE_FEED, at);
    // A command has no more than 11 letters: what has none is looked at no further.
    if (end < 0 || (lines.length === 0 && end - at > 12)) return undefined;
    const line = bytes.toString('utf8', at, bytes[end - 1] === RETURN && end > at ? end - 1 : end);
    at = end + 1;
    if (line === '') break;
    lines.push(line);
  }
  const [command = '', ...fields] = lines;
  const base = Object.hasOwn(KINDS, command) ? KINDS[command]! : undefined;
  if (base === undefined) return undefined;
  // CONNECT and CONNECTED are not escaped, nor is anything in version 1.0 (STOMP 1.2, "Value Encoding").
  // Version 1.1 has no escape for a carriage return.
  const isPlain = version === 'v10.stomp' || /^(?:CONNECT|CONNECTED|STOMP)$/.test(command);
  const escapes = isPlain ? undefined : version === 'v11.stomp' ? /\\[nc\\]/g : /\\[rnc\\]/g;
  const headers = new Map<string, string>();
  for (const field of fields) {
    const colon = field.indexOf(':');
    if (colon < 0) return undefined;
    const name = unescape(field.slice(0, colon), escapes);
    // Of a header that comes twice, the first one counts.
    if (!headers.has(name)) headers.set(name, unescape(field.slice(colon + 1), escapes));
  }
  const length = headers.get('content-length');
  const end = length === undefined || !/^\d{1,10}$/.test(length) ? bytes.indexOf(0, at) : at + Number(length);
  if (end < 0 || bytes[end] !== 0) return undefined;
  return { meaning: meaningOf(command, base, headers, bytes.subarray(at, end)), end: end + 1 };
}

function meaningOf(command: string, base: MeaningKind, headers: ReadonlyMap<string, string>, body: Buffer): Meaning {
  // Only a client asks for a receipt, and waits for it: servers pass fields of what was sent to them on.
  const isOfClient = !OF_SERVERS.has(command);
  const receipt = isOfClient && base !== 'open' ? headers.get('receipt') : undefined;
  const kind = receipt === undefined ? base : 'call';
  const named = isOfClient ? 'id' : command === 'MESSAGE' ? 'subscription' : 'receipt-id';
  const id = receipt ?? headers.get(named);
  const raw = body.length > 0 ? rawText(body) : undefined;
  // What a subscription brings has its id, which may also be that of a receipt.
  const exchange = command === 'MESSAGE' ? { exchange: 'subscription' } : {};
  return { kind, name: command, id, channel: headers.get('destination'), raw, ...exchange };
}

const ESCAPES: Readonly<Record<string, string>> = { '\\r': '\r', '\\n': '\n', '\\c': ':', '\\\\': '\\' };

function unescape(text: string, escapes: RegExp | undefined): string {
  return escapes === undefined ? text : text.replace(escapes, (escape) => ESCAPES[escape]!);
}
