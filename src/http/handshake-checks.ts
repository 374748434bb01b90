import type { FindingCode } from '../common/finding-codes.js';
import { finding, type Finding, type FindingLocation } from '../common/finding.js';
import { nodeCrypto } from '../common/node/crypto.js';
import type { CapturedHead } from './messages/captured-head.js';
import { checkDeflateAgainstOffers, checkDeflateOffers } from './messages/deflate-parameters.js';
import { misspelt, parseExtensions, type Extension } from './messages/extensions.js';
import { hasToken, joinedField, listField, valuesOf, type FieldIndex } from './messages/head.js';
import { isBefore11 } from './messages/start-line.js';

const KEY_SUFFIX = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const KEY = /^[A-Za-z0-9+/]{22}==$/;

/** The Sec-WebSocket-Accept that answers a Sec-WebSocket-Key (RFC 6455 section 4.2.2, step 5.4). */
export function acceptFor(key: string): string {
  return nodeCrypto().hash('sha1', Buffer.from(key + KEY_SUFFIX, 'latin1'), 'base64');
}

/** What is wrong with a request for WebSocket (RFC 6455 section 4.1). */
export function checkRequest({ line, fields }: CapturedHead, place: FindingLocation): Finding[] {
  const findings: Finding[] = [];
  const report = (code: FindingCode, message: string) => findings.push(finding(code, message, place));
  if (line?.method !== 'GET')
    report('handshake.bad-method', `The method is ${line?.method ?? 'not readable'}, not GET`);
  if (line !== undefined && isBefore11(line)) {
    report('handshake.bad-method', `The request is HTTP/${line.version}`);
  }
  if (!fields.has('host')) report('handshake.missing-header', 'The request has no Host');
  checkUpgrade(fields, 'request', report);
  const keys = valuesOf(fields, 'sec-websocket-key');
  const [key] = keys;
  if (key === undefined || keys.length > 1) {
    report('handshake.missing-key', `The request has ${key === undefined ? 'no' : keys.length} Sec-WebSocket-Key`);
  } else if (!KEY.test(key)) {
    report('handshake.bad-key', `Sec-WebSocket-Key is "${key}"`);
  }
  return [...findings, ...checkOffers(fields, place)];
}

/** What is wrong with the version and the extensions of a request, over whichever version of HTTP. */
export function checkOffers(fields: FieldIndex, place: FindingLocation): Finding[] {
  const findings: Finding[] = [];
  const report = (code: FindingCode, message: string) => findings.push(finding(code, message, place));
  const version = joinedField(fields, 'sec-websocket-version');
  if (version === undefined) report('handshake.missing-header', 'The request has no Sec-WebSocket-Version');
  else if (version !== '13') report('handshake.wrong-version', `Sec-WebSocket-Version is "${version}"`);
  const offer = joinedField(fields, 'sec-websocket-extensions');
  if (offer === undefined) return findings;
  const { extensions, error } = parseExtensions(offer);
  if (error !== undefined) report('handshake.bad-extensions', `In the client's extensions ${error}`);
  checkSpelling(extensions, 'client offers', report);
  return [...findings, ...checkDeflateOffers(extensions, place)];
}

/** What is wrong with a 101 by itself (RFC 6455 section 4.2.2); the parameters of its extensions are not looked at. */
export function checkResponse({ status, fields }: CapturedHead, place: FindingLocation): Finding[] {
  const findings: Finding[] = [];
  const report = (code: FindingCode, message: string) => findings.push(finding(code, message, place));
  if (status === undefined) report('handshake.bad-status', 'The status line of the response is not readable');
  checkUpgrade(fields, 'response', report);
  if (!fields.has('sec-websocket-accept')) {
    report('handshake.missing-accept', 'The response has no Sec-WebSocket-Accept');
  }
  return [...findings, ...checkAnswerSpelling(fields, place)];
}

/** What is wrong with how an answer spells its extensions. */
export function checkAnswerSpelling(fields: FieldIndex, place: FindingLocation): Finding[] {
  const findings: Finding[] = [];
  checkSpelling(extensionsOf(fields), 'server answers with', (code, message) =>
    findings.push(finding(code, message, place)),
  );
  return findings;
}

/** What a 101 says to a key that it does not answer; `undefined` where it answers it, or nobody knows. */
export function wrongAccept(
  request: FieldIndex,
  response: FieldIndex,
): { readonly accept: string; readonly wanted: string } | undefined {
  const [key] = valuesOf(request, 'sec-websocket-key');
  const accept = joinedField(response, 'sec-websocket-accept');
  const wanted = key === undefined ? undefined : acceptOf(key);
  const isWrong = wanted !== undefined && accept !== undefined && accept !== wanted;
  return isWrong ? { accept, wanted } : undefined;
}

/** What is wrong with a 101 as the answer to this request (RFC 6455 section 4.1, the client's checks). */
export function checkAgreement(request: CapturedHead, response: CapturedHead, place: FindingLocation): Finding[] {
  const findings: Finding[] = [];
  const wrong = wrongAccept(request.fields, response.fields);
  if (wrong !== undefined) {
    const message = `Sec-WebSocket-Accept is "${wrong.accept}", and the key asks for "${wrong.wanted}"`;
    findings.push(finding('handshake.wrong-accept', message, place));
  }
  return [...findings, ...checkChoices(request.fields, response.fields, response.whole, place)];
}

/**
 * What is wrong with the extensions and the subprotocol that an answer chooses, over whichever version of HTTP.
 *
 * @param isWhole - the answer was captured whole: what is not in it was not sent
 */
export function checkChoices(
  request: FieldIndex,
  response: FieldIndex,
  isWhole: boolean,
  place: FindingLocation,
): Finding[] {
  const findings: Finding[] = [];
  const offers = extensionsOf(request);
  const answer = extensionsOf(response);
  const offered = new Set(offers.map(({ name }) => name.toLowerCase()));
  for (const { name } of answer) {
    if (offered.has(name.toLowerCase())) continue;
    findings.push(finding('handshake.extension-not-offered', `The client did not offer ${name}`, place));
  }
  return [
    ...findings,
    ...checkDeflateAgainstOffers(answer, offers, place),
    ...checkSubprotocol(request, response, isWhole, place),
  ];
}

/**
 * RFC 6455 lets a server choose none of the subprotocols that a client offers, and browsers fail the connection then
 * (WHATWG WebSockets).
 */
function checkSubprotocol(
  request: FieldIndex,
  response: FieldIndex,
  isWhole: boolean,
  place: FindingLocation,
): Finding[] {
  const offered = listField(request, 'sec-websocket-protocol');
  const chosen = joinedField(response, 'sec-websocket-protocol');
  if (chosen === undefined) {
    if (offered.length === 0 || !isWhole) return [];
    const message = `The client offers ${offered.map((name) => `"${name}"`).join(', ')}, and the server chooses none`;
    return [finding('handshake.no-subprotocol', message, place)];
  }
  if (offered.includes(chosen)) return [];
  const message = `The client did not offer the subprotocol "${chosen}"`;
  return [finding('handshake.subprotocol-not-offered', message, place)];
}

/** Of a key that is not ASCII it is not certain which bytes the server hashed. */
function acceptOf(key: string): string | undefined {
  return /^[\x20-\x7e]*$/.test(key) ? acceptFor(key) : undefined;
}

function checkUpgrade(
  fields: FieldIndex,
  kind: 'request' | 'response',
  report: (code: FindingCode, message: string) => void,
): void {
  if (!hasToken(fields, 'upgrade', 'websocket')) {
    report('handshake.missing-header', `The ${kind} has no Upgrade with the value websocket`);
  }
  if (!hasToken(fields, 'connection', 'upgrade')) {
    report('handshake.missing-header', `The ${kind} has no Connection with the value Upgrade`);
  }
}

/** Receivers compare the name of an extension as it is written (RFC 6455 section 9.1). */
function checkSpelling(
  extensions: readonly Extension[],
  who: string,
  report: (code: FindingCode, message: string) => void,
): void {
  const found = misspelt(extensions);
  if (found === undefined) return;
  const message = `The ${who} "${found.name}", and the extension is registered as "${found.name.toLowerCase()}"`;
  report('handshake.bad-extensions', message);
}

function extensionsOf(fields: FieldIndex): readonly Extension[] {
  const value = joinedField(fields, 'sec-websocket-extensions');
  return value === undefined ? [] : parseExtensions(value).extensions;
}
