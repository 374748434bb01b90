import type { FindingCode } from '../common/finding-codes.js';
import { finding, type Finding, type FindingLocation } from '../common/finding.js';
import { nodeCrypto } from '../common/node/crypto.js';
import type { CapturedHead } from './messages/captured-head.js';
import { checkDeflateAgainstOffers, checkDeflateOffers } from './messages/deflate-parameters.js';
import { misspelt, parseExtensions, type Extension } from './messages/extensions.js';
import type { FieldIndex } from './messages/head.js';
import { isBefore11 } from './messages/start-line.js';

const KEY_SUFFIX = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const KEY = /^[A-Za-z0-9+/]{22}==$/;
const PRINTABLE = /^[\x20-\x7e]*$/;
const NONE: readonly Extension[] = [];

/** The Sec-WebSocket-Accept that answers a Sec-WebSocket-Key (RFC 6455 section 4.2.2, step 5.4). */
export function acceptFor(key: string): string {
  const text = key + KEY_SUFFIX;
  // A text is hashed as UTF-8, which is the same of what is ASCII.
  return nodeCrypto().hash('sha1', PRINTABLE.test(key) ? text : Buffer.from(text, 'latin1'), 'base64');
}

/** What the checks of a head find: all of it has the place of the head. */
export class HeadFindings {
  readonly #findings: Finding[];
  readonly place: FindingLocation;

  /** @param findings - to add to */
  constructor(findings: Finding[], place: FindingLocation) {
    this.#findings = findings;
    this.place = place;
  }

  add(code: FindingCode, message: string): void {
    this.#findings.push(finding(code, message, this.place));
  }

  addAll(found: readonly Finding[]): void {
    this.#findings.push(...found);
  }
}

/** What is wrong with a request for WebSocket (RFC 6455 section 4.1). */
export function checkRequest({ line, fields }: CapturedHead, found: HeadFindings): void {
  if (line?.method !== 'GET')
    found.add('handshake.bad-method', `The method is ${line?.method ?? 'not readable'}, not GET`);
  if (line !== undefined && isBefore11(line)) {
    found.add('handshake.bad-method', `The request is HTTP/${line.version}`);
  }
  if (!fields.has('host')) found.add('handshake.missing-header', 'The request has no Host');
  checkUpgrade(fields, 'request', found);
  const keys = fields.all('sec-websocket-key');
  const [key] = keys;
  if (key === undefined || keys.length > 1) {
    found.add('handshake.missing-key', `The request has ${key === undefined ? 'no' : keys.length} Sec-WebSocket-Key`);
  } else if (!KEY.test(key)) {
    found.add('handshake.bad-key', `Sec-WebSocket-Key is "${key}"`);
  }
  checkOffers(fields, found);
}

/** What is wrong with the version and the extensions of a request, over whichever version of HTTP. */
export function checkOffers(fields: FieldIndex, found: HeadFindings): void {
  const version = fields.joined('sec-websocket-version');
  if (version === undefined) found.add('handshake.missing-header', 'The request has no Sec-WebSocket-Version');
  else if (version !== '13') found.add('handshake.wrong-version', `Sec-WebSocket-Version is "${version}"`);
  const offer = fields.joined('sec-websocket-extensions');
  if (offer === undefined) return;
  const { extensions, error } = parseExtensions(offer);
  if (error !== undefined) found.add('handshake.bad-extensions', `In the client's extensions ${error}`);
  checkSpelling(extensions, 'client offers', found);
  found.addAll(checkDeflateOffers(extensions, found.place));
}

/** What is wrong with a 101 by itself (RFC 6455 section 4.2.2); the parameters of its extensions are not looked at. */
export function checkResponse({ status, fields }: CapturedHead, found: HeadFindings): void {
  if (status === undefined) found.add('handshake.bad-status', 'The status line of the response is not readable');
  checkUpgrade(fields, 'response', found);
  if (!fields.has('sec-websocket-accept')) {
    found.add('handshake.missing-accept', 'The response has no Sec-WebSocket-Accept');
  }
  checkAnswerSpelling(fields, found);
}

/** What is wrong with how an answer spells its extensions. */
export function checkAnswerSpelling(fields: FieldIndex, found: HeadFindings): void {
  checkSpelling(extensionsOf(fields), 'server answers with', found);
}

/** Whether a 101 answers the key of a request; `undefined` where the capture does not tell. */
export function answersKey(request: CapturedHead, response: CapturedHead): boolean | undefined {
  const wrong = wrongAccept(request.fields, response.fields);
  if (wrong !== undefined) return false;
  const key = request.fields.first('sec-websocket-key');
  const accept = response.fields.joined('sec-websocket-accept');
  return key === undefined || accept === undefined || !PRINTABLE.test(key) ? undefined : true;
}

/** What a 101 says to a key that it does not answer; `undefined` where it answers it, or nobody knows. */
function wrongAccept(
  request: FieldIndex,
  response: FieldIndex,
): { readonly accept: string; readonly wanted: string } | undefined {
  const key = request.first('sec-websocket-key');
  const accept = response.joined('sec-websocket-accept');
  const wanted = key === undefined ? undefined : acceptOf(key);
  const isWrong = wanted !== undefined && accept !== undefined && accept !== wanted;
  return isWrong ? { accept, wanted } : undefined;
}

/** What is wrong with a 101 as the answer to this request (RFC 6455 section 4.1, the client's checks). */
export function checkAgreement(request: CapturedHead, response: CapturedHead, found: HeadFindings): void {
  const wrong = wrongAccept(request.fields, response.fields);
  if (wrong !== undefined) {
    const message = `Sec-WebSocket-Accept is "${wrong.accept}", and the key asks for "${wrong.wanted}"`;
    found.add('handshake.wrong-accept', message);
  }
  checkChoices(request.fields, response.fields, response.whole, found);
}

/**
 * What is wrong with the extensions and the subprotocol that an answer chooses, over whichever version of HTTP.
 *
 * @param isWhole - the answer was captured whole: what is not in it was not sent
 */
export function checkChoices(request: FieldIndex, response: FieldIndex, isWhole: boolean, found: HeadFindings): void {
  const answer = extensionsOf(response);
  if (answer.length > 0) {
    const offers = extensionsOf(request);
    const offered = new Set(offers.map(({ name }) => name.toLowerCase()));
    for (const { name } of answer) {
      if (offered.has(name.toLowerCase())) continue;
      found.add('handshake.extension-not-offered', `The client did not offer ${name}`);
    }
    found.addAll(checkDeflateAgainstOffers(answer, offers, found.place));
  }
  checkSubprotocol(request, response, isWhole, found);
}

/**
 * RFC 6455 lets a server choose none of the subprotocols that a client offers, and browsers fail the connection then
 * (WHATWG WebSockets).
 */
function checkSubprotocol(request: FieldIndex, response: FieldIndex, isWhole: boolean, found: HeadFindings): void {
  const offered = request.list('sec-websocket-protocol');
  const chosen = response.joined('sec-websocket-protocol');
  if (chosen === undefined) {
    if (offered.length === 0 || !isWhole) return;
    const names = offered.map((name) => `"${name}"`).join(', ');
    found.add('handshake.no-subprotocol', `The client offers ${names}, and the server chooses none`);
  } else if (!offered.includes(chosen)) {
    found.add('handshake.subprotocol-not-offered', `The client did not offer the subprotocol "${chosen}"`);
  }
}

/** Of a key that is not ASCII it is not certain which bytes the server hashed. */
function acceptOf(key: string): string | undefined {
  return PRINTABLE.test(key) ? acceptFor(key) : undefined;
}

function checkUpgrade(fields: FieldIndex, kind: 'request' | 'response', found: HeadFindings): void {
  if (!fields.hasToken('upgrade', 'websocket')) {
    found.add('handshake.missing-header', `The ${kind} has no Upgrade with the value websocket`);
  }
  if (!fields.hasToken('connection', 'upgrade')) {
    found.add('handshake.missing-header', `The ${kind} has no Connection with the value Upgrade`);
  }
}

/** Receivers compare the name of an extension as it is written (RFC 6455 section 9.1). */
function checkSpelling(extensions: readonly Extension[], who: string, found: HeadFindings): void {
  const wrong = misspelt(extensions);
  if (wrong === undefined) return;
  const message = `The ${who} "${wrong.name}", and the extension is registered as "${wrong.name.toLowerCase()}"`;
  found.add('handshake.bad-extensions', message);
}

function extensionsOf(fields: FieldIndex): readonly Extension[] {
  const value = fields.joined('sec-websocket-extensions');
  return value === undefined ? NONE : parseExtensions(value).extensions;
}
