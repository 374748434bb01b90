import { describe, expect, it } from 'vitest';
import { writePcap } from '../../src/capture/pcap/pcap-writer.js';
import { ARTICLE, ipPacket } from '../support/dumps.js';
import { run } from '../cli/fake-io.js';

/** Packets that are not read were counted, and printed nowhere. */
function ethernet(etherType: number, payload: Buffer): Buffer {
  const head = Buffer.from('0200000000010200000000020000', 'hex');
  head.writeUInt16BE(etherType, 12);
  return Buffer.concat([head, payload]);
}

function ipv4(protocol: number, payload: Buffer): Buffer {
  const header = Buffer.from('4500000000000000400000000a0000010a000002', 'hex');
  header.writeUInt16BE(20 + payload.length, 2);
  header[9] = protocol;
  return ethernet(0x0800, Buffer.concat([header, payload]));
}

function udp(port: number, payload: Buffer): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt16BE(50_000, 0);
  header.writeUInt16BE(port, 2);
  header.writeUInt16BE(8 + payload.length, 4);
  return ipv4(17, Buffer.concat([header, payload]));
}

function pcap(packets: readonly Buffer[]): Buffer {
  return writePcap(
    packets.map((bytes) => ({ seconds: 1, nanoseconds: 0, bytes })),
    { linkType: 1 },
  );
}

const inner = ipPacket(ARTICLE);

describe('what was not looked into', () => {
  it('is told once at the end, by kind, where TCP may be in it, and fails --strict', async () => {
    const esp = ipv4(50, Buffer.alloc(40));
    const packets = [
      ethernet(0x0800, inner),
      esp,
      esp,
      ethernet(0x88e5, Buffer.alloc(40, 0x0c)),
      ethernet(0x1234, inner),
    ];
    const { code, stdout, stderr } = await run(['--json', '--strict'], { stdin: [pcap(packets)] });
    expect(stdout).toContain('ma2saka');
    expect(stderr).toContain(
      '4 packets were not looked into, and may hold TCP connections (ESP (IPsec), IP protocol 50: 2; ' +
        'MACsec, encrypted, EtherType 0x88e5: 1; EtherType 0x1234: 1) (link.not-looked-into)',
    );
    expect(stderr.match(/not looked into/g)).toHaveLength(1);
    expect(code).toBe(1);
  });

  it('is not told where TCP cannot be in it', async () => {
    const packets = [ethernet(0x0800, inner), ethernet(0x0806, Buffer.alloc(28)), ethernet(0x88cc, Buffer.alloc(28))];
    packets.push(ipv4(1, Buffer.alloc(20)), udp(53, Buffer.alloc(20)));
    const { code, stderr } = await run(['--json', '--strict'], { stdin: [pcap(packets)] });
    expect(stderr).not.toContain('looked into');
    expect(code).toBe(0);
  });
});

describe('a UDP port that an option says to be a tunnel', () => {
  const geneve = Buffer.concat([Buffer.from('0000080000000100', 'hex'), inner]);
  const vxlan = Buffer.concat([Buffer.from('0800000000000100', 'hex'), ethernet(0x0800, inner)]);
  const gtp = Buffer.concat([Buffer.from('30ff0000', 'hex'), Buffer.from('00000001', 'hex'), inner]);
  gtp.writeUInt16BE(inner.length, 2);

  it.each([
    ['geneve', geneve],
    ['vxlan', vxlan],
    ['gtp', gtp],
    ['teredo', inner],
    ['mpls', Buffer.concat([Buffer.from('000011ff', 'hex'), inner])],
  ])('is read as %s', async (name, payload) => {
    const bytes = pcap([udp(6082, payload)]);
    const plain = await run(['--json'], { stdin: [bytes] });
    expect(plain.stdout).toBe('');
    const { stdout } = await run(['--json', '--tunnel', `udp/6082=${name}`], { stdin: [bytes] });
    expect(stdout).toContain(name === 'teredo' ? '' : 'ma2saka');
  });

  it('is told by its own number where it holds something else', async () => {
    const { stderr } = await run(['--tunnel', 'udp/6082=geneve'], {
      stdin: [pcap([udp(6082, Buffer.alloc(30, 0xff))])],
    });
    expect(stderr).toContain('UDP port 6082: 1');
  });

  it.each(['6082', 'udp/0=geneve', 'udp/70000=geneve', 'udp/6082=ipsec', 'tcp/6082=geneve', 'udp/6082=toString'])(
    'must be named as one: %s',
    async (value) => {
      const { code, stderr } = await run(['--tunnel', value], { stdin: [pcap([])] });
      expect(code).toBe(2);
      expect(stderr).toContain('It must be such as udp/6082=geneve');
    },
  );
});
