import { RULES, type FindingCode } from '../../common/finding-codes.js';
import type { Direction, Finding, FindingLocation } from '../../common/finding.js';
import {
  streamName,
  type ConnectionRef,
  type DissectEvent,
  type FrameEvent,
  type LearnedEvent,
  type MessageEvent,
  type OpenEvent,
} from '../../events.js';
import { frameEvidence, handshakeEvidence, messageEvidence, NO_EVIDENCE, type Evidence } from './evidence.js';
import type { FindingCounts, Unlisted, Violation } from '../report.js';
import type { RuleSelection, Verdict } from './rule-selection.js';

/** Violations of one capture that are listed; the rest are counted. */
const MOST_LISTED = 1000;

/** Picks the findings that count out of the events of one capture. */
export class Violations {
  readonly #rules: RuleSelection;
  readonly #maxPayload: number;
  readonly #listed: Violation[] = [];
  readonly #unlisted = new Map<FindingCode, number>();
  readonly #counts = { error: 0, warning: 0, note: 0, allowed: 0, failing: 0 };
  /** What is known of the connections that have not ended, by their stream. */
  readonly #opened = new Map<string, Pick<OpenEvent, 'connection' | 'handshake'>>();
  /** Listed ones, by their stream, that were found before it was known to be a WebSocket connection. */
  readonly #waiting = new Map<string, Violation[]>();

  /** @param maxPayload - bytes of a payload that are kept as evidence */
  constructor(rules: RuleSelection, maxPayload: number) {
    this.#rules = rules;
    this.#maxPayload = maxPayload;
  }

  get listed(): readonly Violation[] {
    return this.#listed;
  }

  get unlisted(): readonly Unlisted[] {
    return [...this.#unlisted].map(([code, count]) => {
      return { code, verdict: this.#rules.verdict(code) as Unlisted['verdict'], count };
    });
  }

  get counts(): FindingCounts {
    return this.#counts;
  }

  /** Takes the next event. */
  event(event: DissectEvent): void {
    switch (event.type) {
      case 'frame': {
        if (event.frame.findings.length > 0) this.#frame(event);
        return;
      }
      case 'message': {
        if (event.message.findings.length > 0) this.#message(event);
        return;
      }
      case 'open':
      case 'learned': {
        this.#open(event);
        return;
      }
      case 'connection': {
        this.#opened.delete(streamName(event.connection));
        return;
      }
      case 'finding': {
        this.#finding(event.finding);
        return;
      }
      case 'gap': {
        // It has a finding too.
      }
    }
  }

  #frame({ frame, connection, direction }: FrameEvent): void {
    const place = placeOf(frame.at.packet, connection, direction);
    for (const found of frame.findings) {
      this.#add({ ...found, ...place }, connection, () => frameEvidence(frame, this.#maxPayload));
    }
  }

  #message(event: MessageEvent): void {
    const { message, connection, direction } = event;
    const place = placeOf(message.at.packet, connection, direction);
    for (const found of message.findings) {
      this.#add({ ...found, ...place }, connection, () => messageEvidence(event, this.#maxPayload));
    }
  }

  /** It is known who talks to whom, which what was found before is still to be told. */
  #open({ connection, handshake }: OpenEvent | LearnedEvent): void {
    const { client, server } = connection;
    const stream = streamName(connection);
    this.#opened.set(stream, { connection, handshake });
    for (const violation of this.#waiting.get(stream) ?? []) {
      violation.client = client;
      violation.server = server;
      violation.evidence = handshakeEvidence(violation.finding, handshake);
    }
    this.#waiting.delete(stream);
  }

  /** What was found about a connection itself. */
  #finding(found: Finding): void {
    const stream = nameOf(found);
    const open = stream === undefined ? undefined : this.#opened.get(stream);
    const evidence = (): readonly Evidence[] =>
      open === undefined ? NO_EVIDENCE : handshakeEvidence(found, open.handshake);
    this.#add(found, open?.connection, evidence);
  }

  #add(finding: Finding, connection: ConnectionRef | undefined, evidence: () => readonly Evidence[]): void {
    const verdict = this.#rules.verdict(finding.code);
    if (verdict === 'ignored') return;
    this.#count(finding.code, verdict);
    if (this.#listed.length >= MOST_LISTED) {
      this.#unlisted.set(finding.code, (this.#unlisted.get(finding.code) ?? 0) + 1);
      return;
    }
    const violation: Violation = { finding, verdict, evidence: evidence() };
    this.#listed.push(violation);
    if (connection !== undefined) {
      violation.client = connection.client;
      violation.server = connection.server;
      return;
    }
    const stream = nameOf(finding);
    if (stream === undefined) return;
    const waiting = this.#waiting.get(stream);
    if (waiting === undefined) this.#waiting.set(stream, [violation]);
    else waiting.push(violation);
  }

  #count(code: FindingCode, verdict: Exclude<Verdict, 'ignored'>): void {
    if (verdict === 'allowed') this.#counts.allowed++;
    else this.#counts[RULES[code].severity]++;
    if (verdict === 'failing') this.#counts.failing++;
  }
}

/** The connection that a finding is about; `undefined` where it is about none. */
function nameOf({ stream, http2Stream }: Finding): string | undefined {
  return stream === undefined ? undefined : streamName({ stream, http2Stream });
}

function placeOf(packet: number, { stream, http2Stream }: ConnectionRef, direction: Direction): FindingLocation {
  return {
    ...(packet === 0 ? {} : { packet }),
    stream,
    ...(http2Stream === undefined ? {} : { http2Stream }),
    direction,
  };
}
