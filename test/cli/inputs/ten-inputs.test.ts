import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writePcap } from '../../../src/capture/pcap/pcap-writer.js';
import { PcapReader } from '../../../src/capture/pcap/pcap.js';
import { read } from '../../capture/read.js';
import { fixture } from '../../export/har.js';
import { ARTICLE, dumpForms } from '../../support/dumps.js';
import { run } from '../fake-io.js';

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'wsdissect-ten-'))));
afterAll(() => rmSync(folder, { recursive: true }));

function put(name: string, bytes: Uint8Array | string): string {
  const path = join(folder, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, bytes);
  return path;
}

/** A capture of the article's session in so many files, as `tcpdump -C` names them. */
function rotation(files: number): string[] {
  const { packets } = read(PcapReader, [readFileSync(fixture('send-both.pcap'))]);
  return Array.from({ length: files }, (_, index) => {
    const part = packets.slice((packets.length * index) / files, (packets.length * (index + 1)) / files);
    const written = part.map(({ at, bytes }) => ({ seconds: at.seconds, nanoseconds: at.nanoseconds, bytes }));
    return put(`ring/chat.pcap${index}`, writePcap(written, { linkType: 1 }));
  });
}

/** What a newcomer has at hand: a name, and what is done with it. */
const INPUTS: readonly (readonly [what: string, argv: () => string[]])[] = [
  ['a capture', () => [fixture('send-both.pcap').pathname]],
  ['the files of a rotation', () => rotation(3)],
  [
    'a directory with notes beside the captures',
    () => {
      put('folder/notes.txt', 'words\n');
      put('folder/below/chat.pcapng', readFileSync(fixture('send-both.pcapng')));
      return [join(folder, 'folder')];
    },
  ],
  ['a gzipped capture', () => [put('chat.pcap.gz', gzipSync(readFileSync(fixture('send.pcap'))))]],
  ['a dump pasted from a terminal', () => [put('paste.txt', dumpForms['hexdump -C'](ARTICLE))]],
  [
    'bytes out of a debugger',
    () => [put('debugger.txt', `<Buffer ${ARTICLE.toString('hex').replace(/..(?=.)/g, '$& ')}>\n`)],
  ],
  ['frames in binary', () => [put('frames.bin', ARTICLE)]],
  ['a HAR file', () => [fixture('logs/playwright.har').pathname]],
  ['a NetLog', () => [fixture('logs/wss-deflate.netlog.json').pathname]],
  ["tshark's habit", () => ['-r', fixture('send.pcap').pathname]],
];

describe("a newcomer's ten inputs", () => {
  it.each(INPUTS)('print the text without an option: %s', async (_, argv) => {
    const { code, stdout } = await run(argv());
    expect(code).toBe(0);
    expect(stdout).toContain('ma2saka');
  });

  it('and a capture that comes over TCP', async () => {
    const server = createServer((socket) => socket.end(readFileSync(fixture('send.pcap'))));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { stdout } = await run([`tcp://127.0.0.1:${(server.address() as AddressInfo).port}`]);
    server.close();
    expect(stdout).toContain('ma2saka');
  });

  it.each<[what: string, argv: () => string[], said: RegExp]>([
    ['an empty file', () => [put('empty.pcap', '')], /the input is empty/],
    ['a picture', () => [put('picture.png', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'))], /not a capture/],
    ['a web page', () => [put('page.html', '<!doctype html><title>x</title>\n')], /XML or HTML text/],
    ['other JSON', () => [put('data.json', '{"face":[1,2,3]}\n')], /JSON text/],
    [
      'a HAR without a WebSocket',
      () => [put('plain.har', '{"log":{"entries":[{"request":{}}]}}')],
      /no WebSocket in a HAR file of 1 entry/,
    ],
    [
      'a NetLog without bytes',
      () => [fixture('logs/no-bytes.netlog.json').pathname],
      /--net-log-capture-mode=Everything/,
    ],
    ['a dump with a line missing', () => [put('gap.txt', '0000  81 87\n0020  81 87\n')], /line 2|offset/],
    ['hex where a file was meant', () => ['8187e1a4c61d8cc5f46e80cfa7'], /wsdissect explain/],
    ['a file that is not there', () => [join(folder, 'nothing.pcap')], /no such file/],
    ['an empty directory', () => [join(put('hollow/x', ''), '..')], /no capture is in this directory/],
  ])('of which the wrong one is one clear line: %s', async (_, argv, said) => {
    const { stdout, stderr } = await run(argv());
    expect(stdout).toBe('');
    expect(stderr).toMatch(said);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});
