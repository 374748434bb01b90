import { isLoss, type Finding } from '../common/finding.js';
import type { HeldBytes } from '../common/held-bytes.js';
import { HeldInput } from '../common/held-input.js';
import type { Limits } from '../common/limits.js';
import type { PacketTime } from '../common/packet-time.js';
import type { ConnectionSink, End, Side } from '../common/sink.js';

/**
 * Passes plaintext on to the next stage, which is made when there is plaintext for the first time: what was never
 * decrypted is no connection to later stages. What comes before it waits.
 */
export class PlaintextForwarder implements ConnectionSink {
  readonly #make: () => ConnectionSink;
  readonly #limits: Limits;
  readonly #total: HeldBytes;
  #sink: ConnectionSink | undefined;
  #held: HeldInput | undefined;
  /** The first finding of data that is missing. */
  firstLoss: Finding | undefined;
  #findings = 0;
  #untold = 0;
  /** Gaps that could not wait: the side has lost bytes, and how many is not known. */
  readonly #lost: [PacketTime | undefined, PacketTime | undefined] = [undefined, undefined];

  /** @param held - where what waits is counted, over all connections */
  constructor(make: () => ConnectionSink, limits: Limits, held: HeldBytes) {
    this.#make = make;
    this.#limits = limits;
    this.#total = held;
  }

  /** Whether there was any plaintext. */
  get open(): boolean {
    return this.#sink !== undefined;
  }

  /** Findings that could not wait, because there were too many of them. */
  get untold(): number {
    return this.#untold;
  }

  bytes(side: Side, chunk: Buffer, at: PacketTime): void {
    (this.#sink ?? this.#begin()).bytes(side, chunk, at);
  }

  gap(side: Side, length: number | undefined, at: PacketTime): void {
    if (this.#sink !== undefined) this.#sink.gap(side, length, at);
    else if (!this.#waiting.gap(side, length, at)) this.#lost[side] ??= at;
  }

  end(side: Side, how: End, at: PacketTime): void {
    if (this.#sink !== undefined) this.#sink.end(side, how, at);
    else this.#waiting.end(side, how, at);
  }

  finding(side: Side, finding: Finding): void {
    if (isLoss(finding.code)) this.firstLoss ??= finding;
    if (this.#sink !== undefined) {
      this.#sink.finding(side, finding);
    } else if (this.#findings < this.#limits.findings && this.#waiting.finding(side, finding)) {
      this.#findings++;
    } else {
      this.#untold++;
    }
  }

  /** There will be no plaintext: takes out the findings that no next stage took, and forgets the rest. */
  close(): Finding[] {
    const findings: Finding[] = [];
    for (let item = this.#held?.shift(); item !== undefined; item = this.#held?.shift()) {
      if (item.kind === 'finding') findings.push(item.finding);
    }
    this.#held = undefined;
    return findings;
  }

  get #waiting(): HeldInput {
    return (this.#held ??= new HeldInput(this.#total, this.#limits.heldBytes));
  }

  #begin(): ConnectionSink {
    const sink = this.#make();
    this.#sink = sink;
    for (const side of [0, 1] as const) {
      const at = this.#lost[side];
      if (at !== undefined) sink.gap(side, undefined, at);
    }
    this.#held?.replay(sink);
    this.#held = undefined;
    return sink;
  }
}
