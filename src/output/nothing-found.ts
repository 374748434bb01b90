import type { FindingCode } from '../common/finding-codes.js';
import { count } from '../common/words.js';
import type { SeenInCapture } from '../dissection/capture-witness.js';
import type { DissectEvent, Wants } from '../events.js';
import { describeKind } from '../link/describe-kind.js';
import type { NotLookedInto } from '../link/not-looked-into.js';
import type { SeenInRecording } from '../recorded-conversations.js';
import { sanitize } from './sanitize.js';

/** Kinds of packets that are named; the rest are counted. */
const MOST_KINDS = 3;
/** Connections that are told apart; of more, not all are counted. */
const MOST_STREAMS = 65_536;
/** What a finding says of its connection, and what to do, most useful first. */
const REASONS = ['TLS without secrets', 'TLS that is not decrypted'] as const;
type Reason = (typeof REASONS)[number];
/** What whoever reads can do about it, in the words of the program that they use. */
export interface Advice {
  /** TLS has no secrets. */
  readonly secrets: string;
  /** No connection is recognised. */
  readonly ports: string;
}

/** What helps on the command line. */
const OF_COMMAND: Advice = { secrets: 'give --keylog', ports: '--port names a WebSocket port' };
/** Servers that are named; the rest are counted. */
const MOST_PEERS = 3;
const REASON_OF: Partial<Record<FindingCode, Reason>> = {
  'tls.no-secrets': REASONS[0],
  'tls.not-captured': REASONS[1],
  'tls.unsupported': REASONS[1],
};

/** Says why a capture gave nothing, from its events and from what was seen in it. */
export class NothingFound {
  readonly #wants: Wants;
  readonly #advice: Advice;
  #connections = 0;
  #frames = 0;
  #messages = 0;
  readonly #refusals = new Map<number | undefined, number>();
  /** With whom they were, the first few of each reason and how many there are. */
  readonly #peers = new Map<Reason, Set<string>>();
  /** TCP connections that are explained, by their streams, and by what; `undefined` for a refused upgrade. */
  readonly #explained = new Map<number, Reason | undefined>();

  /**
   * @param wants - the events that are shown
   * @param advice - what helps; on the command line where this is not given
   */
  constructor(wants: Wants, advice = OF_COMMAND) {
    this.#wants = wants;
    this.#advice = advice;
  }

  /** Of these many events nothing is known but that there were so many. */
  count({
    opened,
    frames,
    messages,
  }: {
    readonly opened: number;
    readonly frames: number;
    readonly messages: number;
  }): void {
    this.#connections += opened;
    this.#frames += frames;
    this.#messages += messages;
  }

  event(event: DissectEvent): void {
    switch (event.type) {
      case 'open': {
        const { handshake, connection } = event;
        if (handshake.state === 'refused') {
          this.#refusals.set(handshake.httpStatus, (this.#refusals.get(handshake.httpStatus) ?? 0) + 1);
          this.#explain(connection.stream, undefined);
        } else {
          this.#connections++;
        }
        return;
      }
      case 'frame': {
        this.#frames++;
        return;
      }
      case 'message': {
        this.#messages++;
        return;
      }
      case 'finding': {
        const { code, stream, peer } = event.finding;
        const reason = REASON_OF[code];
        if (stream === undefined || reason === undefined) return;
        this.#explain(stream, reason);
        if (peer !== undefined) this.#addPeer(reason, peer);
        return;
      }
      case 'connection':
      case 'gap':
      case 'learned': {
        // They say nothing new of what there is.
      }
    }
  }

  /** One clause, most useful first; `undefined` where there was something to show. */
  explain(seen: SeenInCapture): string | undefined {
    const { packets, tcpConnections, recorded } = seen;
    if (recorded !== undefined && packets === 0) return this.#explainRecording(recorded);
    if (packets === 0) return 'the capture is empty: it has no packet';
    const what = seen.isLines ? 'line' : 'packet';
    if (this.#connections > 0) {
      const { frames, messages } = this.#wants;
      if (this.#frames + this.#messages > 0 || !(frames || messages)) return undefined;
      return `no frame on ${count(this.#connections, 'WebSocket connection')} in ${count(packets, what)}`;
    }
    // A row for each refused upgrade is something to see.
    if (this.#refusals.size > 0 && this.#wants.connections) return undefined;
    const connections = tcpConnections === 0 ? 'no TCP connection' : count(tcpConnections, 'TCP connection');
    const reasons = [...this.#reasons(tcpConnections, seen.http2Connections), ...unread(seen.notLookedInto)];
    const why = reasons.length === 0 ? '' : `: ${reasons.join('; ')}`;
    return `no WebSocket in ${count(packets, what)}${span(seen)}, ${connections}${why}`;
  }

  #explainRecording({ connections, messages, others }: SeenInRecording): string | undefined {
    if (connections === 0) return `no WebSocket in a HAR file of ${others === 1 ? '1 entry' : `${others} entries`}`;
    const { frames, messages: wantsMessages } = this.#wants;
    if (frames && this.#frames === 0 && messages > 0) {
      return 'a HAR file has messages and no frames: wsdissect messages shows them';
    }
    if (!frames && !wantsMessages) return undefined;
    return messages > 0 ? undefined : `no message on ${count(connections, 'WebSocket connection')} of a HAR file`;
  }

  #explain(stream: number, reason: Reason | undefined): void {
    if (this.#connections === 0 && this.#explained.size < MOST_STREAMS) this.#explained.set(stream, reason);
  }

  #addPeer(reason: Reason, peer: string): void {
    const peers = this.#peers.get(reason) ?? new Set();
    this.#peers.set(reason, peers);
    if (this.#connections === 0 && peers.size < MOST_STREAMS) peers.add(peer);
  }

  /** ` (example.org at 192.0.2.1:443, 192.0.2.2:443 and 4 more)`; nothing where no server is known. */
  #peersOf(reason: Reason): string {
    const peers = [...(this.#peers.get(reason) ?? [])];
    if (peers.length === 0) return '';
    const more = peers.length > MOST_PEERS ? ` and ${peers.length - MOST_PEERS} more` : '';
    return ` (${peers.slice(0, MOST_PEERS).map(sanitize).join(', ')}${more})`;
  }

  #reasons(tcpConnections: number, http2Connections: number): string[] {
    const reasons: string[] = [];
    const isAll = this.#explained.size < MOST_STREAMS;
    const streams = [...this.#explained.values()];
    for (const reason of REASONS) {
      const times = streams.filter((one) => one === reason).length;
      if (times === 0) continue;
      const remedy = reason === REASONS[0] ? `: ${this.#advice.secrets}` : '';
      reasons.push(`${times}${isAll ? '' : ' or more'} ${reason}${this.#peersOf(reason)}${remedy}`);
    }
    const refused = [...this.#refusals.values()].reduce((sum, times) => sum + times, 0);
    if (refused > 0) {
      const statuses = [...this.#refusals.keys()].map((status) => status ?? 'no status seen').join(', ');
      reasons.push(`${count(refused, 'refused upgrade')} (${statuses})`);
    }
    if (http2Connections > 0) reasons.push(`${http2Connections} HTTP/2 without a WebSocket`);
    const others = isAll ? tcpConnections - streams.length - http2Connections : 0;
    if (others > 0 && reasons.length > 0) reasons.push(`${others} without an upgrade or frames that prove themselves`);
    else if (others > 0) reasons.push(`none with an upgrade or frames that prove themselves; ${this.#advice.ports}`);
    return reasons;
  }
}

/** ` over 3.2 s`; nothing where the capture has no times. */
function span({ first, last }: SeenInCapture): string {
  if (first.precision === 0 || last.precision === 0) return '';
  const seconds = last.seconds - first.seconds + (last.nanoseconds - first.nanoseconds) / 1e9;
  return seconds <= 0 ? '' : ` over ${Number(seconds.toFixed(6))} s`;
}

function unread(kinds: readonly NotLookedInto[]): string[] {
  if (kinds.length === 0) return [];
  const most = kinds.toSorted((a, b) => b.packets - a.packets);
  const named = most.slice(0, MOST_KINDS).map((kind) => `${describeKind(kind)} (${kind.packets})`);
  const more = most.length > MOST_KINDS ? ', and others' : '';
  const packets = kinds.reduce((sum, kind) => sum + kind.packets, 0);
  return [`${count(packets, 'packet')} not looked into: ${named.join(', ')}${more}`];
}
