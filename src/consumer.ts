import { JoinedCaptures } from './capture/join/joined-captures.js';
import { WsdissectError } from './common/error.js';
import type { PacketWitness, ReadingWitness } from './dissection/capture-witness.js';
import { dissectBatches, readBatches } from './dissect.js';
import type { DissectOptions } from './dissection/dissect-options.js';
import type { ConnectionRef, DissectEvent, EventOrder, Wants } from './events.js';

/**
 * What becomes of the events of one capture: text, JSON lines, a check, an exported file.
 *
 * A consumer is given its events in their order, and waited for where it returns a promise: a slow one slows the reading
 * down. Most events give nothing to wait for, so no promise is made for them.
 *
 * Several threads can feed one consumer. Each dissects some of the TCP connections of the capture; what they give is
 * merged with {@link mergeInOrder} by the place of each event in the capture, and one thread hands it to the consumer.
 * Where making something of an event costs more than passing it on, the consumer is a {@link PartedConsumer}: then the
 * threads make its pieces, and the pieces are merged instead of the events.
 */
export interface Consumer {
  /** The events that it is to be given, besides findings and what opens a connection. */
  readonly wants: Wants;
  /**
   * It wants no more, and nothing more needs to be read. Asked after each event and each {@link pause}: the event after
   * which it is so was not taken.
   */
  readonly isDone?: boolean;
  /** It is to see the packets too. */
  readonly packets?: PacketWitness | undefined;
  /** Takes the next event. @returns a promise where there is something to wait for */
  event(event: DissectEvent): Promise<void> | undefined;
  /** A batch of events is over, and the next one may be long in coming: what can be told is told now. */
  pause?(): Promise<void> | undefined;
  /** No more events come, be it that the capture is over, or that it cannot be read any further. */
  end(): Promise<void> | undefined;
}

/** One TCP connection's part of what a consumer gives. It sees the events of this connection only. */
export interface Part<Piece> {
  /** Makes of an event what the consumer needs of it; `undefined` where that is nothing. */
  event(event: DissectEvent): Piece | undefined;
}

/** The parts of the TCP connections that have not ended, and that of the capture itself. */
export class Parts<Piece> {
  readonly #make: (stream: number | undefined) => Part<Piece>;
  readonly #parts = new Map<number | undefined, Part<Piece>>();
  /** Of connections of HTTP/2, how many of their streams go on. */
  readonly #open = new Map<number, number>();

  /** @param make - begins the part of a TCP connection; of no number, that of the capture itself, which sees what is of no connection */
  constructor(make: (stream: number | undefined) => Part<Piece>) {
    this.#make = make;
  }

  /** Gives an event to its part. */
  event(event: DissectEvent): Piece | undefined {
    const stream = streamOf(event);
    let part = this.#parts.get(stream);
    if (part === undefined) {
      part = this.#make(stream);
      this.#parts.set(stream, part);
    }
    const piece = part.event(event);
    if (event.type === 'open') this.#begin(event.connection);
    else if (event.type === 'connection') this.#end(event.connection);
    return piece;
  }

  #begin({ stream, http2Stream }: ConnectionRef): void {
    if (http2Stream !== undefined) this.#open.set(stream, (this.#open.get(stream) ?? 0) + 1);
  }

  /** Over HTTP/2 other streams of the same TCP connection may go on; the next one begins another part. */
  #end({ stream, http2Stream }: ConnectionRef): void {
    const others = http2Stream === undefined ? 0 : (this.#open.get(stream) ?? 1) - 1;
    if (others > 0) {
      this.#open.set(stream, others);
      return;
    }
    this.#open.delete(stream);
    this.#parts.delete(stream);
  }
}

/**
 * A consumer in two halves. A {@link Part} for each TCP connection makes pieces of its events, and may do so in another
 * thread: it knows nothing of other connections. The consumer puts the pieces of all parts together in their order.
 */
export abstract class PartedConsumer<Piece> implements Consumer {
  abstract readonly wants: Wants;
  readonly #parts = new Parts<Piece>((stream) => this.part(stream));

  /**
   * Begins the part of a TCP connection.
   *
   * @param stream - its number; `undefined` for the part of the capture itself, which sees what is of no connection
   */
  abstract part(stream: number | undefined): Part<Piece>;

  /** Takes the next piece, of whichever part. @returns a promise where there is something to wait for */
  abstract piece(piece: Piece): Promise<void> | undefined;

  abstract end(): Promise<void> | undefined;

  event(event: DissectEvent): Promise<void> | undefined {
    const piece = this.#parts.event(event);
    return piece === undefined ? undefined : this.piece(piece);
  }
}

/** The TCP connection that an event is of; `undefined` for a finding that is of none. */
export function streamOf(event: DissectEvent): number | undefined {
  return event.type === 'finding' ? event.finding.stream : event.connection.stream;
}

/**
 * Merges events, or what was made of them, by their place in the capture. Each of the lists is in order already, and what
 * stands at one place is in one of them only.
 */
export function* mergeInOrder<Item extends EventOrder>(lists: Iterable<Iterable<Item>>): Generator<Item> {
  const heads: { item: Item; readonly rest: Iterator<Item> }[] = [];
  for (const list of lists) {
    const rest = list[Symbol.iterator]();
    const first = rest.next();
    if (first.done !== true) heads.push({ item: first.value, rest });
  }
  while (heads.length > 0) {
    let least = 0;
    for (let index = 1; index < heads.length; index++) {
      if (isBefore(heads[index]!.item, heads[least]!.item)) least = index;
    }
    const head = heads[least]!;
    yield head.item;
    const next = head.rest.next();
    if (next.done === true) heads.splice(least, 1);
    else head.item = next.value;
  }
}

function isBefore(a: EventOrder, b: EventOrder): boolean {
  return a.packet === b.packet ? a.number < b.number : a.packet < b.packet;
}

/**
 * Reads a capture and gives its events to a consumer, until the capture is over or the consumer is done.
 *
 * @param source - pcap, pcapng, any of them gzipped, or lines of hex; or several files that are one capture
 * @param options - how to read it; what the consumer wants decides `want`
 * @param witness - who else is to see how it is read
 * @throws WsdissectError where the input cannot be read any further; the consumer has what came before, and has ended
 */
export function readInto(
  consumer: Consumer,
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array> | JoinedCaptures,
  options: DissectOptions,
  witness?: ReadingWitness,
): Promise<void> {
  const wanted = { ...options, want: { decode: 'off' as const, ...consumer.wants } };
  const { packets } = consumer;
  const isChecked = witness === undefined && packets === undefined && !(source instanceof JoinedCaptures);
  return consume(
    consumer,
    isChecked ? dissectBatches(source, wanted) : readBatches(source, wanted, { ...witness, packets }),
  );
}

/**
 * Gives batches of events to a consumer.
 *
 * @throws WsdissectError that the batches throw; the consumer has ended then, unless it is what cannot be written
 */
export async function consume(
  consumer: Consumer,
  batches: AsyncIterable<readonly DissectEvent[]> | Iterable<readonly DissectEvent[]>,
): Promise<void> {
  const iterator = iteratorOf(batches);
  try {
    while (await consumeNext(consumer, iterator));
    await iterator.return?.();
  } catch (error) {
    // What could not be closed either is not why.
    await Promise.resolve(iterator.return?.()).catch(() => undefined);
    if (error instanceof WsdissectError && error.code !== 'unwritable') await consumer.end();
    throw error;
  }
  await consumer.end();
}

type Batches = AsyncIterator<readonly DissectEvent[]> | Iterator<readonly DissectEvent[]>;

function iteratorOf(batches: AsyncIterable<readonly DissectEvent[]> | Iterable<readonly DissectEvent[]>): Batches {
  return Symbol.asyncIterator in batches ? batches[Symbol.asyncIterator]() : batches[Symbol.iterator]();
}

/**
 * Gives the next batch to a consumer.
 *
 * A loop would keep a batch until the next one comes, which may be a long message later: the two would stand side by side.
 *
 * @returns whether more is wanted, and may come
 */
async function consumeNext(consumer: Consumer, batches: Batches): Promise<boolean> {
  const next = await batches.next();
  if (next.done === true) return false;
  const batch = next.value;
  for (let index = 0; index < batch.length; index++) {
    const waiting = consumer.event(batch[index]!);
    if (waiting !== undefined) await waiting;
    if (consumer.isDone === true) break;
  }
  await consumer.pause?.();
  return consumer.isDone !== true;
}
