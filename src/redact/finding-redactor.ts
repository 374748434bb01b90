import type { Finding } from '../common/finding.js';
import { streamName, type ConnectionRef } from '../events.js';
import type { Handshake } from '../http/handshake.js';
import type { HandshakeRedactor } from './handshake-redactor.js';

/** Redacts handshakes, and the findings that may quote them. */
export class FindingRedactor {
  readonly #handshakes: HandshakeRedactor;
  /** Connections with a handshake of which nothing was replaced, by their names. */
  readonly #unchanged = new Set<string>();

  constructor(handshakes: HandshakeRedactor) {
    this.#handshakes = handshakes;
  }

  /** The handshake of a connection. */
  handshake(connection: ConnectionRef, handshake: Handshake): Handshake {
    const changed = this.#handshakes.handshake(handshake);
    const isChanged = changed.request !== handshake.request || changed.response !== handshake.response;
    if (isChanged) this.#unchanged.delete(streamName(connection));
    else this.#unchanged.add(streamName(connection));
    return changed;
  }

  /** A finding, which may quote the handshake of its connection. */
  finding(found: Finding): Finding {
    const { stream, http2Stream } = found;
    const name = stream === undefined ? undefined : streamName({ stream, http2Stream });
    return this.#handshakes.finding(found, name === undefined || !this.#unchanged.has(name));
  }

  /** A finding of the record of a connection. */
  findingOf(connection: ConnectionRef, found: Finding): Finding {
    return this.#handshakes.finding(found, !this.#unchanged.has(streamName(connection)));
  }

  /** Findings of a frame or a message. */
  findings(found: readonly Finding[]): readonly Finding[] {
    return found.length === 0 ? found : found.map((each) => this.finding(each));
  }

  /** A connection has ended. */
  forget(connection: ConnectionRef): void {
    this.#unchanged.delete(streamName(connection));
  }
}
