import { finding, type Finding } from '../common/finding.js';
import type { HeldBytes } from '../common/held-bytes.js';
import { HeldInput } from '../common/held-input.js';
import type { PacketTime } from '../common/packet-time.js';
import type { ConnectionSink, End, Side } from '../common/sink.js';
import type { HeaderSection } from './header-section.js';

/** A stream that asked for WebSocket, or may have: what came of it, until somebody takes it, and who does. */
export class Http2Stream implements ConnectionSink {
  readonly #held: HeldInput;
  readonly #ended: [boolean, boolean] = [false, false];
  #isLateTold = false;
  #sink: ConnectionSink | undefined = undefined;
  /** The first packet that it was seen in. */
  readonly opened: PacketTime;
  /** Its request, where that asks for WebSocket or may. */
  request: HeaderSection | undefined = undefined;
  /** The answer that counts. */
  response: HeaderSection | undefined = undefined;
  /** The server's SETTINGS_ENABLE_CONNECT_PROTOCOL when it answered; `undefined` where it may not have been captured. */
  isConnectEnabled: boolean | undefined = undefined;
  /** When a side reset it. */
  resetAt: PacketTime | undefined = undefined;
  /** The packet in which the client sent data before an answer was seen. */
  earlyPacket: number | undefined = undefined;

  /** @param limit - bytes that may wait until it is known who takes them */
  constructor(opened: PacketTime, held: HeldBytes, limit: number) {
    this.opened = opened;
    this.#held = new HeldInput(held, limit);
  }

  /** Its bytes go on to a sink. */
  get isFollowed(): boolean {
    return this.#sink !== undefined;
  }

  /** Something of it waits. */
  get hasInput(): boolean {
    return this.#held.length > 0;
  }

  /** Nothing more comes from either side. */
  get isEnded(): boolean {
    return this.#ended[0] && this.#ended[1];
  }

  /** Nothing more comes from a side. */
  hasEnded(side: Side): boolean {
    return this.#ended[side];
  }

  /** It is known to be refused, whoever asked. */
  get isRefused(): boolean {
    const status = this.response?.status;
    return status !== undefined && (status < 200 || status >= 300);
  }

  /** What waited goes to a sink, and all that comes. */
  follow(sink: ConnectionSink): void {
    this.#sink = sink;
    this.#held.replay(sink);
  }

  bytes(side: Side, chunk: Buffer, at: PacketTime): void {
    if (this.#ended[side]) this.#tellLate(side, at);
    else this.#sink!.bytes(side, chunk, at);
  }

  /** Lets bytes wait. @returns false where they may not: somebody has to take them now */
  hold(side: Side, chunk: Buffer, at: PacketTime): boolean {
    return this.#ended[side] || this.#held.bytes(side, chunk, at);
  }

  gap(side: Side, length: number | undefined, at: PacketTime): void {
    if (this.#ended[side]) return;
    (this.#sink ?? this.#held).gap(side, length, at);
  }

  end(side: Side, how: End, at: PacketTime): void {
    if (this.#ended[side]) return;
    this.#ended[side] = true;
    (this.#sink ?? this.#held).end(side, how, at);
  }

  finding(side: Side, found: Finding): void {
    (this.#sink ?? this.#held).finding(side, found);
  }

  #tellLate(side: Side, at: PacketTime): void {
    if (this.#isLateTold) return;
    this.#isLateTold = true;
    this.finding(side, dataAfterEnd(at));
  }

  /** Nobody wants it. */
  forget(): void {
    this.#held.clear();
  }
}

/** A side has sent data on a stream after it said that it sends no more. */
export function dataAfterEnd(at: PacketTime): Finding {
  return finding('http2.data-after-end', 'Data came on the stream after its END_STREAM', { packet: at.packet });
}
