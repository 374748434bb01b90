/** The frame of the article that the project begins with: a masked text of 7 bytes. */
export const ARTICLE = Buffer.from('8187e1a4c61d8cc5f46e80cfa7', 'hex');

const ROW = 16;

function rows(bytes: Buffer, row: (offset: number, part: Buffer) => string, size = ROW): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += size) lines.push(row(at, bytes.subarray(at, at + size)));
  return `${lines.join('\n')}\n`;
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}

/** Words of so many bytes, as they are. */
function words(part: Buffer, size: number): string {
  return part.toString('hex').replaceAll(new RegExp(`.{${size * 2}}(?=.)`, 'g'), '$& ');
}

function text(part: Buffer): string {
  return part.toString('latin1').replaceAll(/[^\x20-\x7e]/g, '.');
}

function escaped(bytes: Buffer): string {
  return bytes.toString('hex').replaceAll(/../g, String.raw`\x$&`);
}

function python(bytes: Buffer): string {
  const inside = [...bytes].map((byte) => {
    const char = String.fromCharCode(byte);
    return byte < 0x20 || byte > 0x7e ? `\\x${hex(byte, 2)}` : char === "'" || char === '\\' ? `\\${char}` : char;
  });
  return `b'${inside.join('')}'\n`;
}

/** Each form of text in which bytes are pasted: written as the program writes it. */
export const dumpForms = {
  xxd: (bytes: Buffer) => rows(bytes, (at, part) => `${hex(at, 8)}: ${words(part, 2).padEnd(39)}  ${text(part)}`),
  'xxd -g1': (bytes: Buffer) => rows(bytes, (at, part) => `${hex(at, 8)}: ${words(part, 1).padEnd(47)}  ${text(part)}`),
  'hexdump -C': (bytes: Buffer) =>
    rows(bytes, (at, part) => {
      const [left, right] = [part.subarray(0, 8), part.subarray(8)];
      return `${hex(at, 8)}  ${words(left, 1).padEnd(23)}  ${words(right, 1).padEnd(23)}  |${text(part)}|`;
    }) + `${hex(bytes.length, 8)}\n`,
  'od -A x -t x1': (bytes: Buffer) =>
    rows(bytes, (at, part) => `${hex(at, 6)} ${words(part, 1)}`) + `${hex(bytes.length, 6)}\n`,
  'od -t x1': (bytes: Buffer) =>
    rows(bytes, (at, part) => `${at.toString(8).padStart(7, '0')} ${words(part, 1)}`) +
    `${bytes.length.toString(8).padStart(7, '0')}\n`,
  'od -A d -t x1z': (bytes: Buffer) =>
    rows(bytes, (at, part) => `${String(at).padStart(7, '0')} ${words(part, 1).padEnd(47)}  >${text(part)}<`) +
    `${String(bytes.length).padStart(7, '0')}\n`,
  'hex dump of Wireshark': (bytes: Buffer) => rows(bytes, (at, part) => `${hex(at, 4)}   ${words(part, 1)}`),
  'hex and text of Wireshark': (bytes: Buffer) =>
    rows(bytes, (at, part) => `${hex(at, 4)}   ${words(part, 1).padEnd(47)}   ${text(part)}`),
  'tshark -x': (bytes: Buffer) =>
    rows(bytes, (at, part) => `${hex(at, 4)}  ${words(part, 1).padEnd(47)}   ${text(part)}`) + '\n',
  text2pcap: (bytes: Buffer) => rows(bytes, (at, part) => `${hex(at, 6)} ${words(part, 1)} ${text(part)}`),
  'escaped string': (bytes: Buffer) => rows(bytes, (_, part) => `"${escaped(part)}" \\`).replace(/ \\\n$/, '\n'),
  'escapes alone': (bytes: Buffer) => `${escaped(bytes)}\n`,
  'bytes of Python': python,
  'array of C': (bytes: Buffer) =>
    `unsigned char frame[] = {\n${rows(bytes, (_, part) => `  ${[...part].map((byte) => `0x${hex(byte, 2)}`).join(', ')},`, 12)}};\nunsigned int frame_len = ${bytes.length};\n`,
  'C array of Wireshark': (bytes: Buffer) =>
    `/* Packet 4 */\nstatic const unsigned char pkt4[${bytes.length}] = {\n${rows(bytes, (_, part) => `${[...part].map((byte) => `0x${hex(byte, 2)}`).join(', ')}, /* ${text(part).replaceAll('*/', '..')} */`, 8)}};\n`,
  'array of Java': (bytes: Buffer) =>
    `byte[] frame = new byte[] {${[...bytes].map((byte) => `(byte) 0x${hex(byte, 2)}`).join(', ')}};\n`,
  'signed array of Java': (bytes: Buffer) => `[${[...new Int8Array(bytes)].join(', ')}]\n`,
  'list of numbers': (bytes: Buffer) => `[${[...bytes].join(',')}]\n`,
  'bytes() of Python': (bytes: Buffer) => `data = bytes([${[...bytes].join(', ')}])\n`,
  'slice of Go': (bytes: Buffer) => `[${[...bytes].join(' ')}]\n`,
  'binary of Erlang': (bytes: Buffer) => `<<${[...bytes].join(',')}>>\n`,
  'Buffer of Node': (bytes: Buffer) => `<Buffer ${words(bytes, 1)}>\n`,
  'Buffer as JSON': (bytes: Buffer) => `${JSON.stringify(bytes)}\n`,
  'ArrayBuffer of Node': (bytes: Buffer) =>
    `ArrayBuffer {\n  [Uint8Contents]: <${words(bytes, 1)}>,\n  byteLength: ${bytes.length}\n}\n`,
  'hex with dashes': (bytes: Buffer) =>
    `${bytes
      .toString('hex')
      .toUpperCase()
      .replaceAll(/..(?=.)/g, '$&-')}\n`,
  'hex in quotes': (bytes: Buffer) => `bytes.fromhex('${bytes.toString('hex')}')\n`,
  base64: (bytes: Buffer) => `${bytes.toString('base64').replaceAll(/.{76}(?=.)/g, '$&\n')}\n`,
  'base64 for URLs': (bytes: Buffer) => `${bytes.toString('base64url')}\n`,
  /** Of whole packets. */
  tcpdump: (bytes: Buffer) =>
    `10:32:31.090191 IP 10.0.0.1.5000 > 10.0.0.2.8008: Flags [P.], length 13\n` +
    rows(bytes, (at, part) => `\t0x${hex(at, 4)}:  ${words(part, 2)}`),
  'tcpdump -X': (bytes: Buffer) =>
    `IP 10.0.0.1.5000 > 10.0.0.2.8008: Flags [P.], length 13\n` +
    rows(bytes, (at, part) => `\t0x${hex(at, 4)}:  ${words(part, 2).padEnd(39)}  ${text(part).replaceAll(' ', '.')}`),
} satisfies Record<string, (bytes: Buffer) => string>;

/** Forms that hold whole packets and nothing else. */
export const PACKET_FORMS: readonly string[] = ['tcpdump', 'tcpdump -X'];

/** An IP packet with a TCP segment to port 8008 that carries a payload. */
export function ipPacket(payload: Buffer): Buffer {
  const tcp = Buffer.concat([
    Buffer.from('13881f480000000100000001501801000000000000', 'hex').subarray(0, 20),
    payload,
  ]);
  const ip = Buffer.from('45000000000040004006000000000000000000', 'hex');
  const header = Buffer.concat([ip, Buffer.alloc(20)]).subarray(0, 20);
  header.write('0a0000010a000002', 12, 'hex');
  header.writeUInt16BE(20 + tcp.length, 2);
  let sum = 0;
  for (let at = 0; at < 20; at += 2) sum += header.readUInt16BE(at);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  header.writeUInt16BE(0xffff - sum, 10);
  return Buffer.concat([header, tcp]);
}
