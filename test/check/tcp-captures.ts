import { enhancedPacket, interfaceDescription, sectionHeader } from '../../src/capture/pcapng/pcapng-writer.js';
import { partComment, SPLIT_APPLICATION } from '../../src/capture/pcapng/split-section.js';
import type { FindingCode } from '../../src/common/finding-codes.js';
import { CapturedTime } from '../../src/common/packet-time.js';
import { ACK, SYN } from '../hostile/segment-bytes.js';
import { frame, Wire } from '../support/wire.js';
import type { Built } from './captures.js';

const talk = (): Wire => new Wire().open().upgrade().text(0, 'one').text(1, 'uno');
/** Options of Multipath TCP (RFC 8684 3.1, 3.2): a connection, and another one that joins one that was not captured. */
const CAPABLE = '1e040101';
const KEY = '5353535353535353';
const JOIN = `1e0c100101020304${'00'.repeat(4)}`;
const JOINED = `1e101001${'00'.repeat(12)}`;

/** Captures for what is found of TCP, and no recorded fixture has: segments written one by one. */
export const TCP_CAPTURES: Partial<Record<FindingCode, () => Built>> = {
  'capture.shard-numbers': () => {
    // A shard whose packets do not say which connection begins there.
    const part = partComment({ number: 1, files: 1, name: 'a.pcap', mayHoldSecrets: false });
    const packets = talk().packets.map(({ seconds, nanoseconds, bytes }, index) =>
      enhancedPacket({
        ...{ interfaceId: 0, timeDigits: 9, bytes, originalLength: bytes.length, id: index + 1, comment: 'packet' },
        at: new CapturedTime(index + 1, seconds, nanoseconds, 9),
      }),
    );
    const description = interfaceDescription({ linkType: 1, timeDigits: 9 });
    return { bytes: Buffer.concat([sectionHeader(SPLIT_APPLICATION, part), description, ...packets]) };
  },
  'tcp.before-start': () => {
    const wire = talk();
    const [early] = wire.packets.splice(0, 6).slice(-1);
    for (let i = 0; i < 5; i++) wire.text(1, `more ${i}`);
    for (let i = 0; i < 5; i++) wire.text(0, `more ${i}`);
    wire.packets.push(early!);
    return { bytes: wire.pcap(), limits: { startPackets: 1 } };
  },
  'tcp.late': () => {
    const wire = talk();
    const [late] = wire.packets.splice(-2, 1);
    for (let i = 0; i < 20; i++) wire.text(0, `more ${i}`).put(1);
    wire.packets.push(late!);
    return { bytes: wire.pcap(), limits: { holePackets: 10 } };
  },
  'tcp.out-of-window': () => {
    const wire = talk();
    const far = { sequence: wire.next[1] + 1_000_000_000, data: frame(1, 'far') };
    return { bytes: wire.put(1, far).text(1, 'due').pcap() };
  },
  'tcp.not-believed': () => ({ bytes: talk().put(0, { flags: SYN, sequence: 999_999 }).put(1).text(0, 'two').pcap() }),
  'tcp.urgent': () => ({
    bytes: talk()
      .put(0, { data: Buffer.from('!'), urgentPointer: 1 })
      .text(0, 'two')
      .pcap(),
  }),
  'tcp.multipath': () => {
    const wire = new Wire();
    wire
      .put(0, { flags: SYN, options: CAPABLE })
      .put(1, { flags: SYN | ACK, options: `1e0c0101${KEY}` })
      .upgrade();
    const other = new Wire([70_000, 90_000], undefined, 50_001);
    other.put(0, { flags: SYN, options: JOIN }).put(1, { flags: SYN | ACK, options: JOINED });
    wire.packets.push(...other.text(0, 'one').packets);
    return { bytes: wire.text(0, 'two').pcap() };
  },
  'limit.compared-bytes': () => {
    const wire = new Wire().open().upgrade();
    const sequence = wire.next[0];
    wire.text(0, 'pay 100 to alice');
    for (let i = 0; i < 20; i++) wire.text(0, 'x'.repeat(100)).put(1);
    return {
      bytes: wire.put(0, { sequence, data: frame(0, 'pay 999 to mallo') }).pcap(),
      limits: { comparedBytes: 512 },
    };
  },
};
