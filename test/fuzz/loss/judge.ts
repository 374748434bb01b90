import { RULES } from '../../../src/common/finding-codes.js';
import { evidenceOf, isHeld, missing, ownerOf, type Evidence, type SideEvidence } from './evidence.js';
import { inOrder, inOrderFromEnd } from './in-order.js';
import type { PrintedFinding, PrintedRecord, Reading } from './reading.js';
import type { Recorded, Recording } from './recording.js';
import { frameAgrees, messageAgrees } from './same-record.js';
import { portOf, segmentsOf, type Sender, type SideTruth, type TcpTruth } from './tcp-truth.js';

/** What is wrong with a reading. */
export type FaultKind =
  /** A record, or a fact in it, that was never sent. */
  | 'never-sent'
  /** A violation that nobody made. */
  | 'accusation'
  /** Less is printed, and nothing says so. */
  | 'silent-loss'
  /** A loss is told, or less is printed, though every byte is there. */
  | 'false-loss'
  /** `check --strict` does not agree with what is printed. */
  | 'verdict'
  /** An error that is none of the program's own. */
  | 'throws';

/** One thing that is wrong. */
export interface Fault {
  readonly kind: FaultKind;
  readonly what: string;
}

const DIRECTIONS = ['client-to-server', 'server-to-client'] as const;
const SIDE_NAMES = ['client', 'server'] as const;

/**
 * Compares what is printed of a changed capture with what is true of the recording.
 *
 * @param isInOrder - the packets stand in the order of the recording
 */
export function judge(
  recording: Recording,
  packets: readonly Recorded[],
  reading: Reading,
  isInOrder: boolean,
): Fault[] {
  return new Judge(recording, packets, reading, isInOrder).faults;
}

class Judge {
  readonly faults: Fault[] = [];
  readonly #recording: Recording;
  readonly #packets: readonly Recorded[];
  readonly #reading: Reading;
  readonly #evidence: readonly Evidence[];
  /** The same without the packets of which a finding says that they are not believed. */
  readonly #believed: readonly Evidence[];
  /** By the stream numbers of the reading: the places of connections in the recording. */
  readonly #owners = new Map<number, number>();
  readonly #isComplete: boolean;
  readonly #isInOrder: boolean;

  constructor(recording: Recording, packets: readonly Recorded[], reading: Reading, isInOrder: boolean) {
    this.#recording = recording;
    this.#packets = packets;
    this.#reading = reading;
    this.#isInOrder = isInOrder;
    const seen = segmentsOf(packets, recording.linkType);
    this.#evidence = evidenceOf(seen, recording.tcp);
    // A segment without data and with numbers far outside the window may be forged, and is told: it proves no loss.
    const told = new Set(
      reading.findings.filter(({ code }) => code === 'tcp.not-believed').map(({ packet }) => packet),
    );
    const believed = seen.filter(({ segment, packet }) => segment.length > 0 || !told.has(packet + 1));
    this.#believed = believed.length === seen.length ? this.#evidence : evidenceOf(believed, recording.tcp);
    const senders = seen.map((one) => ownerOf(one, recording.tcp));
    this.#numberStreams(senders.flatMap((owner) => (owner === undefined ? [] : [owner.index])));
    this.#isComplete = this.#holdsEverything();
    for (const [index, tcp] of recording.tcp.entries()) this.#connection(index, tcp);
    this.#strangers();
    this.#accusations();
  }

  #numberStreams(order: readonly number[]): void {
    let next = 0;
    for (const index of new Set(order)) this.#owners.set(next++, index);
  }

  #fault(kind: FaultKind, what: string): void {
    this.faults.push({ kind, what });
  }

  /** Records of ports that are in no packet of the recording. */
  #strangers(): void {
    const { frames, messages, connections } = this.#reading;
    for (const record of [...frames, ...messages, ...connections]) {
      const known = this.#recording.tcp.some((tcp) => isOf(record, tcp));
      if (!known) this.#fault('never-sent', `${record.type} of ${record.client} and ${record.server}`);
    }
  }

  #connection(index: number, tcp: TcpTruth): void {
    const truthStreams = streamsOf(this.#recording.truth.connections, tcp);
    const twins = this.#recording.tcp.filter(
      (one) => one.clientPort === tcp.clientPort && one.serverPort === tcp.serverPort,
    );
    // Connections that use the same ports one after the other are compared as one.
    if (twins[0] !== tcp) return;
    for (const sender of [0, 1] as const) {
      this.#order('frame', tcp, sender, truthStreams, frameAgrees);
      this.#order('message', tcp, sender, truthStreams, messageAgrees);
      this.#packetNumbers(index, tcp, sender, twins.length > 1);
    }
    for (const record of this.#reading.connections)
      if (isOf(record, tcp)) this.#facts(record, tcp, index, twins.length > 1);
    if (twins.length === 1) this.#losses(index, tcp);
  }

  /** What is printed is a part of what was sent, in its order. */
  #order(
    type: 'frame' | 'message',
    tcp: TcpTruth,
    sender: Sender,
    streams: ReadonlySet<number>,
    agrees: (printed: PrintedRecord, truth: PrintedRecord) => boolean,
  ): void {
    const list = type === 'frame' ? 'frames' : 'messages';
    const ofDirection = (record: PrintedRecord): boolean => record.direction === DIRECTIONS[sender];
    const sent = this.#recording.truth[list].filter((record) => streams.has(record.stream) && ofDirection(record));
    const printed = inStreams(this.#reading[list].filter((record) => isOf(record, tcp) && ofDirection(record)));
    // A message that is given up is told when that is known, which may be after others.
    const inTurn = type === 'frame' ? printed : printed.filter(({ status }) => status === 'ok');
    const stranger =
      inOrder(inTurn, sent, agrees).stranger ??
      printed.find((one) => one.status !== 'ok' && !sent.some((other) => agrees(one, other)));
    if (stranger !== undefined) this.#fault('never-sent', `${type} ${JSON.stringify(stranger).slice(0, 400)}`);
  }

  /** The packet that is named is one of the direction, and the time is its own. */
  #packetNumbers(index: number, tcp: TcpTruth, sender: Sender, hasTwins: boolean): void {
    const { packets } = this.#evidence[index]![sender];
    for (const record of [...this.#reading.frames, ...this.#reading.messages]) {
      if (!isOf(record, tcp) || record.direction !== DIRECTIONS[sender]) continue;
      if (!hasTwins && !packets.has(record.packet!)) {
        // What is cut short or given up is told where the other side, or the end of the capture, shows it.
        if (record.status === 'ok')
          this.#fault('never-sent', `packet ${record.packet} is none of its direction: ${brief(record)}`);
        continue;
      }
      const packet = this.#packets[record.packet! - 1]!;
      if (timeOf(packet) !== record.time) this.#fault('never-sent', `time ${record.time} of packet ${record.packet}`);
    }
  }

  #facts(record: PrintedRecord, tcp: TcpTruth, index: number, hasTwins: boolean): void {
    const truths = this.#recording.truth.connections.filter((one) => isOf(one, tcp) && isSameStream(one, record));
    const hasDataAfterClose = codesOf(this.#recording.truth).has('ws.data-after-close');
    const wrong = truths.map((truth) => wrongFact(record, truth, this.#isInOrder, hasDataAfterClose));
    if (wrong.length > 0 && !wrong.includes(undefined)) this.#fault('never-sent', `connection: ${wrong[0]}`);
    if (hasTwins) return;
    const evidence = this.#evidence[index]!;
    // A refused upgrade and the one that followed it have a record each.
    const records = this.#reading.connections.filter(
      (one) => one.stream === record.stream && isSameStream(one, record),
    );
    for (const sender of [0, 1] as const) {
      const name = SIDE_NAMES[sender];
      const told = records.reduce((sum, one) => sum + Number(one[`${name}MissingBytes`]), 0);
      const late = this.#late(record.stream, sender, evidence[sender]);
      const most = mostMissing(tcp.sides[sender], evidence[sender], isTls(tcp)) + late;
      if (told > most) this.#fault('never-sent', `connection: ${name}MissingBytes ${told} where ${most} are missing`);
      const ofStream = (one: PrintedRecord): boolean =>
        one.stream === record.stream &&
        isSameStream(one, record) &&
        isOf(one, tcp) &&
        one.direction === DIRECTIONS[sender];
      const frames = this.#reading.frames.filter(ofStream).length;
      const messages = this.#reading.messages.filter(ofStream).length;
      const counted = (what: string): number => records.reduce((sum, one) => sum + Number(one[`${name}${what}`]), 0);
      if (counted('Frames') !== frames)
        this.#fault('never-sent', `connection: ${name}Frames ${counted('Frames')}, printed are ${frames}`);
      // A message in two pieces around a hole has two records, and counts once.
      const whole = this.#reading.messages.filter((one) => ofStream(one) && one.status === 'ok').length;
      if (counted('Messages') > messages || counted('Messages') < whole)
        this.#fault(
          'never-sent',
          `connection: ${name}Messages ${counted('Messages')}, printed are ${messages}, ok are ${whole}`,
        );
    }
    this.#ending(record, evidence, truths);
  }

  /** Bytes of which a finding says that they came too late to be put in their place, and in which packet: they are given up. */
  #late(stream: number, sender: Sender, { packets }: SideEvidence): number {
    // After the end of a connection no direction is told: its packet says it.
    const isOfSender = ({ direction, packet }: PrintedFinding): boolean =>
      direction === undefined ? packets.has(packet!) : direction === DIRECTIONS[sender];
    return this.#reading.findings
      .filter((one) => one.code === 'tcp.late' && one.stream === stream && isOfSender(one))
      .reduce((sum, { message }) => sum + Number(/ holds (\d+) bytes/.exec(message)![1]), 0);
  }

  #ending(record: PrintedRecord, evidence: Evidence, truths: readonly PrintedRecord[]): void {
    // A stream of HTTP/2 may end before its connection; a RST_STREAM that is lost may have followed both END_STREAMs.
    const isOfStream =
      isOverHttp2(record) && (record['end'] === 'rst' || truths.some(({ end }) => end === 'fin' || end === 'rst'));
    if (record['end'] === 'fin' && !isOfStream && !evidence.some(({ fin }) => fin))
      this.#fault('never-sent', 'connection: end fin');
    if (record['end'] === 'rst' && !isOfStream && !evidence.some(({ rst }) => rst))
      this.#fault('never-sent', 'connection: end rst');
    if (record['end'] === 'reused') this.#fault('never-sent', 'connection: end reused');
    const times = this.#packets.map(timeOf);
    if (!times.includes(String(record.time))) this.#fault('never-sent', `connection: time ${record.time}`);
  }

  #losses(index: number, tcp: TcpTruth): void {
    const evidence = this.#believed[index]!;
    const { unchanged } = this.#recording;
    // The first of each stream: a refused upgrade and the one that followed it have a record each.
    const pairs = unchanged.connections
      .filter((record) => isOf(record, tcp))
      .filter((record, place, all) => all.findIndex((other) => isSameStream(other, record)) === place)
      .map((before) => {
        const after = this.#reading.connections.find((record) => isOf(record, tcp) && isSameStream(record, before));
        return { before, after };
      });
    if (pairs.length === 0) return;
    const told = ([0, 1] as const).map((sender) => this.#isTold(index, tcp, sender));
    const isRecognisable = canBeRecognised(tcp, evidence);
    // What is said under TLS before its first frame is not known here.
    const isSilent = isRecognisable && !isTls(tcp) && !told[0] && !told[1];
    // Where the request for a stream of HTTP/2 lies is not known here: all that was sent must be proven.
    const isWhole = evidence.every(({ to }, sender) => to === tcp.sides[sender]!.bytes.length);
    if (isSilent && pairs.some(({ before, after }) => after === undefined && (isWhole || !isOverHttp2(before)))) {
      this.#fault('silent-loss', `the connection of ${tcp.clientPort} and ${tcp.serverPort}`);
    }
    for (const sender of [0, 1] as const) {
      const lost = this.#lost(tcp, sender, evidence[sender]);
      // What is encrypted and stays so is told once for the connection.
      const isSaid = told[sender] || (isTls(tcp) && told.includes(true));
      if (lost !== undefined && isRecognisable && !isSaid) this.#fault('silent-loss', lost);
    }
    for (const { before, after } of pairs)
      if (this.#isComplete && after !== undefined) this.#complete(before, after, told, evidence);
  }

  /** Every byte is there: all must be printed, and no loss told. */
  #complete(before: PrintedRecord, after: PrintedRecord, told: readonly boolean[], evidence: Evidence): void {
    const wasTold = isLossTold(this.#recording.unchanged);
    if (wasTold) return;
    // Where a direction begins is not known until its SYN comes: what was passed on before may have left bytes behind.
    const isBeforeStart = this.#reading.findings.some(({ code }) => code === 'tcp.before-start');
    if (isBeforeStart && evidence.some(({ isSynLate }) => isSynLate)) return;
    for (const sender of [0, 1] as const)
      if (told[sender]) this.#fault('false-loss', `a loss is told of the ${SIDE_NAMES[sender]}'s bytes`);
    const facts = [
      'handshake',
      'url',
      'subprotocol',
      'extensions',
      'closeCode',
      'clientFrames',
      'serverFrames',
      'clientMessages',
      'serverMessages',
      'clientBytes',
      'serverBytes',
      'clientInflatedBytes',
      'serverInflatedBytes',
    ];
    // A damaged status line is taken for one only where it is known that a head must begin there.
    const isSynLate = evidence.some((side) => side.isSynLate);
    for (const name of facts) {
      if (name === 'handshake' && isSynLate && after[name] === 'incomplete') continue;
      if (after[name] !== before[name])
        this.#fault('false-loss', `connection: ${name} ${String(after[name])} in place of ${String(before[name])}`);
    }
  }

  /** A frame or message that the capture proves to have been sent, and that is not printed as ok. */
  #lost(tcp: TcpTruth, sender: Sender, evidence: SideEvidence): string | undefined {
    const side = tcp.sides[sender];
    const isOwn = (record: PrintedRecord): boolean => isOf(record, tcp) && record.direction === DIRECTIONS[sender];
    const printed = this.#reading.frames.filter((record) => isOwn(record) && record.status === 'ok');
    // What even the unchanged capture does not show is lost before any change.
    const shown = this.#recording.unchanged.frames.filter((record) => isOwn(record) && record.status === 'ok');
    const places = inOrder(
      shown,
      side.frames.map(({ record }) => record),
      frameAgrees,
    ).matched;
    const known = side.frames.filter((_, place) => places.has(place));
    const records = known.map(({ record }) => record);
    const first = inOrder(printed, records, frameAgrees).matched;
    const last = inOrderFromEnd(printed, records, frameAgrees).matched;
    for (const [place, frame] of known.entries()) {
      // Where two frames are alike, either may be the one that is printed.
      if (first.has(place) || last.has(place)) continue;
      // A byte that is missing elsewhere is none of a frame whose packet is known: it may be of a stream that is no WebSocket.
      const isOpaque = side.afterHandshake === undefined && !isTls(tcp) && !isOverHttp2(frame.record);
      if (isProven(isOpaque, frame, evidence))
        return `${DIRECTIONS[sender]} frame ${place + 1} of ${known.length}: ${brief(frame.record)}`;
    }
    return this.#lostMessage(tcp, sender, printed.length === known.length);
  }

  /** All frames are there, and a message is not. */
  #lostMessage(tcp: TcpTruth, sender: Sender, areAllFrames: boolean): string | undefined {
    if (!areAllFrames) return undefined;
    const count = (reading: Reading): number =>
      reading.messages.filter(
        (record) => isOf(record, tcp) && record.direction === DIRECTIONS[sender] && record.status === 'ok',
      ).length;
    const [before, after] = [count(this.#recording.unchanged), count(this.#reading)];
    return after < before ? `${DIRECTIONS[sender]}: ${after} of ${before} messages of whole frames` : undefined;
  }

  /** Whether anything says that bytes or messages of a direction are missing. */
  #isTold(index: number, tcp: TcpTruth, sender: Sender): boolean {
    const { frames, messages, connections, findings } = this.#reading;
    const concerns = (finding: PrintedFinding): boolean =>
      isLossCode(finding.code) && (finding.direction ?? DIRECTIONS[sender]) === DIRECTIONS[sender];
    for (const record of [...frames, ...messages]) {
      if (!isOf(record, tcp) || record.direction !== DIRECTIONS[sender]) continue;
      if (record.status !== 'ok' || (record.findings ?? []).some(concerns)) return true;
    }
    for (const record of connections) {
      if (!isOf(record, tcp)) continue;
      if (Number(record[`${SIDE_NAMES[sender]}MissingBytes`]) > 0 || (record.findings ?? []).some(concerns))
        return true;
    }
    return findings.some((finding) => {
      const isOther =
        finding.stream !== undefined && this.#owners.has(finding.stream) && this.#owners.get(finding.stream) !== index;
      return !isOther && concerns(finding);
    });
  }

  /** Errors, and overlaps, that are not in the recording. */
  #accusations(): void {
    const before = codesOf(this.#recording.truth);
    for (const code of codesOf(this.#recording.unchanged)) before.add(code);
    for (const code of codesOf(this.#reading)) {
      const isAccusation = RULES[code as keyof typeof RULES].severity === 'error' || code === 'tcp.overlap-differs';
      if (isAccusation && !before.has(code)) this.#fault('accusation', code);
    }
  }

  #holdsEverything(): boolean {
    if (this.#packets.some(({ bytes, originalLength }) => bytes.length < originalLength)) return false;
    return this.#recording.tcp.every(({ sides }, index) =>
      sides.every(({ known, bytes, begins }, sender) => {
        const evidence = this.#evidence[index]![sender]!;
        if (known.includes(0) || !begins || !evidence.syn) return false;
        return isHeld(evidence, 0, bytes.length);
      }),
    );
  }
}

function isOf({ client, server }: PrintedRecord, { clientPort, serverPort }: TcpTruth): boolean {
  const [a, b] = [portOf(client), portOf(server)];
  return (a === clientPort && b === serverPort) || (a === serverPort && b === clientPort);
}

function isOverHttp2(record: PrintedRecord): boolean {
  return record['http2Stream'] !== undefined;
}

/** Whether two records are of the same stream of HTTP/2, or of none. */
function isSameStream(a: PrintedRecord, b: PrintedRecord): boolean {
  return a['http2Stream'] === b['http2Stream'];
}

/**
 * Records of connections that used the same ports, one connection after the other. Which of two is told first is decided by
 * which is known first, where their packets stand among each other; the time of a packet says which was there first.
 */
function inStreams(records: readonly PrintedRecord[]): readonly PrintedRecord[] {
  const groups = [...new Set(records.map(({ stream }) => stream))].map((stream) => {
    const group = records.filter((record) => record.stream === stream);
    return { group, began: group.map(({ time }) => String(time)).sort()[0]! };
  });
  return groups.sort((a, b) => (a.began < b.began ? -1 : 1)).flatMap(({ group }) => group);
}

function streamsOf(connections: readonly PrintedRecord[], tcp: TcpTruth): Set<number> {
  return new Set(connections.filter((record) => isOf(record, tcp)).map(({ stream }) => stream));
}

/**
 * Bytes that may be told as missing. Of a head that is not there whole nobody knows the length; a FIN that is not there
 * looks like a byte, where the other side acknowledged it.
 */
function mostMissing(
  { afterHandshake = 0, bytes, begins }: SideTruth,
  evidence: SideEvidence,
  isUnderTls: boolean,
): number {
  if (!begins) return Number.POSITIVE_INFINITY;
  // A record of which a byte is missing cannot be read at all.
  if (isUnderTls) return bytes.length;
  const from = isHeld(evidence, 0, afterHandshake) ? afterHandshake : 0;
  return missing(evidence, from, bytes.length) + (evidence.fin ? 0 : 1);
}

/** Facts that are true where they are printed, and may be missing. */
const FACTS = ['httpStatus', 'url', 'origin', 'subprotocol', 'extensions', 'closeReason'];
/** Of the first close frame: which one is the first is told by the order of the packets. */
const CLOSE_FACTS = ['closeCode', 'closedBy'];
/** Numbers that are never more than what was sent. */
const BOUNDS = ['Frames', 'Messages', 'Bytes', 'CompressedBytes', 'InflatedBytes'].flatMap((name) => [
  `client${name}`,
  `server${name}`,
]);

function wrongFact(
  record: PrintedRecord,
  truth: PrintedRecord,
  isInOrder: boolean,
  hasDataAfterClose: boolean,
): string | undefined {
  if (portOf(record.client) !== portOf(truth.client)) return `client ${record.client}`;
  for (const name of FACTS) {
    if (record[name] !== undefined && record[name] !== truth[name]) return `${name} ${JSON.stringify(record[name])}`;
  }
  // Data after a close frame breaks a rule: a close that was lost before data was sent is not thought of.
  const areCloseFacts = isInOrder && !hasDataAfterClose;
  for (const name of areCloseFacts ? CLOSE_FACTS : []) {
    if (record[name] !== undefined && record[name] !== truth[name]) return `${name} ${JSON.stringify(record[name])}`;
  }
  for (const name of BOUNDS) {
    const [told, sent] = [Number(record[name] ?? 0), Number(truth[name] ?? 0)];
    if (told > sent) return `${name} ${told} of ${sent}`;
  }
  const state = record['handshake'];
  if ((state === 'accepted' || state === 'refused') && state !== truth['handshake']) return `handshake ${state}`;
  const tls = record['tls'] as Record<string, unknown> | undefined;
  for (const [name, value] of Object.entries(tls ?? {})) {
    if ((truth['tls'] as Record<string, unknown> | undefined)?.[name] !== value) return `tls.${name} ${String(value)}`;
  }
  return undefined;
}

/**
 * Whether what is left of the opening handshake says that the connection is WebSocket: a request that asks for it, or
 * the beginning of its answer, with all that was said before.
 */
function canBeRecognised({ sides }: Pick<TcpTruth, 'sides'>, [client, server]: Evidence): boolean {
  if (isTls({ sides })) return isHeld(client, 0, sides[0].bytes.readUInt16BE(3) + 5);
  const preface = sides[0].bytes.indexOf('PRI * HTTP/2.0\r\n\r\n');
  if (preface === 0) return isHeld(client, 0, PREFACE_LENGTH) && isHeld(server, 0, PREFACE_LENGTH);
  const [asked, answered] = sides.map(({ bytes }) => bytes.toString('latin1').toLowerCase());
  const request = asked!.indexOf('upgrade: websocket\r\n');
  const response = answered!.indexOf('http/1.1 101');
  return (
    (request >= 0 && isHeld(client, 0, request + 'upgrade: websocket'.length)) ||
    (response >= 0 && isHeld(server, 0, response + 'http/1.1 101'.length))
  );
}

/** Bytes of HTTP/2 that tell what it is: the client's preface, the settings of either side. */
const PREFACE_LENGTH = 24;

function isTls({ sides }: Pick<TcpTruth, 'sides'>): boolean {
  return sides.some(({ bytes }) => bytes[0] === 0x16 && bytes[1] === 3);
}

/** Whether the capture proves that a frame was sent. */
function isProven(isOpaque: boolean, { from, to }: { from: number; to: number }, evidence: SideEvidence): boolean {
  if (!isOpaque) return to > evidence.from && from < evidence.to;
  // Where its bytes lie is not known: all of them are there, or there is a hole.
  const length = evidence.held.length;
  return (evidence.from === 0 && evidence.to === length) || missing(evidence, evidence.from, evidence.to) > 0;
}

function isLossCode(code: string): boolean {
  return 'loss' in RULES[code as keyof typeof RULES];
}

/** Whether anything of a reading says that something is missing. */
export function isLossTold({ frames, messages, connections, findings }: Reading): boolean {
  return (
    [...frames, ...messages, ...connections].some(
      (record) =>
        (record.status ?? 'ok') !== 'ok' ||
        Number(record['clientMissingBytes'] ?? 0) + Number(record['serverMissingBytes'] ?? 0) > 0 ||
        (record.findings ?? []).some(({ code }) => isLossCode(code)),
    ) || findings.some(({ code }) => isLossCode(code))
  );
}

function codesOf({ frames, messages, connections, findings }: Reading): Set<string> {
  const inRecords = [...frames, ...messages, ...connections].flatMap((record) => record.findings ?? []);
  return new Set([...inRecords, ...findings].map(({ code }) => code));
}

function timeOf({ seconds, nanoseconds }: Recorded): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, -4)}${String(nanoseconds).padStart(9, '0')}Z`;
}

function brief(record: PrintedRecord): string {
  return `${String(record['opcodeName'])} of ${String(record['payloadLength'] ?? record['wireLength'])} bytes`;
}
