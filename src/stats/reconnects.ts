import { addValue, emptyHistogram, type Histogram } from '../common/histogram.js';
import { COUNT_LIMITS } from '../common/limits.js';
import type { PacketTime } from '../common/packet-time.js';
import { nanosecondsBetween } from './nanoseconds.js';

/** A connection begins, or an attempt at one. */
export interface Attempt {
  /** Who asks for what: see {@link attemptKey}. */
  readonly key: string;
  readonly at: PacketTime;
}

/** How often clients came back. */
export interface ReconnectCounts {
  /** Connections, refused ones too, that a client made after all its earlier ones to the same URL were over. */
  readonly count: number;
  /** Clients that did so. */
  readonly clients: number;
  /** Nanoseconds from the end of the last one. */
  readonly after: Histogram;
  /** Connections of clients that were too many to be followed. */
  readonly unfollowed: number;
}

/** What is known of one client and URL. */
interface Known {
  open: number;
  overAt: PacketTime | undefined;
  hasReturned: boolean;
}

/** A client by its address, and the URL without its query, which tokens and session ids make another one each time. */
export function attemptKey(
  client: string | undefined,
  server: string | undefined,
  url: string | undefined,
): string | undefined {
  if (client === undefined) return undefined;
  return `${client.replace(/:\d+$/, '')} ${url?.replace(/[?#].*$/s, '') ?? server ?? ''}`;
}

/** Finds the connections by which a client came back. */
export class Reconnects {
  readonly #clients = new Map<string, Known>();
  readonly #after = emptyHistogram();
  #count = 0;
  #returned = 0;
  #unfollowed = 0;

  open({ key, at }: Attempt): void {
    const known = this.#clients.get(key);
    if (known === undefined) {
      if (this.#clients.size >= COUNT_LIMITS.clients) this.#unfollowed++;
      else this.#clients.set(key, { open: 1, overAt: undefined, hasReturned: false });
      return;
    }
    if (known.open === 0) {
      this.#count++;
      if (!known.hasReturned) this.#returned++;
      known.hasReturned = true;
      const after = known.overAt === undefined ? undefined : nanosecondsBetween(known.overAt, at);
      if (after !== undefined && after >= 0) addValue(this.#after, after);
    }
    known.open++;
  }

  over({ key, at }: Attempt): void {
    const known = this.#clients.get(key);
    if (known === undefined || known.open === 0) return;
    known.open--;
    known.overAt = at;
  }

  get counts(): ReconnectCounts {
    return { count: this.#count, clients: this.#returned, after: this.#after, unfollowed: this.#unfollowed };
  }
}
