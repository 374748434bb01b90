import type { DissectEvent, MessageEvent } from '../events.js';
import type { Call } from '../subprotocol/calls.js';
import type { CallSummary, SideSummary, SummaryLine } from './lines.js';

/** Answers whose times are kept to tell percentiles. */
const MOST_TIMES = 100_000;
const PERCENT = 100;

/** Counts what is in the captures of a report, whether it is shown there or not. */
export class ReportSummary {
  #connections = 0;
  #refused = 0;
  readonly #client = new Side();
  readonly #server = new Side();
  readonly #calls = new Calls();
  readonly #pings = new Calls();
  readonly #findings = { error: 0, warning: 0, note: 0 };
  readonly #lost = { gaps: 0, bytes: 0, unknownGaps: 0, messages: {} as Record<string, number> };

  event(event: DissectEvent): void {
    switch (event.type) {
      case 'open':
        this.#connections++;
        if (event.handshake.state === 'refused') this.#refused++;
        return;
      case 'frame':
        this.#found(event.frame.findings);
        return;
      case 'message':
        this.#message(event);
        return;
      case 'gap':
        this.#lost.gaps++;
        if (event.length === undefined) this.#lost.unknownGaps++;
        else this.#lost.bytes += event.length;
        return;
      case 'finding':
        this.#findings[event.finding.severity]++;
        return;
      case 'connection':
      case 'learned':
        // Findings of a handshake are events of their own.
        return;
    }
  }

  call(call: Call): void {
    (call.protocol === 'websocket' ? this.#pings : this.#calls).add(call);
  }

  /** All that was counted. */
  line(leftOut: SummaryLine['leftOut']): SummaryLine {
    return {
      type: 'summary',
      connections: this.#connections,
      refused: this.#refused,
      client: this.#client,
      server: this.#server,
      calls: this.#calls.summary(),
      pings: this.#pings.summary(),
      findings: this.#findings,
      lost: this.#lost,
      leftOut,
    };
  }

  #message({ message, direction, connection }: MessageEvent): void {
    const side = direction === 'client-to-server' ? this.#client : this.#server;
    side.messages++;
    // Of a HAR file it is not known how they were sent.
    side.bytes += connection.source === undefined ? sentBytes(message) : Number(message.length ?? 0);
    if (message.compressed && message.status === 'ok') {
      side.compressedBytes += Number(message.wireLength);
      side.inflatedBytes += Number(message.length);
    }
    this.#found(message.findings);
    if (message.status === 'ok') return;
    this.#lost.messages[message.status] = (this.#lost.messages[message.status] ?? 0) + 1;
  }

  #found(findings: readonly { readonly severity: 'error' | 'warning' | 'note' }[]): void {
    for (const { severity } of findings) this.#findings[severity]++;
  }
}

/** What came of a message that announces more than a number holds is no more than came. */
function sentBytes({ wireLength, missing }: MessageEvent['message']): number {
  return Number(typeof wireLength === 'bigint' ? wireLength - BigInt(missing) : wireLength);
}

class Side implements SideSummary {
  messages = 0;
  bytes = 0;
  compressedBytes = 0;
  inflatedBytes = 0;
}

class Calls {
  readonly #outcomes = { ok: 0, error: 0, unanswered: 0, unknown: 0 };
  readonly #seconds: number[] = [];
  #answers = 0;

  add({ outcome, seconds }: Call): void {
    this.#outcomes[outcome]++;
    if (seconds === undefined) return;
    this.#answers++;
    if (this.#seconds.length < MOST_TIMES) this.#seconds.push(seconds);
  }

  summary(): CallSummary {
    const { ok, error, unanswered, unknown } = this.#outcomes;
    const sorted = this.#seconds.toSorted((a, b) => a - b);
    return {
      total: ok + error + unanswered + unknown,
      ...this.#outcomes,
      p50: percentile(sorted, 50),
      p95: percentile(sorted, 95),
      of: this.#answers > sorted.length ? sorted.length : undefined,
    };
  }
}

/** The least value that this many percent of all do not exceed; `undefined` of none. */
export function percentile(sorted: readonly number[], percent: number): number | undefined {
  return sorted[Math.max(0, Math.ceil((sorted.length * percent) / PERCENT) - 1)];
}
