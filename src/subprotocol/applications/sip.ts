import type { DataMessage, Meaning, MeaningKind, SubProtocol } from '../sub-protocol.js';

/** SIP over WebSocket (RFC 7118): the first line, and what joins an answer to its request. */
export const SIP: SubProtocol = {
  name: 'sip',
  recognise: ({ subprotocol }) => (subprotocol?.toLowerCase() === 'sip' ? 'subprotocol' : undefined),
  decoder: () => ({ decode }),
};

const REQUEST = /^([A-Z]+) (\S+) SIP\/2\.0\r?\n/;
const RESPONSE = /^SIP\/2\.0 (\d{3}) ([^\r\n]*)\r?\n/;
/** Bytes of a head that are looked at. */
const MOST_HEAD = 64 * 1024;

function decode({ payload }: DataMessage): Meaning[] | undefined {
  const text = payload.toString('utf8', 0, MOST_HEAD);
  if (/^(?:\r\n){1,2}$/.test(text)) return [{ kind: 'event', name: 'keep-alive' }];
  const end = /\r?\n\r?\n/.exec(text)?.index ?? text.length;
  const head = text.slice(0, end);
  const call = headerOf(head, 'call-id|i');
  const sequence = headerOf(head, 'cseq');
  // A request is told from others of its call by its number and method (RFC 3261 section 8.1.3.3).
  const id = call === undefined || sequence === undefined ? undefined : `${call} ${sequence}`;
  const request = REQUEST.exec(text);
  if (request !== null) {
    const [, name, channel] = request;
    return [{ kind: name === 'ACK' ? 'event' : 'call', name, id, channel, raw: text.split(/\r?\n/, 1)[0] }];
  }
  const response = RESPONSE.exec(text);
  if (response === null) return undefined;
  const [, code = '', reason = ''] = response;
  return [{ kind: kindOf(Number(code)), name: `${code} ${reason}`.trim(), id }];
}

function kindOf(code: number): MeaningKind {
  if (code < 200) return 'data';
  // A redirection is an answer too, of a class of its own (RFC 3261 section 7.2): errors begin with 400.
  return code < 400 ? 'reply' : 'error';
}

function headerOf(head: string, name: string): string | undefined {
  return new RegExp(`\\n(?:${name})[ \\t]*:[ \\t]*([^\\r\\n]*)`, 'i').exec(head)?.[1]?.trim();
}
