import { finding, type Finding, type FindingLocation } from '../common/finding.js';
import type { Side } from '../common/sink.js';
import type { CapturedHead } from './messages/captured-head.js';
import { deflateFromAnswer } from './messages/deflate-parameters.js';
import { checkAgreement, checkRequest, checkResponse } from './handshake-checks.js';
import type { Handshake, HandshakeState } from './handshake.js';
import { joinedField, valuesOf } from './messages/head.js';

/** Why a half of a handshake is not there: it was not captured or not sent, or it was and is not HTTP. */
export type MissingHalf = 'not-captured' | 'not-sent' | 'not-readable';

/** What a {@link Handshake} is made from. */
export interface HandshakeParts {
  readonly client: Side | undefined;
  readonly scheme: 'ws' | 'wss';
  readonly request: CapturedHead | undefined;
  readonly response: CapturedHead | undefined;
  /** The upgrade is known not to have come about. */
  readonly refused?: boolean;
  /** Why a half is not there; `undefined` as long as it may still come, and is not told to be missing. */
  readonly missing: MissingHalf | undefined;
}

/**
 * Puts together what is known of an opening handshake, and checks it against RFC 6455 section 4.
 *
 * @param mostFindings - more findings than this are only counted
 */
export function describeHandshake(parts: HandshakeParts, mostFindings: number): Handshake {
  const { client, request, response } = parts;
  return {
    state: stateOf(parts),
    client,
    ...(request === undefined || request.head.startLine === '' ? {} : { request: request.head }),
    ...(response === undefined ? {} : { response: response.head }),
    ...(response?.status === undefined ? {} : { httpStatus: response.status }),
    ...(request === undefined ? {} : requestFacts(request, parts.scheme)),
    ...(response === undefined || parts.refused === true ? {} : responseFacts(response)),
    findings: bounded(findingsOf(parts), mostFindings),
  };
}

function stateOf({ request, response, refused }: HandshakeParts): HandshakeState {
  if (refused === true) return 'refused';
  if (request === undefined && response === undefined) return 'not-captured';
  return request?.whole === true && response?.whole === true ? 'accepted' : 'incomplete';
}

function requestFacts(
  { line, fields, whole }: CapturedHead,
  scheme: string,
): Pick<Handshake, 'url' | 'origin' | 'offeredSubprotocols'> {
  const target = line?.target;
  const [host] = valuesOf(fields, 'host');
  const [origin] = valuesOf(fields, 'origin');
  const absolute = target !== undefined && /^[A-Za-z][A-Za-z0-9+.-]*:\/\//.test(target);
  const url =
    absolute || target === undefined ? target : host === undefined ? undefined : `${scheme}://${host}${target}`;
  // More of the list may stand in the lines that were not captured.
  const offered = whole ? joinedField(fields, 'sec-websocket-protocol') : undefined;
  return {
    ...(url === undefined ? {} : { url }),
    ...(origin === undefined ? {} : { origin }),
    ...(offered === undefined ? {} : { offeredSubprotocols: offered }),
  };
}

function responseFacts({ fields }: CapturedHead): Pick<Handshake, 'subprotocol' | 'extensions' | 'deflate'> {
  const subprotocol = joinedField(fields, 'sec-websocket-protocol');
  const extensions = joinedField(fields, 'sec-websocket-extensions');
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
    if (parts.missing !== undefined)
      findings.push(
        finding('handshake.not-captured', 'Neither the request nor the response of the handshake was captured'),
      );
  } else if (state === 'incomplete') {
    const message = missingHalf(parts);
    if (message !== undefined) findings.push(finding('handshake.incomplete', message));
  }
  // What a cut head lacks is not known.
  if (request?.whole === true) findings.push(...checkRequest(request, place(request, 'client-to-server')));
  if (response === undefined || refused === true) return findings;
  const where = place(response, 'server-to-client');
  if (response.whole) findings.push(...checkResponse(response, where));
  const extensions = joinedField(response.fields, 'sec-websocket-extensions');
  if (extensions !== undefined) findings.push(...deflateFromAnswer(extensions, where).findings);
  if (request?.whole === true) findings.push(...checkAgreement(request, response, where));
  return findings;
}

function missingHalf({ request, response, missing }: HandshakeParts): string | undefined {
  if (request !== undefined && response !== undefined) {
    if (request.whole) return 'The response of the handshake was not captured whole';
    if (response.whole) return 'The request of the handshake was not captured whole';
    return 'Neither the request nor the response of the handshake was captured whole';
  }
  if (missing === undefined) return undefined;
  const half = request === undefined ? 'request' : 'response';
  return missing === 'not-readable'
    ? `The bytes in place of the ${half} of the handshake are not HTTP`
    : `The ${half} of the handshake was not ${missing === 'not-sent' ? 'sent' : 'captured'}`;
}

function place({ at }: CapturedHead, direction: NonNullable<FindingLocation['direction']>): FindingLocation {
  return at.packet > 0 ? { packet: at.packet, direction } : { direction };
}

function bounded(findings: Finding[], most: number): readonly Finding[] {
  if (findings.length <= most) return findings;
  const rest = finding('limit.findings', `${findings.length - most} more findings of the handshake are not listed`);
  return [...findings.slice(0, most), rest];
}
