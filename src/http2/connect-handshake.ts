import { finding, type Finding } from '../common/finding.js';
import type { Side } from '../common/sink.js';
import { deflateFromAnswer } from '../http/messages/deflate-parameters.js';
import { bounded, tellAnswer, tellOffer, type ToldHandshake } from '../http/describe-handshake.js';
import { checkAnswerSpelling, checkChoices, checkOffers, HeadFindings } from '../http/handshake-checks.js';
import type { Handshake, HandshakeState } from '../http/handshake.js';
import type { FieldIndex } from '../http/messages/head.js';
import { askedFor, type HeaderSection } from './header-section.js';

/** What is known of an extended CONNECT (RFC 8441 section 4). */
export interface ConnectParts {
  readonly client: Side | undefined;
  readonly request: HeaderSection | undefined;
  readonly response: HeaderSection | undefined;
  /** The server's SETTINGS_ENABLE_CONNECT_PROTOCOL when it answered; `undefined` where it may not have been captured. */
  readonly isConnectEnabled: boolean | undefined;
  /** A half that is not there can come no more: that it is missing is told. */
  readonly isOver: boolean;
  /** The server has ended the connection: an answer that is not there was not sent. */
  readonly isAllSaid: boolean;
  /** The packet in which the client sent data, where that stands before the answer in the capture. */
  readonly earlyPacket: number | undefined;
  /** More findings than this are only counted. */
  readonly mostFindings: number;
}

/** Fields of a connection of HTTP/1, which make a message of HTTP/2 malformed (RFC 9113 section 8.2.2). */
const NOT_OVER_HTTP2 = ['connection', 'upgrade', 'keep-alive', 'proxy-connection', 'transfer-encoding'];
/** Fields of the handshake over HTTP/1, which nobody looks at over HTTP/2 (RFC 8441 section 5). */
const UNUSED_OVER_HTTP2 = ['sec-websocket-key', 'sec-websocket-accept'];
const PSEUDO_FIELDS = [':scheme', ':path', ':authority'];

/** Puts together what is known of the handshake of one stream, and checks it against RFC 8441. */
export function describeConnect(parts: ConnectParts): Handshake {
  const { client, request, response, mostFindings } = parts;
  const state = stateOf(parts);
  // Of a stream that nobody was seen to ask for not even the client is known.
  const told = { state, client: state === 'not-captured' ? undefined : client } as ToldHandshake;
  if (request !== undefined) told.request = request.head;
  if (response !== undefined) {
    told.response = response.head;
    if (response.status !== undefined) told.httpStatus = response.status;
  }
  if (request !== undefined) tellRequest(told, request);
  if (response !== undefined && state !== 'refused') tellAnswer(told, response.fields);
  const findings = [...missing(parts, state), ...requestFindings(parts), ...answerFindings(parts, state)];
  told.findings = bounded(findings, mostFindings);
  return told;
}

/** Whether a section says by itself that its stream is WebSocket. */
export function saysWebSocket({ fields }: HeaderSection): boolean {
  return fields.has('sec-websocket-extensions') || fields.has('sec-websocket-protocol');
}

function stateOf({ request, response }: ConnectParts): HandshakeState {
  const status = response?.status;
  if (status !== undefined && (status < 200 || status >= 300)) return 'refused';
  const isAsked = request !== undefined && askedFor(request) === 'websocket';
  if (isAsked && request.isWhole && status !== undefined && response!.isWhole) return 'accepted';
  return isAsked || (response !== undefined && saysWebSocket(response)) ? 'incomplete' : 'not-captured';
}

function tellRequest(told: ToldHandshake, { fields, isWhole }: HeaderSection): void {
  const scheme = fields.first(':scheme');
  const authority = fields.first(':authority') ?? fields.first('host');
  const path = fields.first(':path');
  if (scheme !== undefined && authority !== undefined && path !== undefined) {
    told.url = `${scheme === 'https' ? 'wss' : 'ws'}://${authority}${path}`;
  }
  tellOffer(told, fields, isWhole);
}

function missing({ request, response, isOver, isAllSaid }: ConnectParts, state: HandshakeState): Finding[] {
  if (state === 'not-captured') {
    if (!isOver) return [];
    const half = response?.isWhole === true ? 'Only the response' : 'Neither the request nor the response';
    return [finding('handshake.not-captured', `${half} of the handshake was captured`)];
  }
  if (state !== 'incomplete') return [];
  const findings: Finding[] = [];
  const halves = [
    ['request', request],
    ['response', response],
  ] as const;
  for (const [half, section] of halves) {
    if (section?.isWhole === true) continue;
    if (section === undefined && !isOver) continue;
    const message =
      section === undefined
        ? `The ${half} of the handshake was not ${isAllSaid && half === 'response' ? 'sent' : 'captured'}`
        : `Not all header fields of the ${half} are known: they, or what they refer to, were not captured or are not kept`;
    findings.push(finding('handshake.incomplete', message));
  }
  return findings;
}

function requestFindings({ request, isConnectEnabled }: ConnectParts): Finding[] {
  if (request === undefined || askedFor(request) !== 'websocket') return [];
  const { fields } = request;
  const findings: Finding[] = [];
  const found = new HeadFindings(findings, { packet: request.at.packet, direction: 'client-to-server' });
  if (isConnectEnabled === false) {
    found.add('http2.connect-not-enabled', 'The server has not sent SETTINGS_ENABLE_CONNECT_PROTOCOL with the value 1');
  }
  // Of a section that is not known whole nobody knows what it lacks.
  if (request.isWhole) {
    const method = fields.first(':method');
    if (method !== 'CONNECT') found.add('handshake.bad-method', `The method is ${method ?? 'absent'}, not CONNECT`);
    for (const name of PSEUDO_FIELDS) {
      if (!fields.has(name)) found.add('handshake.missing-header', `The request has no ${name}`);
    }
  }
  checkForHttp2(fields, found);
  if (request.isWhole) checkOffers(fields, found);
  return findings;
}

function answerFindings({ request, response, earlyPacket }: ConnectParts, state: HandshakeState): Finding[] {
  if (response === undefined || state === 'refused' || state === 'not-captured') return [];
  const { fields, isWhole } = response;
  const findings: Finding[] = [];
  const found = new HeadFindings(findings, { packet: response.at.packet, direction: 'server-to-client' });
  checkForHttp2(fields, found);
  checkAnswerSpelling(fields, found);
  const extensions = fields.joined('sec-websocket-extensions');
  if (extensions !== undefined) found.addAll(deflateFromAnswer(extensions, found.place).findings);
  if (request?.isWhole === true) checkChoices(request.fields, fields, isWhole, found);
  if (earlyPacket !== undefined) {
    const message = `In the capture data of the client stands before the answer, which is in packet ${response.at.packet}`;
    findings.push(finding('http2.early-data', message, { packet: earlyPacket, direction: 'client-to-server' }));
  }
  return findings;
}

/** Fields that have no place in a message of HTTP/2. */
function checkForHttp2(fields: FieldIndex, found: HeadFindings): void {
  for (const name of NOT_OVER_HTTP2) {
    if (fields.has(name)) found.add('http2.field-of-http1', `The field ${name} must not be sent over HTTP/2`);
  }
  for (const name of UNUSED_OVER_HTTP2) {
    if (fields.has(name)) found.add('http2.unused-field', `The field ${name} is not used over HTTP/2`);
  }
}
