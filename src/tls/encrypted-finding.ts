import { finding, type Finding, type Place } from '../common/finding.js';
import type { Side } from '../common/sink.js';
import type { TlsHalf } from './tls-half.js';
import type { TlsSession } from './tls-session.js';

const SIDES: readonly Side[] = [0, 1];

/** Hex digits of the client random that a message shows: enough to find its lines in a key log. */
const SHOWN_DIGITS = 16;

/** What stayed encrypted of a connection and why, as one finding; `undefined` where all was decrypted. */
export function encryptedFinding(session: TlsSession, halves: readonly [TlsHalf, TlsHalf]): Finding | undefined {
  const malformed = SIDES.filter((side) => halves[side].refusal === 'malformed');
  if (malformed.length > 0) {
    return finding('tls.malformed', `the bytes of the ${roles(session, malformed)} are not TLS records`);
  }
  const encrypted = SIDES.filter((side) => halves[side].encryptedBytes > 0);
  if (encrypted.length === 0) return undefined;
  const refusals = encrypted.map((side) => halves[side].refusal);
  const bytes = halves[0].encryptedBytes + halves[1].encryptedBytes;
  const stayed = `${bytes} bytes stayed encrypted`;
  const place = placeOf(session, encrypted);
  if (refusals.includes('not-captured')) {
    const what = session.clientRandom === undefined ? 'ClientHello' : 'ServerHello';
    return finding('tls.not-captured', `the ${what} was not captured: ${stayed}`, place);
  }
  if (refusals.includes('unsupported')) return finding('tls.unsupported', `${session.unsupported!}: ${stayed}`, place);
  const names = encrypted.map((side) => {
    const name = session.secretName(side, 'application');
    return halves[side].refusal === 'wrong-secret' ? `no ${name} that fits` : `no ${name}`;
  });
  const random = session.clientRandom!.slice(0, SHOWN_DIGITS);
  const what = `${[...new Set(names)].join(' and ')} for client random ${random}...`;
  return finding('tls.no-secrets', `${what}: ${stayed}`, place);
}

function roles(session: TlsSession, sides: readonly Side[]): string {
  if (session.client === undefined) return 'connection';
  return sides.map((side) => session.role(side)).join(' and the ');
}

function placeOf(session: TlsSession, sides: readonly Side[]): Place {
  const [side, other] = sides;
  if (side === undefined || other !== undefined || session.client === undefined) return {};
  return { direction: side === session.client ? 'client-to-server' : 'server-to-client' };
}
