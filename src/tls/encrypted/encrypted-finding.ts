import { finding, type Finding, type FindingLocation } from '../../common/finding.js';
import { otherSide, type Side } from '../../common/sink.js';
import { MAY_HAVE_CARRIED_DATA, type Refusal } from '../side-decryption.js';
import type { TlsSession } from '../tls-session.js';

const SIDES: readonly Side[] = [0, 1];

/** Hex digits of the client random that a message shows: enough to find its lines in a key log. */
const SHOWN_DIGITS = 16;

/** Why sides of a connection are not decrypted, and what there is to say of it. */
export interface EncryptedReason {
  /** Of each side; `undefined` where it is decrypted. */
  readonly refusals: readonly [Refusal | undefined, Refusal | undefined];
  readonly client: Side | undefined;
  /** The first digits of the client random; `undefined` where the ClientHello was not captured. */
  readonly random: string | undefined;
  /** What is missing of each side in the key log. */
  readonly secrets: readonly [string, string];
  /** With whom the client spoke, as far as that can be read: `server 192.0.2.1:443, SNI chat.example, ALPN h2`. */
  readonly server: string | undefined;
  /** The same in few words: `chat.example at 192.0.2.1:443`. */
  readonly peer: string | undefined;
  /** What is not supported, if that is the reason. */
  readonly unsupported: string | undefined;
}

/** Gathers the reason: plain data, so that the session need not be kept for it. */
export function encryptedReason(
  session: TlsSession,
  refusals: readonly [Refusal | undefined, Refusal | undefined],
  endpoint: (side: Side) => string | undefined,
): EncryptedReason {
  return {
    refusals,
    client: session.client,
    random: session.clientRandom?.slice(0, SHOWN_DIGITS),
    secrets: [session.secretName(0, 'application'), session.secretName(1, 'application')],
    server: describeServer(session, endpoint),
    peer: namePeer(session, endpoint),
    unsupported: session.unsupported,
  };
}

/** Characters of a name: no name of a host has more. */
const LONGEST_NAME = 253;

function describeServer(
  { client, sni, alpn }: TlsSession,
  endpoint: (side: Side) => string | undefined,
): string | undefined {
  const address = client === undefined ? undefined : endpoint(otherSide(client));
  const parts = [
    address === undefined ? undefined : `server ${address}`,
    sni === undefined ? undefined : `SNI ${cut(sni)}`,
    alpn.length === 0 ? undefined : `ALPN ${cut(alpn.join(' '))}`,
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : parts.join(', ');
}

function namePeer({ client, sni }: TlsSession, endpoint: (side: Side) => string | undefined): string | undefined {
  const address = client === undefined ? undefined : endpoint(otherSide(client));
  if (sni === undefined) return address;
  return address === undefined ? cut(sni) : `${cut(sni)} at ${address}`;
}

function cut(text: string): string {
  return text.length <= LONGEST_NAME ? text : `${text.slice(0, LONGEST_NAME)}...`;
}

/**
 * What stayed encrypted of a connection and why, as one finding; `undefined` where all was decrypted.
 *
 * @param encryptedBytes - of each side
 * @param haveLost - of each side, whether bytes are missing that may have been data
 */
export function encryptedFinding(
  reason: EncryptedReason,
  encryptedBytes: readonly [number, number],
  haveLost: readonly [boolean, boolean],
): Finding | undefined {
  const { refusals, random, unsupported } = reason;
  const malformed = SIDES.filter((side) => refusals[side] === 'malformed');
  if (malformed.length > 0) {
    return finding('tls.malformed', `the bytes of the ${roles(reason, malformed)} are not TLS records`);
  }
  const encrypted = SIDES.filter((side) => encryptedBytes[side] > 0);
  if (encrypted.length === 0) {
    const lost = SIDES.filter((side) => haveLost[side]);
    return lost.length === 0 ? undefined : finding('tls.gap', MAY_HAVE_CARRIED_DATA, placeOf(reason, lost));
  }
  const reasons = encrypted.map((side) => refusals[side]);
  const stayed = `${encryptedBytes[0] + encryptedBytes[1]} bytes stayed encrypted`;
  const place = placeOf(reason, encrypted);
  if (reasons.includes('not-captured')) {
    const what = random === undefined ? 'ClientHello' : 'ServerHello';
    return finding('tls.not-captured', `the ${what} was not captured: ${stayed}`, place);
  }
  const peer = reason.peer === undefined ? {} : { peer: reason.peer };
  if (reasons.includes('unsupported')) {
    return { ...finding('tls.unsupported', `${unsupported}: ${stayed}`, place), ...peer };
  }
  const names = encrypted.map((side) => {
    const name = reason.secrets[side];
    return refusals[side] === 'wrong-secret' ? `no ${name} that fits` : `no ${name}`;
  });
  const what = `${[...new Set(names)].join(' and ')} for client random ${random}...`;
  const server = reason.server === undefined ? '' : `, ${reason.server}`;
  return { ...finding('tls.no-secrets', `${what}: ${stayed}${server}`, place), ...peer };
}

function roles({ client }: EncryptedReason, sides: readonly Side[]): string {
  if (client === undefined) return 'connection';
  return sides.map((side) => (side === client ? 'client' : 'server')).join(' and the ');
}

function placeOf({ client }: EncryptedReason, sides: readonly Side[]): FindingLocation {
  const [side, other] = sides;
  if (side === undefined || other !== undefined || client === undefined) return {};
  return { direction: side === client ? 'client-to-server' : 'server-to-client' };
}
