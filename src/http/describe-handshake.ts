import { finding, type Finding, type Place } from '../common/finding.js';
import type { Side } from '../common/sink.js';
import { deflateFromAnswer } from './deflate-parameters.js';
import { checkAgreement, checkRequest, checkResponse } from './handshake-checks.js';
import type { Handshake, HandshakeState, HttpHead } from './handshake.js';
import type { ParsedHead } from './head-parser.js';
import { fieldValues, joinedField } from './head.js';
import { parseRequestLine, parseStatus } from './start-line.js';

/** A head as it was captured. */
export interface CapturedHead {
  readonly head: ParsedHead;
  /** False where it was cut: its last lines, and how long it is, are then not known. */
  readonly whole: boolean;
  /** Number of the packet that its last byte came in. */
  readonly packet: number;
}

/** What a {@link Handshake} is made from. */
export interface HandshakeParts {
  readonly client: Side | undefined;
  readonly scheme: 'ws' | 'wss';
  readonly request: CapturedHead | undefined;
  readonly response: CapturedHead | undefined;
  /** The upgrade is known not to have come about. */
  readonly refused?: boolean;
}

/**
 * Puts together what is known of an opening handshake, and checks it against RFC 6455 section 4.
 *
 * @param mostFindings - more findings than this are only counted
 */
export function describeHandshake(parts: HandshakeParts, mostFindings: number): Handshake {
  const { client, request, response } = parts;
  const refused = parts.refused === true;
  const httpStatus = response === undefined ? undefined : parseStatus(response.head.startLine);
  return {
    state: stateOf(parts),
    client,
    ...(request === undefined || request.head.startLine === '' ? {} : { request: request.head }),
    ...(response === undefined ? {} : { response: response.head }),
    ...(httpStatus === undefined ? {} : { httpStatus }),
    ...(request === undefined ? {} : requestFacts(request, parts.scheme)),
    ...(response === undefined || refused ? {} : responseFacts(response.head)),
    findings: bounded(findingsOf(parts), mostFindings),
  };
}

function stateOf({ request, response, refused }: HandshakeParts): HandshakeState {
  if (refused === true) return 'refused';
  if (request === undefined && response === undefined) return 'not-captured';
  return request?.whole === true && response?.whole === true ? 'accepted' : 'incomplete';
}

function requestFacts(
  { head, whole }: CapturedHead,
  scheme: string,
): Pick<Handshake, 'url' | 'origin' | 'offeredSubprotocols'> {
  const target = parseRequestLine(head.startLine)?.target;
  const [host] = fieldValues(head, 'host');
  const [origin] = fieldValues(head, 'origin');
  const absolute = target !== undefined && /^[A-Za-z][A-Za-z0-9+.-]*:\/\//.test(target);
  const url =
    absolute || target === undefined ? target : host === undefined ? undefined : `${scheme}://${host}${target}`;
  // More of the list may stand in the lines that were not captured.
  const offered = whole ? joinedField(head, 'sec-websocket-protocol') : undefined;
  return {
    ...(url === undefined ? {} : { url }),
    ...(origin === undefined ? {} : { origin }),
    ...(offered === undefined ? {} : { offeredSubprotocols: offered }),
  };
}

function responseFacts(head: HttpHead): Pick<Handshake, 'subprotocol' | 'extensions' | 'deflate'> {
  const subprotocol = joinedField(head, 'sec-websocket-protocol');
  const extensions = joinedField(head, 'sec-websocket-extensions');
  const deflate = extensions === undefined ? undefined : deflateFromAnswer(extensions).deflate;
  return {
    ...(subprotocol === undefined ? {} : { subprotocol }),
    ...(extensions === undefined ? {} : { extensions }),
    ...(deflate === undefined ? {} : { deflate }),
  };
}

function findingsOf(parts: HandshakeParts): Finding[] {
  const { request, response, refused } = parts;
  const findings: Finding[] = [];
  const state = stateOf(parts);
  if (state === 'not-captured') {
    findings.push(
      finding('handshake.not-captured', 'Neither the request nor the response of the handshake was captured'),
    );
  } else if (state === 'incomplete') {
    findings.push(finding('handshake.incomplete', missingHalf(parts)));
  }
  // Of a cut head nobody knows what it lacks.
  if (request?.whole === true) findings.push(...checkRequest(request.head, place(request, 'client-to-server')));
  if (response === undefined || refused === true) return findings;
  const where = place(response, 'server-to-client');
  if (response.whole) findings.push(...checkResponse(response.head, where));
  const extensions = joinedField(response.head, 'sec-websocket-extensions');
  if (extensions !== undefined) findings.push(...deflateFromAnswer(extensions, where).findings);
  if (request?.whole === true) findings.push(...checkAgreement(request.head, response.head, where));
  return findings;
}

function missingHalf({ request, response }: HandshakeParts): string {
  if (request === undefined) return 'The request of the handshake was not captured';
  if (response === undefined) return 'The response of the handshake was not captured';
  if (request.whole) return 'The response of the handshake was not captured whole';
  if (response.whole) return 'The request of the handshake was not captured whole';
  return 'Neither the request nor the response of the handshake was captured whole';
}

function place(head: CapturedHead, direction: NonNullable<Place['direction']>): Place {
  return head.packet > 0 ? { packet: head.packet, direction } : { direction };
}

function bounded(findings: Finding[], most: number): readonly Finding[] {
  if (findings.length <= most) return findings;
  const rest = finding('limit.findings', `${findings.length - most} more findings of the handshake are not listed`);
  return [...findings.slice(0, most), rest];
}
