import type { FindingCode } from '../common/finding-codes.js';
import { finding, type Finding, type FindingLocation } from '../common/finding.js';
import type { Side } from '../common/sink.js';
import { deflateFromAnswer } from '../http/messages/deflate-parameters.js';
import { checkAnswerSpelling, checkChoices, checkOffers } from '../http/handshake-checks.js';
import type { Handshake, HandshakeState } from '../http/handshake.js';
import { joinedField, valuesOf, type FieldIndex } from '../http/messages/head.js';
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
  const findings = [...missing(parts, state), ...requestFindings(parts), ...answerFindings(parts, state)];
  const more = findings.length - mostFindings;
  return {
    state,
    // Of a stream that nobody was seen to ask for not even that is known.
    client: state === 'not-captured' ? undefined : client,
    ...(request === undefined ? {} : { request: request.head }),
    ...(response === undefined ? {} : { response: response.head }),
    ...(response?.status === undefined ? {} : { httpStatus: response.status }),
    ...(request === undefined ? {} : requestFacts(request)),
    ...(response === undefined || state === 'refused' ? {} : responseFacts(response.fields)),
    findings:
      more > 0
        ? [
            ...findings.slice(0, mostFindings),
            finding('limit.findings', `${more} more findings of the handshake are not listed`),
          ]
        : findings,
  };
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

function requestFacts({ fields, isWhole }: HeaderSection): Pick<Handshake, 'url' | 'origin' | 'offeredSubprotocols'> {
  const value = (name: string): string | undefined => valuesOf(fields, name)[0];
  const [scheme, authority, path] = [value(':scheme'), value(':authority') ?? value('host'), value(':path')];
  const isKnown = scheme !== undefined && authority !== undefined && path !== undefined;
  const origin = value('origin');
  const offered = isWhole ? joinedField(fields, 'sec-websocket-protocol') : undefined;
  return {
    ...(isKnown ? { url: `${scheme === 'https' ? 'wss' : 'ws'}://${authority}${path}` } : {}),
    ...(origin === undefined ? {} : { origin }),
    ...(offered === undefined ? {} : { offeredSubprotocols: offered }),
  };
}

function responseFacts(fields: FieldIndex): Pick<Handshake, 'subprotocol' | 'extensions' | 'deflate'> {
  const subprotocol = joinedField(fields, 'sec-websocket-protocol');
  const extensions = joinedField(fields, 'sec-websocket-extensions');
  const deflate = extensions === undefined ? undefined : deflateFromAnswer(extensions).deflate;
  return {
    ...(subprotocol === undefined ? {} : { subprotocol }),
    ...(extensions === undefined ? {} : { extensions }),
    ...(deflate === undefined ? {} : { deflate }),
  };
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
  const place: FindingLocation = { packet: request.at.packet, direction: 'client-to-server' };
  const report = (code: FindingCode, message: string): void => void findings.push(finding(code, message, place));
  if (isConnectEnabled === false) {
    report('http2.connect-not-enabled', 'The server has not sent SETTINGS_ENABLE_CONNECT_PROTOCOL with the value 1');
  }
  // Of a section that is not known whole nobody knows what it lacks.
  if (!request.isWhole) return [...findings, ...wrongFields(fields, place)];
  const [method] = valuesOf(fields, ':method');
  if (method !== 'CONNECT') report('handshake.bad-method', `The method is ${method ?? 'absent'}, not CONNECT`);
  for (const name of PSEUDO_FIELDS) {
    if (!fields.has(name)) report('handshake.missing-header', `The request has no ${name}`);
  }
  return [...findings, ...wrongFields(fields, place), ...checkOffers(fields, place)];
}

function answerFindings({ request, response, earlyPacket }: ConnectParts, state: HandshakeState): Finding[] {
  if (response === undefined || state === 'refused' || state === 'not-captured') return [];
  const { fields, isWhole } = response;
  const place: FindingLocation = { packet: response.at.packet, direction: 'server-to-client' };
  const findings = [...wrongFields(fields, place), ...checkAnswerSpelling(fields, place)];
  const extensions = joinedField(fields, 'sec-websocket-extensions');
  if (extensions !== undefined) findings.push(...deflateFromAnswer(extensions, place).findings);
  if (request?.isWhole === true) findings.push(...checkChoices(request.fields, fields, isWhole, place));
  if (earlyPacket !== undefined) {
    const message = `In the capture data of the client stands before the answer, which is in packet ${response.at.packet}`;
    findings.push(finding('http2.early-data', message, { packet: earlyPacket, direction: 'client-to-server' }));
  }
  return findings;
}

function wrongFields(fields: FieldIndex, place: FindingLocation): Finding[] {
  const report = (code: FindingCode, names: readonly string[], what: string): Finding[] =>
    names.filter((name) => fields.has(name)).map((name) => finding(code, `The field ${name} ${what}`, place));
  return [
    ...report('http2.field-of-http1', NOT_OVER_HTTP2, 'must not be sent over HTTP/2'),
    ...report('http2.unused-field', UNUSED_OVER_HTTP2, 'is not used over HTTP/2'),
  ];
}
