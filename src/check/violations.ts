import { RULES, type FindingCode } from '../common/finding-codes.js';
import type { Finding } from '../common/finding.js';
import type { ConnectionEvent, ConnectionRef, DissectEvent, FrameEvent, MessageEvent } from '../events.js';
import { frameEvidence, handshakeEvidence, messageEvidence, NO_EVIDENCE, type Evidence } from './evidence.js';
import type { FindingCounts, Unlisted, Violation } from './report.js';
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
  /** Listed ones, by their stream, whose connection is still to be told. */
  readonly #waiting = new Map<number, Violation[]>();
  #lastFrame: FrameEvent | undefined = undefined;

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
        this.#lastFrame = event;
        if (event.frame.findings.length > 0) this.#frame(event);
        return;
      }
      case 'message': {
        if (event.message.findings.length > 0) this.#message(event);
        return;
      }
      case 'connection': {
        this.#connection(event);
        return;
      }
      case 'finding': {
        this.#add(event.finding, undefined, () => NO_EVIDENCE);
      }
    }
  }

  #frame(event: FrameEvent): void {
    const { frame, connection, direction } = event;
    const place = { packet: frame.at.packet, stream: connection.stream, direction };
    for (const found of frame.findings) {
      this.#add({ ...found, ...place }, connection, () => frameEvidence(event, this.#maxPayload));
    }
  }

  #message(event: MessageEvent): void {
    const { message, connection, direction } = event;
    const place = { packet: message.at.packet, stream: connection.stream, direction };
    for (const found of message.findings) {
      const evidence = (): readonly Evidence[] => messageEvidence(event, this.#completing(event), this.#maxPayload);
      this.#add({ ...found, ...place }, connection, evidence);
    }
  }

  /** The frame that completed a message: the last one, unless the message was given up. */
  #completing({ connection, direction, message }: MessageEvent): FrameEvent | undefined {
    const last = this.#lastFrame;
    const isLast = last?.connection === connection && last.direction === direction;
    return isLast && last.frame.at.packet === message.at.packet ? last : undefined;
  }

  /** The record of a connection comes last: what was found about its handshake waits for it. */
  #connection({ connection, handshake }: ConnectionEvent): void {
    const { stream, client, server } = connection;
    for (const violation of this.#waiting.get(stream) ?? []) {
      violation.client = client;
      violation.server = server;
      violation.evidence = handshakeEvidence(violation.finding, handshake);
    }
    this.#waiting.delete(stream);
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
    } else if (finding.stream !== undefined) {
      const waiting = this.#waiting.get(finding.stream);
      if (waiting === undefined) this.#waiting.set(finding.stream, [violation]);
      else waiting.push(violation);
    }
  }

  #count(code: FindingCode, verdict: Exclude<Verdict, 'ignored'>): void {
    if (verdict === 'allowed') this.#counts.allowed++;
    else this.#counts[RULES[code].severity]++;
    if (verdict === 'failing') this.#counts.failing++;
  }
}
