import { finding, type Finding, type FindingLocation } from '../common/finding.js';
import type { Side } from '../common/sink.js';
import type { CapturedHead } from './messages/captured-head.js';
import { deflateFromAnswer } from './messages/deflate-parameters.js';
import { checkAgreement, checkRequest, checkResponse, HeadFindings } from './handshake-checks.js';
import type { Handshake, HandshakeState } from './handshake.js';
import type { FieldIndex } from './messages/head.js';

/** A handshake that is being told, member by member. */
export type ToldHandshake = { -readonly [Member in keyof Handshake]: Handshake[Member] };

/** A target that names its scheme and its host (RFC 9112 section 3.2.2). */
const ABSOLUTE = /^[A-Za-z][A-Za-z0-9+.-]*:\/\//;

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
  /** A request that was captured and is not told: another one may be among what is missing after it. */
  readonly inDoubt?: CapturedHead | undefined;
}

/**
 * Puts together what is known of an opening handshake, and checks it against RFC 6455 section 4.
 *
 * @param mostFindings - more findings than this are only counted
 */
export function describeHandshake(parts: HandshakeParts, mostFindings: number): Handshake {
  const { client, request, response } = parts;
  const told = { state: stateOf(parts), client } as ToldHandshake;
  if (request !== undefined && request.head.startLine !== '') told.request = request.head;
  if (response !== undefined) {
    told.response = response.head;
    if (response.status !== undefined) told.httpStatus = response.status;
  }
  if (request !== undefined) tellRequest(told, request, parts.scheme);
  if (response !== undefined && parts.refused !== true) tellAnswer(told, response.fields);
  told.findings = bounded(findingsOf(parts), mostFindings);
  return told;
}

function stateOf({ request, response, refused }: HandshakeParts): HandshakeState {
  if (refused === true) return 'refused';
  if (request === undefined && response === undefined) return 'not-captured';
  return request?.whole === true && response?.whole === true ? 'accepted' : 'incomplete';
}

function tellRequest(told: ToldHandshake, { line, fields, whole }: CapturedHead, scheme: string): void {
  const target = line?.target;
  if (target !== undefined) {
    const host = fields.first('host');
    if (target.includes('://') && ABSOLUTE.test(target)) told.url = target;
    else if (host !== undefined) told.url = `${scheme}://${host}${target}`;
  }
  tellOffer(told, fields, whole);
}

/** Adds what a request says of where it is from and of what it offers. @param isWhole - all its fields are known */
export function tellOffer(told: ToldHandshake, fields: FieldIndex, isWhole: boolean): void {
  const origin = fields.first('origin');
  if (origin !== undefined) told.origin = origin;
  // More of the list may stand in the lines that were not captured.
  const offered = isWhole ? fields.joined('sec-websocket-protocol') : undefined;
  if (offered !== undefined) told.offeredSubprotocols = offered;
}

/** Adds the subprotocol and the extensions that an answer chooses. */
export function tellChoice(told: ToldHandshake, fields: FieldIndex): void {
  const subprotocol = fields.joined('sec-websocket-protocol');
  if (subprotocol !== undefined) told.subprotocol = subprotocol;
  const extensions = fields.joined('sec-websocket-extensions');
  if (extensions !== undefined) told.extensions = extensions;
}

/** Adds what an answer chooses, and how permessage-deflate is to be read. */
export function tellAnswer(told: ToldHandshake, fields: FieldIndex): void {
  tellChoice(told, fields);
  const deflate = told.extensions === undefined ? undefined : deflateFromAnswer(told.extensions).deflate;
  if (deflate !== undefined) told.deflate = deflate;
}

function findingsOf(parts: HandshakeParts): Finding[] {
  const { request, response, refused } = parts;
  const findings: Finding[] = [];
  const state = stateOf(parts);
  if (state === 'not-captured') {
    if (parts.missing !== undefined) {
      const message =
        doubtOf(parts, 'The response of the handshake was not captured') ??
        'Neither the request nor the response of the handshake was captured';
      findings.push(finding('handshake.not-captured', message));
    }
  } else if (state === 'incomplete') {
    const message = missingHalf(parts);
    if (message !== undefined) findings.push(finding('handshake.incomplete', message));
  }
  // What a cut head lacks is not known.
  if (request?.whole === true) checkRequest(request, new HeadFindings(findings, place(request, 'client-to-server')));
  if (response === undefined || refused === true) return findings;
  const found = new HeadFindings(findings, place(response, 'server-to-client'));
  if (response.whole) checkResponse(response, found);
  const extensions = response.fields.joined('sec-websocket-extensions');
  if (extensions !== undefined) found.addAll(deflateFromAnswer(extensions, found.place).findings);
  if (request?.whole === true) checkAgreement(request, response, found);
  return findings;
}

function missingHalf(parts: HandshakeParts): string | undefined {
  const { request, response, missing } = parts;
  if (request !== undefined && response !== undefined) {
    if (request.whole) return 'The response of the handshake was not captured whole';
    if (response.whole) return 'The request of the handshake was not captured whole';
    return 'Neither the request nor the response of the handshake was captured whole';
  }
  if (missing === undefined) return undefined;
  const doubt = doubtOf(parts, 'The request of the handshake is not known');
  if (doubt !== undefined) return doubt;
  const half = request === undefined ? 'request' : 'response';
  return missing === 'not-readable'
    ? `The bytes in place of the ${half} of the handshake are not HTTP`
    : `The ${half} of the handshake was not ${missing === 'not-sent' ? 'sent' : 'captured'}`;
}

/** Says why a request that was captured is not told; `undefined` where there is none. */
function doubtOf({ request, inDoubt }: HandshakeParts, what: string): string | undefined {
  if (request !== undefined || inDoubt === undefined) return undefined;
  const { packet } = inDoubt.at;
  const which = packet > 0 ? `that of packet ${packet}` : 'one that was captured';
  return `${what}, and after ${which} another request may be among what is missing`;
}

function place({ at }: CapturedHead, direction: NonNullable<FindingLocation['direction']>): FindingLocation {
  return at.packet > 0 ? { packet: at.packet, direction } : { direction };
}

/** Findings as far as they are listed. */
export function bounded(findings: readonly Finding[], most: number): readonly Finding[] {
  if (findings.length <= most) return findings;
  const rest = finding('limit.findings', `${findings.length - most} more findings of the handshake are not listed`);
  return [...findings.slice(0, most), rest];
}
