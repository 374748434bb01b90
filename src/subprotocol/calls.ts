import type { Direction } from '../common/finding.js';
import { COUNT_LIMITS, type Allotment } from '../common/limits.js';
import { secondsBetween, type PacketTime } from '../common/packet-time.js';
import type { DecodedMessage, Meaning, ProtocolName } from './sub-protocol.js';

/**
 * What became of a call. `unknown` where bytes that may have held the answer were not captured or not understood, or
 * where the same id stands for several calls at once.
 */
export const OUTCOMES = ['ok', 'error', 'unanswered', 'unknown'] as const;

/** Something that was asked, and what came of it. */
export interface Call {
  /** `websocket` for a ping of WebSocket itself. */
  readonly protocol: ProtocolName | 'websocket';
  readonly name: string | undefined;
  readonly id: number | string | undefined;
  readonly channel: string | undefined;
  readonly direction: Direction;
  readonly at: PacketTime;
  /** When the answer came that ended it; `undefined` where none is known. */
  readonly replyAt: PacketTime | undefined;
  /** From the call to its answer; `undefined` where the capture has no time, or its clock ran backwards. */
  readonly seconds: number | undefined;
  readonly outcome: (typeof OUTCOMES)[number];
  /** From the call to the first that came for it before its end; `undefined` as `seconds` is. */
  readonly firstItemSeconds: number | undefined;
  /** What came for it before its end: items of a stream, events of a subscription. */
  readonly items: number;
  /** Another call with its id was open at the same time. */
  readonly repeatedId: boolean;
}

/** Protocols whose ids count for each channel by itself. */
const BY_CHANNEL: ReadonlySet<string> = new Set<ProtocolName>(['socket.io', 'cdp']);

/** A call that is not answered yet. */
interface Open extends Omit<Call, 'replyAt' | 'seconds' | 'firstItemSeconds' | 'outcome' | 'items' | 'repeatedId'> {
  items: number;
  firstItemAt: PacketTime | undefined;
  repeatedId: boolean;
  /** Something came that may have been its answer. */
  mayBeAnswered: boolean;
  /** Losses of each direction that it does not mind: those before it. */
  readonly lossesBefore: Readonly<Record<Direction, number>>;
  /** The next answer may be that to an earlier call with its id. */
  readonly isDoubtful: boolean;
  /** An answer came earlier in the capture. */
  readonly isLate: boolean;
  /** Bytes that it takes. */
  readonly cost: number;
}

/** Bytes that an open call takes beside its texts, which stand in its key too. */
const CALL_COST = 400;

/** What is not known of what one side said. */
interface Losses {
  /** How many there were. */
  count: number;
  /** The packet of the message that followed the last one. */
  until: number;
  /** Nothing has followed it yet. */
  isOpen: boolean;
}

/** Joins the calls of one connection to their answers, both ways. */
export class ConnectionCalls {
  readonly #ended: (call: Call) => void;
  /** In the order in which they were made. */
  readonly #open = new Map<string, Open>();
  readonly #stray = new Set<string>();
  readonly #total: Allotment;
  /** How far each direction is known not to be known: what one side says may come here before what the other said earlier. */
  readonly #losses: Readonly<Record<Direction, Losses>> = {
    'client-to-server': { count: 0, until: -1, isOpen: false },
    'server-to-client': { count: 0, until: -1, isOpen: false },
  };

  /**
   * @param ended - takes each call as soon as it is known what became of it
   * @param total - bytes that open calls may take, together with those of other connections
   */
  constructor(ended: (call: Call) => void, total: Allotment = { left: COUNT_LIMITS.openCallBytes }) {
    this.#ended = ended;
    this.#total = total;
  }

  /** What a message means. */
  message(direction: Direction, at: PacketTime, { protocol, items }: DecodedMessage): void {
    this.seen(direction, at);
    for (const item of items) this.#item(direction, at, item, item.protocol ?? protocol);
  }

  /** A message has come, whatever it means: a loss of its direction ends before it. */
  seen(direction: Direction, { packet }: Pick<PacketTime, 'packet'>): void {
    const losses = this.#losses[direction];
    if (!losses.isOpen) return;
    losses.isOpen = false;
    losses.until = Math.max(losses.until, packet);
  }

  /** A ping of WebSocket (RFC 6455 section 5.5.2). */
  ping(direction: Direction, at: PacketTime, payload: Buffer): void {
    this.#call(keyOf('websocket', direction, payload.toString('latin1')), direction, at, 'websocket', { name: 'ping' });
  }

  /** A pong: it answers the ping with the same payload. */
  pong(direction: Direction, at: PacketTime, payload: Buffer): void {
    this.#answer(keyOf('websocket', otherWay(direction), payload.toString('latin1')), at, 'ok');
  }

  /**
   * Messages of a direction were lost, or could not be understood.
   *
   * @param at - when the one that was not understood came; where some were lost the next one shows where that ends
   */
  lost(direction: Direction, at?: Pick<PacketTime, 'packet'>): void {
    const losses = this.#losses[direction];
    losses.count++;
    losses.isOpen = true;
    if (at !== undefined) this.seen(direction, at);
  }

  /** Nothing more comes. */
  end(): void {
    for (const open of this.#open.values()) {
      // A stream may have been ended where something of its caller was lost.
      const isStream = open.items > 0;
      const isKnown = !isStream || !this.#hasLost(open, open.direction);
      this.#end(open, undefined, isKnown ? (isStream ? 'ok' : 'unanswered') : 'unknown');
    }
    this.#open.clear();
  }

  #item(direction: Direction, at: PacketTime, item: Meaning, protocol: ProtocolName): void {
    const { kind, id, name, joint, mayAnswer } = item;
    if (mayAnswer !== undefined) {
      const open = this.#open.get(keyOf(protocol, otherWay(direction), `joint ${mayAnswer}`));
      if (open !== undefined) open.mayBeAnswered = true;
    }
    const channel = BY_CHANNEL.has(protocol) ? (item.channel ?? '') : '';
    if (id === undefined && joint === undefined) {
      // Pings of most protocols have no id.
      if (kind === 'ping') this.#call(keyOf(protocol, direction, 'ping'), direction, at, protocol, { name });
      else if (kind === 'pong') this.#answer(keyOf(protocol, otherWay(direction), 'ping'), at, 'ok');
      return;
    }
    const place = joint === undefined ? `${typeof id} ${item.exchange ?? ''} ${channel} ${id}` : `joint ${joint}`;
    const own = keyOf(protocol, direction, place);
    const others = keyOf(protocol, otherWay(direction), place);
    switch (kind) {
      case 'call':
      case 'ping':
        this.#call(own, direction, at, protocol, item);
        return;
      case 'reply':
      case 'ack':
      case 'pong':
        this.#answer(others, at, 'ok');
        return;
      case 'error':
        this.#answer(others, at, 'error');
        return;
      case 'data': {
        const open = this.#open.get(others);
        if (open === undefined) return;
        open.items++;
        open.firstItemAt ??= at;
        return;
      }
      case 'complete':
      case 'close':
        // Who asked may want no more of it.
        if (this.#open.has(own)) this.#answer(own, at, 'ok');
        else this.#answer(others, at, 'ok');
        return;
      default:
        return;
    }
  }

  #call(
    key: string,
    direction: Direction,
    at: PacketTime,
    protocol: Call['protocol'],
    { name, id, channel, joint }: Partial<Meaning>,
  ): void {
    const earlier = this.#open.get(key);
    if (earlier !== undefined) {
      // Whose answer comes next, nobody can tell.
      // Where its answer may be lost, the id was free again.
      const isThere = !earlier.isLate && !this.#hasLost(earlier, otherWay(direction));
      if (isThere && joint === undefined) earlier.repeatedId = true;
      this.#open.delete(key);
      this.#end(earlier, undefined, 'unknown');
    } else if (this.#open.size >= COUNT_LIMITS.openCalls) {
      this.#endOldest();
    }
    const cost = CALL_COST + 2 * key.length + (name?.length ?? 0) + (channel?.length ?? 0);
    this.#total.left -= cost;
    this.#open.set(key, {
      ...{ protocol, name, id, channel, direction, at },
      items: 0,
      firstItemAt: undefined,
      cost,
      repeatedId: earlier?.repeatedId ?? false,
      mayBeAnswered: false,
      isDoubtful: earlier !== undefined,
      lossesBefore: {
        'client-to-server': this.#lossesBefore('client-to-server', at),
        'server-to-client': this.#lossesBefore('server-to-client', at),
      },
      isLate: this.#stray.delete(key),
    });
    // It is the last one to go, where other connections take all that there is.
    while (this.#total.left < 0 && this.#open.size > 0) this.#endOldest();
  }

  /** Of more calls than may be open, the oldest of the connection is waited for no longer. */
  #endOldest(): void {
    for (const [oldest, open] of this.#open) {
      this.#open.delete(oldest);
      this.#end(open, undefined, 'unknown');
      return;
    }
  }

  /** Losses of a direction up to a moment; of one that goes on after it, it is before that one. */
  #lossesBefore(direction: Direction, { packet }: PacketTime): number {
    const { count, isOpen, until } = this.#losses[direction];
    return isOpen || until > packet ? count - 1 : count;
  }

  /** Whether something that a side said after a call is not known. */
  #hasLost({ lossesBefore }: Open, direction: Direction): boolean {
    return this.#losses[direction].count > lossesBefore[direction];
  }

  #answer(key: string, at: PacketTime, outcome: 'ok' | 'error'): void {
    const open = this.#open.get(key);
    if (open === undefined) {
      if (this.#stray.size < COUNT_LIMITS.strayAnswers) this.#stray.add(key);
      return;
    }
    this.#open.delete(key);
    // Where something of both sides was lost, the answer may be that to another call with this id.
    const { direction } = open;
    const isSure =
      !open.isDoubtful && !open.isLate && !(this.#hasLost(open, direction) && this.#hasLost(open, otherWay(direction)));
    this.#end(open, isSure ? at : undefined, isSure ? outcome : 'unknown');
  }

  #end(open: Open, replyAt: PacketTime | undefined, outcome: Call['outcome']): void {
    this.#total.left += open.cost;
    const { protocol, name, id, channel, direction, at, items, repeatedId, firstItemAt } = open;
    const isDoubtful =
      replyAt === undefined &&
      (this.#hasLost(open, otherWay(direction)) ||
        open.isLate ||
        open.isDoubtful ||
        repeatedId ||
        (open.mayBeAnswered && outcome === 'unanswered'));
    this.#ended({
      ...{ protocol, name, id, channel, direction, at, replyAt, items, repeatedId },
      seconds: forward(at, replyAt),
      // Where calls had the same id at once, or an earlier item may be lost, it is not known which was the first.
      firstItemSeconds:
        open.isDoubtful || open.isLate || repeatedId || this.#hasLost(open, otherWay(direction))
          ? undefined
          : forward(at, firstItemAt),
      outcome: isDoubtful ? 'unknown' : outcome,
    });
  }
}

/** Seconds from one moment to a later one. */
function forward(from: PacketTime, to: PacketTime | undefined): number | undefined {
  const seconds = to === undefined ? undefined : secondsBetween(from, to);
  return seconds === undefined || seconds < 0 ? undefined : seconds;
}

function keyOf(protocol: string, direction: Direction, id: string): string {
  return `${protocol} ${direction} ${id}`;
}

function otherWay(direction: Direction): Direction {
  return direction === 'client-to-server' ? 'server-to-client' : 'client-to-server';
}
