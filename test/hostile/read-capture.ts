import type { Finding } from '../../src/common/finding.js';
import { dissect, type DissectOptions } from '../../src/dissect.js';
import type { ConnectionEvent, DissectEvent, FrameEvent, MessageEvent } from '../../src/events.js';

/** All events of a capture, by type. */
export interface Reading {
  readonly events: readonly DissectEvent[];
  readonly frames: readonly FrameEvent[];
  readonly messages: readonly MessageEvent[];
  readonly connections: readonly ConnectionEvent[];
  /** Findings that belong to no frame or message. */
  readonly findings: readonly Finding[];
  /** Codes of all findings, wherever they are, in order and each once. */
  readonly codes: readonly string[];
}

/** Reads a capture through the whole pipeline. @throws WsdissectError where it is none */
export async function readCapture(capture: Uint8Array, options: DissectOptions = {}): Promise<Reading> {
  const events: DissectEvent[] = [];
  for await (const event of dissect([capture], options)) events.push(event);
  const codes = new Set<string>();
  for (const event of events) for (const { code } of findingsOf(event)) codes.add(code);
  return {
    events,
    frames: events.filter((event) => event.type === 'frame'),
    messages: events.filter((event) => event.type === 'message'),
    connections: events.filter((event) => event.type === 'connection'),
    findings: events.flatMap((event) => (event.type === 'finding' ? [event.finding] : [])),
    codes: [...codes],
  };
}

/** The findings that an event carries. */
export function findingsOf(event: DissectEvent): readonly Finding[] {
  switch (event.type) {
    case 'frame':
      return event.frame.findings;
    case 'message':
      return event.message.findings;
    case 'connection':
      return event.findings;
    case 'finding':
      return [event.finding];
    case 'open':
    case 'learned':
    case 'gap':
      return [];
  }
}
