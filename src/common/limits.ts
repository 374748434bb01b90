/** What one capture may cost. Every limit that is hit is reported as a finding; none is silent. */
export interface Limits {
  /** Bytes of one captured packet; a longer record is taken for damage. */
  recordLength: number;
  /** Bytes of one pcapng block. */
  blockLength: number;
  /** Interfaces described in one pcapng section. */
  interfaces: number;
  /** Characters of one line of hex. */
  hexLine: number;
  /** IP headers, extension headers and fragments in one another that are followed in one packet. */
  encapsulations: number;
  /** Bytes of IP fragments held until their datagram is whole, over all datagrams. */
  fragmentBytes: number;
  /** Datagrams with fragments outstanding. */
  fragmentedDatagrams: number;
  /** Bytes held after a hole, for one direction of one TCP connection. */
  outOfOrderBytes: number;
  /** Bytes held after holes over all connections. */
  outOfOrderTotal: number;
  /** Packets of a connection after which a hole is given up that the other side has acknowledged. */
  holePackets: number;
  /** Seconds after which such a hole is given up where that many packets never come. */
  holeSeconds: number;
  /** Packets of a connection after which another copy of bytes that the snap length cut off is not waited for, where nothing is acknowledged. */
  cutPackets: number;
  /** Packets of a connection without a captured SYN in which its first bytes are looked for. */
  startPackets: number;
  /** Segments of one connection, far outside its window, that wait for proof that they belong to it. */
  doubtfulSegments: number;
  /** Bytes of one direction that are kept to be compared with second copies of them. */
  comparedBytes: number;
  /** The same over all connections. */
  comparedTotal: number;
  /** TCP connections remembered that never carried a byte of data. */
  halfOpenConnections: number;
  /** TCP connections remembered that have ended, so that what comes late is not taken for a new one. */
  endedConnections: number;
  /** TCP connections that carry data and are examined while it is not known what they carry. */
  unrecognisedConnections: number;
  /** TCP connections remembered in all. */
  connections: number;
  /** Bytes of one HTTP head (start line and header fields). */
  httpHead: number;
  /** Tunnels (CONNECT, SOCKS) that are followed one inside another. */
  tunnels: number;
  /** Bytes of HPACK entries kept for one side of an HTTP/2 connection. */
  hpackTable: number;
  /** Bytes of the fields of one header section of HTTP/2, as RFC 9113 section 6.5.2 counts them. */
  headerList: number;
  /** Streams of one HTTP/2 connection that are WebSocket, or may be, and are followed at a time. */
  http2Streams: number;
  /** Bytes held for one direction while it waits for the other, or for proof of what it is. */
  heldBytes: number;
  /** Bytes of incomplete frames and messages, and of those that wait for proof, held over all connections. */
  heldTotal: number;
  /** Those of them that wait for proof of what they are. */
  unprovenTotal: number;
  /** Places in one frame's payload where bytes are missing, that are kept with what is between them. */
  frameGaps: number;
  /** Bytes of one message, inflated, and of one frame's payload, that are kept. */
  message: number;
  /** Inflated bytes for each compressed byte of a message; DEFLATE itself cannot pass 1,032. */
  inflateRatio: number;
  /** Bytes of a message of which the meaning in its sub-protocol is looked into. */
  decodedMessage: number;
  /** TLS secrets that are kept; of more, the oldest are forgotten. */
  secrets: number;
  /** Findings reported for one connection; the rest are counted. */
  findings: number;
}

const KIB = 1024;
const MIB = 1024 * KIB;

/** The limits that apply by default. */
export const DEFAULT_LIMITS: Readonly<Limits> = {
  recordLength: 262_144,
  blockLength: 16 * MIB,
  interfaces: 4096,
  hexLine: 16 * MIB,
  encapsulations: 32,
  fragmentBytes: 4 * MIB,
  fragmentedDatagrams: 1024,
  outOfOrderBytes: 8 * MIB,
  outOfOrderTotal: 64 * MIB,
  holePackets: 1024,
  holeSeconds: 60,
  cutPackets: 4,
  startPackets: 32,
  doubtfulSegments: 64,
  comparedBytes: MIB,
  comparedTotal: 16 * MIB,
  halfOpenConnections: 10_000,
  endedConnections: 10_000,
  unrecognisedConnections: 5000,
  connections: 100_000,
  httpHead: 256 * KIB,
  tunnels: 16,
  hpackTable: 64 * KIB,
  headerList: 256 * KIB,
  http2Streams: 1000,
  heldBytes: 256 * KIB,
  heldTotal: 66 * MIB,
  unprovenTotal: 36 * MIB,
  frameGaps: 10_000,
  message: 64 * MIB,
  inflateRatio: 2000,
  decodedMessage: 16 * MIB,
  secrets: 1_000_000,
  findings: 100,
};

/** What `--redact` may hold. Where one is hit, more is replaced than need be, or the last line of the command says so. */
export const REDACT_LIMITS = {
  /** Events that wait for the end of a message, before what waits is replaced whole. */
  waitingEvents: 1024,
  /** Bytes of payload in them. */
  waitingBytes: 16 * MIB,
  /** Values named by their place that are looked for elsewhere, too. */
  values: 10_000,
  /** Characters of such a value. */
  valueLength: 4096,
  /** Host names that are told apart; of more, each is replaced whole. */
  hosts: 10_000,
  /** Characters of one text that may be read in vain, as what begins like JSON need not be it; of more, it is replaced whole. */
  readInVain: 64 * MIB,
  /** Ways to read one text, with encodings in it undone; of more, it is replaced whole. */
  readings: 200,
  /** Bytes of output that `--redact-check` looks through. */
  checkedBytes: 256 * MIB,
} as const;

/** What statistics and calls keep. What is beyond is counted together, or has an outcome that is not known: the output says so. */
export const COUNT_LIMITS = {
  /** Names of messages that are counted of one connection, each by itself. */
  namesOfConnection: 200,
  /** Bytes of those, over all connections that have not ended. */
  nameBytes: 16 * MIB,
  /** The same of a capture. */
  namesOfCapture: 1000,
  /** Characters of a name that is counted by itself. */
  nameCharacters: 256,
  /** Close codes, each with who sent it, that are counted. */
  closeCodes: 200,
  /** Clients, each with a URL, whose reconnects are followed. */
  clients: 10_000,
  /** Seconds of a connection of which messages may come out of order. */
  secondsOfConnection: 8,
  /** The same of a capture. */
  secondsOfCapture: 4096,
  /** Pieces of time in which messages are counted. */
  bins: 512,
  /** Calls of one connection that may be open at once. */
  openCalls: 10_000,
  /** Bytes of those, over all connections. */
  openCallBytes: 32 * MIB,
  /** Answers without a call that are remembered of one connection. */
  strayAnswers: 1000,
} as const;

/** How many more bytes something may take, over all that share it. */
export interface Allotment {
  left: number;
}
