import { describe, expect, it } from 'vitest';
import { judge, type FaultKind } from './judge.js';
import { readRecords, type PrintedFinding, type Reading } from './reading.js';
import { loadRecordings, type Recorded } from './recording.js';

const RECORDINGS = loadRecordings();
const recording = RECORDINGS.find(({ name }) => name === 'ping-pong.pcap')!;
const whole = readRecords(recording.packets, recording.linkType, recording.keyLog);

function kinds(reading: Reading, packets: readonly Recorded[] = recording.packets): Set<FaultKind> {
  return new Set(judge(recording, packets, reading, true).map(({ kind }) => kind));
}

describe('the judge of the fuzzer', () => {
  it.each(RECORDINGS.filter(({ name }) => !name.startsWith('loss-')).map((one) => [one.name, one] as const))(
    'finds nothing wrong with %s as it is',
    (_name, one) => {
      expect(judge(one, one.packets, one.unchanged, true)).toEqual([]);
    },
  );

  it('finds a frame that is not printed', () => {
    expect(kinds({ ...whole, frames: whole.frames.toSpliced(2, 1) })).toContain('silent-loss');
  });

  it('finds a message that is not printed', () => {
    expect(kinds({ ...whole, messages: whole.messages.toSpliced(2, 1) })).toContain('silent-loss');
  });

  it('finds a connection that is not printed', () => {
    expect(kinds({ ...whole, connections: [] })).toContain('silent-loss');
  });

  it('takes no loss for silent that is told of the same connection and direction', () => {
    const lost = { ...whole, frames: whole.frames.toSpliced(2, 1) };
    const { stream, direction } = whole.frames[2]!;
    const told: PrintedFinding = { code: 'tcp.gap', severity: 'warning', message: '', stream, direction: direction! };
    expect(kinds({ ...lost, findings: [told] })).not.toContain('silent-loss');
    expect(kinds({ ...lost, findings: [{ ...told, direction: 'neither' }] })).toContain('silent-loss');
  });

  it.each([
    ['payload', { base64: 'AAAA' }],
    ['opcode', { opcode: 3 }],
    ['length', { payloadLength: 77 }],
    ['masking key', { maskingKey: '00000000' }],
    ['packet', { packet: 1 }],
    ['time', { time: '2020-01-01T00:00:00.000000000Z' }],
  ])('finds a frame with another %s', (_name, change) => {
    expect(kinds({ ...whole, frames: whole.frames.with(3, { ...whole.frames[3]!, ...change }) })).toContain(
      'never-sent',
    );
  });

  it('finds frames and messages in another order', () => {
    const [a, b, ...rest] = whole.frames.filter(({ direction }) => direction === 'client-to-server');
    const others = whole.frames.filter(({ direction }) => direction !== 'client-to-server');
    expect(kinds({ ...whole, frames: [b!, a!, ...rest, ...others] })).toContain('never-sent');
  });

  it.each([
    ['url', 'ws://elsewhere/'],
    ['subprotocol', 'chat'],
    ['extensions', 'permessage-deflate'],
    ['closeCode', 26479],
    ['closedBy', 'nobody'],
    ['handshake', 'refused'],
    ['end', 'rst'],
    ['clientFrames', 99],
    ['serverMessages', 99],
    ['clientBytes', 100_000],
    ['serverMissingBytes', 1],
  ])('finds a connection with another %s', (name, value) => {
    const connections = whole.connections.map((record) => ({ ...record, [name]: value }));
    expect(kinds({ ...whole, connections })).toContain('never-sent');
  });

  it('finds a violation that nobody made', () => {
    const finding = { code: 'ws.client-not-masked', severity: 'error', message: '', stream: 0 };
    expect(kinds({ ...whole, findings: [finding] })).toContain('accusation');
  });

  it('finds a loss that is told where every byte is there', () => {
    const finding = { code: 'tcp.gap', severity: 'warning', message: '', stream: 0 };
    expect(kinds({ ...whole, findings: [finding] })).toContain('false-loss');
  });

  it('asks for nothing that the capture does not prove', () => {
    const last = whole.frames.at(-1)!.packet!;
    const packets = recording.packets.slice(0, last - 1);
    const reading = readRecords(packets, recording.linkType, recording.keyLog);
    expect(reading.frames.length).toBeLessThan(whole.frames.length);
    expect(kinds(reading, packets)).toEqual(new Set());
  });
});
