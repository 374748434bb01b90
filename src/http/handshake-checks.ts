import type { FindingCode } from '../common/finding-codes.js';
import { finding, type Finding, type Place } from '../common/finding.js';
import { nodeCrypto } from '../common/node-crypto.js';
import { checkDeflateAgainstOffers, checkDeflateOffers } from './deflate-parameters.js';
import { parseExtensions, type Extension } from './extensions.js';
import type { HttpHead } from './handshake.js';
import { fieldValues, hasToken, joinedField, listField } from './head.js';
import { parseRequestLine } from './start-line.js';

const KEY_SUFFIX = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const KEY = /^[A-Za-z0-9+/]{22}==$/;

/** The Sec-WebSocket-Accept that answers a Sec-WebSocket-Key (RFC 6455 section 4.2.2, step 5.4). */
export function acceptFor(key: string): string {
  return nodeCrypto().hash('sha1', Buffer.from(key + KEY_SUFFIX, 'latin1'), 'base64');
}

/** What is wrong with a request for WebSocket (RFC 6455 section 4.1). */
export function checkRequest(request: HttpHead, place: Place): Finding[] {
  const findings: Finding[] = [];
  const report = (code: FindingCode, message: string) => findings.push(finding(code, message, place));
  const line = parseRequestLine(request.startLine);
  if (line?.method !== 'GET')
    report('handshake.bad-method', `The method is ${line?.method ?? 'not readable'}, not GET`);
  if (line?.minorVersion === 0) report('handshake.bad-method', 'The request is HTTP/1.0');
  if (fieldValues(request, 'host').length === 0) report('handshake.missing-header', 'The request has no Host');
  checkUpgrade(request, 'request', report);
  const keys = fieldValues(request, 'sec-websocket-key');
  const [key] = keys;
  if (key === undefined || keys.length > 1) {
    report('handshake.missing-key', `The request has ${key === undefined ? 'no' : keys.length} Sec-WebSocket-Key`);
  } else if (!KEY.test(key)) {
    report('handshake.bad-key', `Sec-WebSocket-Key is "${key}"`);
  }
  const version = joinedField(request, 'sec-websocket-version');
  if (version === undefined) report('handshake.missing-header', 'The request has no Sec-WebSocket-Version');
  else if (version !== '13') report('handshake.wrong-version', `Sec-WebSocket-Version is "${version}"`);
  const offer = joinedField(request, 'sec-websocket-extensions');
  if (offer !== undefined) {
    const { extensions, error } = parseExtensions(offer);
    if (error !== undefined) report('handshake.bad-extensions', `In the client's extensions ${error}`);
    findings.push(...checkDeflateOffers(extensions, place));
  }
  return findings;
}

/** What is wrong with a 101 by itself (RFC 6455 section 4.2.2); its extensions are not looked at. */
export function checkResponse(response: HttpHead, place: Place): Finding[] {
  const findings: Finding[] = [];
  checkUpgrade(response, 'response', (code, message) => findings.push(finding(code, message, place)));
  if (fieldValues(response, 'sec-websocket-accept').length === 0) {
    findings.push(finding('handshake.missing-accept', 'The response has no Sec-WebSocket-Accept', place));
  }
  return findings;
}

/** What is wrong with a 101 as the answer to this request (RFC 6455 section 4.1, the client's checks). */
export function checkAgreement(request: HttpHead, response: HttpHead, place: Place): Finding[] {
  const findings: Finding[] = [];
  const [key] = fieldValues(request, 'sec-websocket-key');
  const accept = joinedField(response, 'sec-websocket-accept');
  if (key !== undefined && accept !== undefined && accept !== acceptFor(key)) {
    const message = `Sec-WebSocket-Accept is "${accept}", and the key asks for "${acceptFor(key)}"`;
    findings.push(finding('handshake.wrong-accept', message, place));
  }
  const offers = extensionsOf(request);
  const answer = extensionsOf(response);
  const offered = new Set(offers.map(({ name }) => name.toLowerCase()));
  for (const { name } of answer) {
    if (offered.has(name.toLowerCase())) continue;
    findings.push(finding('handshake.extension-not-offered', `The client did not offer ${name}`, place));
  }
  findings.push(...checkDeflateAgainstOffers(answer, offers, place));
  const subprotocol = joinedField(response, 'sec-websocket-protocol');
  if (subprotocol !== undefined && !listField(request, 'sec-websocket-protocol').includes(subprotocol)) {
    const message = `The client did not offer the subprotocol "${subprotocol}"`;
    findings.push(finding('handshake.subprotocol-not-offered', message, place));
  }
  return findings;
}

function checkUpgrade(
  head: HttpHead,
  kind: 'request' | 'response',
  report: (code: FindingCode, message: string) => void,
): void {
  if (!hasToken(head, 'upgrade', 'websocket')) {
    report('handshake.missing-header', `The ${kind} has no Upgrade with the value websocket`);
  }
  if (!hasToken(head, 'connection', 'upgrade')) {
    report('handshake.missing-header', `The ${kind} has no Connection with the value Upgrade`);
  }
}

function extensionsOf(head: HttpHead): readonly Extension[] {
  const value = joinedField(head, 'sec-websocket-extensions');
  return value === undefined ? [] : parseExtensions(value).extensions;
}
