import { nodeCrypto } from '../common/node/crypto.js';
import type { Handshake, HttpHead } from '../http/handshake.js';

/** RFC 6455 section 1.3. */
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
/** The key of the example in RFC 6455 section 1.3: HTTP/2 has none, and HTTP/1.1 must have one. */
const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
const EXTENSIONS = 'sec-websocket-extensions';
const DEFLATE = /^permessage-deflate\s*(?:;|$)/i;

/**
 * The request as it would be over HTTP/1.1 without compression; `undefined` where it was not captured whole.
 *
 * @param isHttp2 - it came over HTTP/2, without key and request line
 */
export function plainRequest({ request }: Handshake, isHttp2: boolean): Buffer | undefined {
  if (request === undefined || request.cut === true) return undefined;
  if (!isHttp2) return head(request.startLine, request.fields);
  const pseudo = (name: string): string => request.fields.find(([each]) => each === name)?.[1] ?? '';
  return head(`GET ${pseudo(':path') || '/'} HTTP/1.1`, [
    ['host', pseudo(':authority')],
    ['upgrade', 'websocket'],
    ['connection', 'Upgrade'],
    ['sec-websocket-key', KEY],
    ...withoutPseudo(request),
  ]);
}

/** The response likewise. What followed a refusal was not kept, and is not there. */
export function plainResponse({ response, httpStatus }: Handshake, isHttp2: boolean): Buffer | undefined {
  if (response === undefined || response.cut === true) return undefined;
  if (!isHttp2) return head(response.startLine, response.fields);
  const isAccepted = httpStatus !== undefined && httpStatus >= 200 && httpStatus < 300;
  if (!isAccepted) return head(`HTTP/1.1 ${httpStatus ?? 500} `, withoutPseudo(response));
  return head('HTTP/1.1 101 Switching Protocols', [
    ['upgrade', 'websocket'],
    ['connection', 'Upgrade'],
    [
      'sec-websocket-accept',
      nodeCrypto()
        .createHash('sha1')
        .update(KEY + GUID)
        .digest('base64'),
    ],
    ...withoutPseudo(response),
  ]);
}

function withoutPseudo({ fields }: HttpHead): HttpHead['fields'] {
  return fields.filter(([name]) => !name.startsWith(':'));
}

function head(startLine: string, fields: HttpHead['fields']): Buffer {
  const lines = [startLine];
  for (const [name, value] of fields) {
    const kept = name.toLowerCase() === EXTENSIONS ? withoutDeflate(value) : value;
    if (kept !== undefined) lines.push(`${name}: ${kept}`);
  }
  return encode(`${lines.join('\r\n')}\r\n\r\n`);
}

/** A list of extensions without permessage-deflate; `undefined` where nothing is left. */
function withoutDeflate(value: string): string | undefined {
  const kept = value
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '' && !DEFLATE.test(each));
  return kept.length === 0 ? undefined : kept.join(', ');
}

/** A line is UTF-8 where it was that, and one byte a character otherwise. */
function encode(text: string): Buffer {
  const isLatin1 = /[\u0080-\u00ff]/.test(text) && !/[\u0100-\uffff]/.test(text);
  return Buffer.from(text, isLatin1 ? 'latin1' : 'utf8');
}
