import type { Finding } from '../common/finding.js';
import { HeldInput } from '../common/held-input.js';
import type { PacketTime } from '../common/packet-time.js';
import type { ConnectionSink, End, Side } from '../common/sink.js';
import { ALERT, HANDSHAKE, HEADER_LENGTH, isHeader, recordLength } from './records/record.js';
import { TlsConnection, type TlsOptions } from './tls-connection.js';
import type { TlsListener } from './tls-listener.js';
import { giveEarly } from '../tcp/reassembly/before-start.js';

/**
 * The stage between TCP and HTTP: finds out from the first bytes of a connection whether it is TLS, whatever its
 * port. Plain bytes pass through untouched, TLS is decrypted.
 *
 * A plain connection gets its next stage with its first bytes, TLS with its first plaintext, and one that is never
 * decrypted gets none; it is reported instead.
 */
export class TlsStage implements ConnectionSink {
  readonly #options: TlsOptions;
  readonly #listener: TlsListener;
  #target: ConnectionSink | undefined;
  /** What came before it was clear where it goes; made where something has to wait. */
  #held: HeldInput | undefined = undefined;
  /** The first bytes of each side, fewer than a header has. */
  #first0: Buffer = EMPTY;
  #first1: Buffer = EMPTY;
  /** Both sides, as bits: bytes of it are missing, so that what comes is not its beginning. */
  #gaps = 0;
  #ends = 0;

  constructor(options: TlsOptions, listener: TlsListener) {
    this.#options = options;
    this.#listener = listener;
  }

  bytes(side: Side, chunk: Buffer, at: PacketTime): void {
    if (this.#target !== undefined) {
      this.#target.bytes(side, chunk, at);
      return;
    }
    const first = side === 0 ? this.#first0 : this.#first1;
    const isBeginning = (this.#gaps & (1 << side)) === 0 && this.#listener.beginning(side);
    const isStray = !isBeginning && first.length === 1 && !isHeader(first, 0);
    const start = first.length === 0 || isStray ? chunk : Buffer.concat([first, chunk]);
    let tls = looksLikeTls(start, isBeginning);
    // One byte may be a probe, or the end of a record: what comes after it tells.
    if (tls === false && !isBeginning && first.length === 0 && chunk.length === 1) tls = undefined;
    if (tls !== undefined || !this.#hold().bytes(side, chunk, at)) this.#decide(tls ?? false).bytes(side, chunk, at);
    else if (side === 0) this.#first0 = Buffer.from(start);
    else this.#first1 = Buffer.from(start);
  }

  gap(side: Side, length: number | undefined, at: PacketTime): void {
    this.#gaps |= 1 << side;
    // A beginning that is cut off says nothing yet: what comes after it does.
    if (side === 0) this.#first0 = EMPTY;
    else this.#first1 = EMPTY;
    if (this.#target !== undefined || !this.#hold().gap(side, length, at)) this.#decide(false).gap(side, length, at);
  }

  end(side: Side, how: End, at: PacketTime): void {
    if (this.#target !== undefined) {
      this.#target.end(side, how, at);
      return;
    }
    const held = this.#hold();
    held.end(side, how, at);
    this.#ends++;
    // Two ends and nothing else: the connection carried nothing, and no later stage needs to be made for it.
    if (this.#ends < 2) return;
    if (held.length > 2) this.#decide(false);
    else held.clear();
  }

  finding(side: Side, finding: Finding): void {
    if (this.#target !== undefined || !this.#hold().finding(side, finding)) this.#decide(false).finding(side, finding);
  }

  early(side: Side, chunk: Buffer, at: PacketTime, missing: number): void {
    giveEarly(this.#target ?? this.#decide(false), side, chunk, at, missing);
  }

  get settled(): ConnectionSink | undefined {
    return this.#target?.settled ?? this.#target;
  }

  /** Where it all goes; what is undecided so far is decided now. */
  #decide(tls: boolean): ConnectionSink {
    if (this.#target !== undefined) return this.#target;
    if (tls) this.#listener.recognised();
    const target = tls ? new TlsConnection(this.#options, this.#listener) : this.#listener.plaintext(undefined);
    this.#target = target;
    this.#held?.replay(target);
    this.#held = undefined;
    return target;
  }

  #hold(): HeldInput {
    return (this.#held ??= new HeldInput(this.#options.held, this.#options.limits.heldBytes));
  }
}

const EMPTY = Buffer.alloc(0);

/** Whether a side's first bytes are TLS; `undefined` as long as there are too few of them to say. */
function looksLikeTls(bytes: Buffer, beginning: boolean): boolean | undefined {
  if (bytes.length === 0) return undefined;
  if (!isHeader(bytes, 0)) return false;
  if (beginning && bytes[0] !== HANDSHAKE && bytes[0] !== ALERT) return false;
  if (bytes.length < HEADER_LENGTH) return undefined;
  const length = recordLength(bytes, 0);
  return length > HEADER_LENGTH && isHeader(bytes, Math.min(length, bytes.length));
}
