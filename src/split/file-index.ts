/**
 * What a connection may carry, as far as its first bytes say: something that WebSocket can be in, something else, nothing at
 * all; or its first bytes are not in this file.
 */
export type Carries = 'possible' | 'other' | 'nothing' | 'unknown';

/** Sequence numbers of a side: of its first byte, and the one after the last. */
export type SideNumbers = readonly [first: number, sent: number] | undefined;

/** A TCP connection in one file of a capture set. */
export interface IndexedConnection {
  /** Its first packet, by its number in the file. */
  readonly packet: number;
  /** Its Community ID. */
  readonly id: string;
  /** A SYN opened it in this file; else it may go on from an earlier one. */
  readonly hasSyn: boolean;
  /** Both sides ended it in this file, or it was reset. */
  readonly hasEnded: boolean;
  readonly carries: Carries;
  /** It uses Multipath TCP: other connections may be parts of the same one. */
  readonly isMultipath: boolean;
  /** No connection, but a SYN within one: if that has ended before, or an answer comes in a later file, it opens one. */
  readonly isOpening: boolean;
  /** Of the end that comes first in the order of addresses and ports, then of the other. */
  readonly numbers: readonly [SideNumbers, SideNumbers];
}

/** A fragment of an IP datagram in one file. */
interface IndexedFragment {
  readonly packet: number;
  /** Fragments of one datagram have it in common. */
  readonly key: string;
  /** Community ID of the connection, where the beginning of the datagram is in the file. */
  readonly id: string | undefined;
}

/** What an index says of its file as a whole. */
interface IndexHead {
  readonly name: string;
  /** Bytes of the file; undefined where that is not known. */
  readonly size: number | undefined;
  readonly packets: number;
  /** TLS secrets may stand in the file. */
  readonly mayHoldSecrets: boolean;
}

/** What has to be known of each file of a capture set before any can be split. */
export interface FileIndex extends IndexHead {
  /** In the order in which they were found. */
  readonly connections: readonly IndexedConnection[];
  readonly fragments: readonly IndexedFragment[];
  /** Pairs of Community IDs: a packet has segments of both. */
  readonly together: readonly (readonly [string, string])[];
}

const FORMAT = 1;
const CARRIES: readonly Carries[] = ['possible', 'other', 'nothing', 'unknown'];

/** The text of an index: a line for the file, then one for each item. */
export function formatIndex({ connections, fragments, together, ...head }: FileIndex): string {
  const counts = { connections: connections.length, fragments: fragments.length, together: together.length };
  const lines = [
    JSON.stringify({ format: FORMAT, ...head, ...counts }),
    ...connections.map(({ packet, id, hasSyn, hasEnded, carries, isMultipath, isOpening, numbers }) =>
      JSON.stringify([
        packet,
        id,
        CARRIES.indexOf(carries),
        Number(hasSyn) + 2 * Number(hasEnded) + 4 * Number(isMultipath) + 8 * Number(isOpening),
        ...numbers.map((side) => side ?? 0),
      ]),
    ),
    ...fragments.map(({ packet, key, id }) => JSON.stringify([packet, key, id ?? null])),
    ...together.map((pair) => JSON.stringify(pair)),
  ];
  return `${lines.join('\n')}\n`;
}

type ConnectionLine = [number, string, number, number, [number, number] | 0, [number, number] | 0];

/** Reads an index that {@link formatIndex} wrote. @throws SyntaxError or TypeError for a text that is none */
export function parseIndex(text: string): FileIndex {
  const [first = '', ...lines] = text.trimEnd().split('\n');
  const { format, ...head } = JSON.parse(first) as IndexHead & {
    format?: unknown;
    connections: number;
    fragments: number;
    together: number;
  };
  const { connections, fragments, together } = head;
  if (format !== FORMAT || lines.length !== connections + fragments + together)
    throw new TypeError('not a whole index of this version');
  return {
    name: head.name,
    size: head.size,
    packets: head.packets,
    mayHoldSecrets: head.mayHoldSecrets,
    connections: lines.slice(0, connections).map((line): IndexedConnection => {
      const [packet, id, carries, flags, one, other] = JSON.parse(line) as ConnectionLine;
      return {
        packet,
        id,
        carries: CARRIES[carries]!,
        hasSyn: (flags & 1) > 0,
        hasEnded: (flags & 2) > 0,
        isMultipath: (flags & 4) > 0,
        isOpening: (flags & 8) > 0,
        numbers: [one === 0 ? undefined : one, other === 0 ? undefined : other],
      };
    }),
    fragments: lines.slice(connections, connections + fragments).map((line): IndexedFragment => {
      const [packet, key, id] = JSON.parse(line) as [number, string, string | null];
      return { packet, key, id: id ?? undefined };
    }),
    together: lines.slice(connections + fragments).map((line) => JSON.parse(line) as [string, string]),
  };
}
