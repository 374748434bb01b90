import { encodeMessage, type MessageShape } from '../../src/encode/encode-message.js';
import { Talk } from '../hostile/talk.js';
import { answer, CLIENT_START, connect, data, SERVER_START } from '../support/http2.js';
import { PcapngBuilder } from '../support/pcapng.js';

/** The rule that names everything that is planted. */
export const PLANTED_RULES = `redact:\n  - pattern: "SEKRET-[0-9]{3}-[A-Za-zé0-9]+"\n`;

let planted = 0;

/** A value like no other, with the place that it is planted in. */
function secret(place: string): string {
  return `SEKRET-${String(planted++).padStart(3, '0')}-${place}`;
}

const key = (): Uint8Array => Uint8Array.from([0x37, 0xfa, 0x21, 0x3d]);
const frames = (payload: string | Buffer, more: Partial<MessageShape> = {}): Buffer =>
  Buffer.concat(encodeMessage({ payload: Buffer.from(payload), maskingKey: key, ...more }));

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const hex = (text: string, between = ''): string =>
  Buffer.from(text)
    .toString('hex')
    .replace(/..(?=.)/g, `$&${between}`);
const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le');
const each = (text: string, write: (code: number) => string): string => [...Buffer.from(text)].map(write).join('');
const twoDigits = (code: number): string => code.toString(16).padStart(2, '0');
const escaped = (text: string): string => each(text, (code) => `\\u00${twoDigits(code)}`);
const percent = (text: string): string => each(text, (code) => `%${twoDigits(code)}`);

function handshake(): readonly [request: string, response: string] {
  const query = `q=${secret('query')}&b=${base64(secret('query64'))}&h=${hex(secret('queryHex'))}#${secret('fragment')}`;
  return [
    `GET /${secret('path')}/${percent(secret('pathPercent'))}?${query} HTTP/1.1\r\n` +
      'Host: example.test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n' +
      `Sec-WebSocket-Version: 13, ${secret('version')}\r\nOrigin: https://${secret('origin')}.test\r\n` +
      `X-${secret('fieldName')}: a\r\nX-A: ${secret('field')}\r\nX-Folded: a\r\n ${secret('folded')}\r\n` +
      `Authorization: Basic ${base64(`user:${secret('basic')}`)}\r\n` +
      `X-Wide: ${Buffer.from(secret('hé')).toString('latin1')}\r\n` +
      `Sec-WebSocket-Protocol: chat, ${secret('offer')}, x.${base64(secret('offer64')).replace(/=/g, '')}\r\n` +
      `Sec-WebSocket-Extensions: permessage-deflate; ${secret('parameter')}, ${secret('extension')}\r\n\r\n`,
    `HTTP/1.1 101 ${secret('reasonPhrase')}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
      `Sec-WebSocket-Accept: ${secret('accept')}\r\nSet-Cookie: a=${secret('setCookie')}\r\n` +
      `Sec-WebSocket-Protocol: ${secret('choice')}\r\nSec-WebSocket-Extensions: ${secret('agreed')}\r\n\r\n`,
  ];
}

/** Messages with a secret in each form in which one may be written. */
function messages(): Buffer[] {
  const binary = { opcode: 2 };
  return [
    frames(`text ${secret('text')}`),
    frames(`{"a":"${escaped(secret('escaped'))}"}`),
    frames(`{"a":"${escaped(secret('escapedTwice')).replaceAll('\\', '\\\\')}"}`),
    frames(`x=${percent(secret('percent'))} ${percent(percent(secret('percentTwice')))}`),
    frames(`${base64(secret('b'))} ${base64(`a${secret('ab')}`)} ${base64(`ab${secret('abc')}`)}`),
    frames(`{"b":"${base64(JSON.stringify({ x: secret('jsonIn64') }))}","c":"${base64(base64(secret('twice64')))}"}`),
    frames(`u ${Buffer.from(`?>${secret('url64')}`).toString('base64url')} data:;base64,${base64(secret('data'))}`),
    frames(`eyJhbGciOiJIUzI1NiJ9.${Buffer.from(JSON.stringify({ sub: secret('jwt') })).toString('base64url')}.c2ln`, {
      fragmentLength: 7,
    }),
    frames(`${hex(secret('hex'))} ${hex(secret('HEX')).toUpperCase()} 0${hex(secret('oddHex'))}`),
    frames(`${hex(secret('spaced'), ' ')}; ${hex(secret('colons'), ':')}`),
    frames(
      `${each(secret('x'), (code) => `\\x${twoDigits(code)}`)} ` +
        each(secret('u'), (code) => `\\u{${twoDigits(code)}}`),
    ),
    frames(
      `${each(secret('references'), (code) => `&#${code};`)} ` +
        each(secret('hexReferences'), (code) => `&#x${twoDigits(code)};`),
    ),
    frames(utf16(`v ${secret('utf16')}`), binary),
    frames(utf16(`v ${secret('utf16be')}`).swap16(), binary),
    frames(Buffer.concat([Buffer.from([9]), utf16(secret('utf16Odd'))]), binary),
    frames(Buffer.concat([Buffer.from([0xff, 0]), Buffer.from(secret('bytes')), Buffer.from([0xfe])]), binary),
    frames(Buffer.concat([Buffer.from([0xff, 0]), Buffer.from(base64(secret('bytes64')))]), binary),
    frames(
      `in noise ${Buffer.concat([Buffer.from([0xff, 0, 1]), Buffer.from(secret('noise')), Buffer.from([0xfe])]).toString('base64')}`,
    ),
    frames(secret('ping'), { opcode: 9 }),
    frames(base64(secret('pong')), { opcode: 10 }),
    frames(`in fragments ${secret('fragments')}`, { fragmentLength: 9 }),
    frames(`in fragments ${base64(secret('fragments64'))}`, { fragmentLength: 9 }),
    frames(`with RSV2 ${secret('rsv2')}`, { rsv2: true }),
    frames(`opcode 3 ${secret('opcode3')}`, { opcode: 3 }),
    frames(`without its end ${secret('unfinished')}`, { fin: false }),
    frames(Buffer.concat([Buffer.from([3, 232]), Buffer.from(secret('close'))]), { opcode: 8 }),
    frames(`after the close ${secret('late')}`),
  ];
}

/** Captures with a secret in every place that a form has. */
export function plantedCaptures(): Record<string, Buffer> {
  const [request, response] = handshake();
  const talk = new Talk().open().send(0, request).send(1, response);
  for (const message of messages()) talk.send(0, message);
  talk.send(1, Buffer.concat(encodeMessage({ payload: Buffer.from(secret('server')) }))).finish();

  const refused = new Talk().open().send(0, request);
  refused.send(
    1,
    `HTTP/1.1 401 ${secret('refusal')}\r\nWWW-Authenticate: Basic realm="${secret('realm')}"\r\nContent-Length: 40\r\n\r\n` +
      secret('body').padEnd(40),
  );
  const proxied = new Talk().open();
  proxied.send(
    0,
    `CONNECT ${secret('proxied')}.test:80 HTTP/1.1\r\nHost: a\r\nProxy-Authorization: ${secret('proxy')}\r\n\r\n`,
  );
  proxied
    .send(1, `HTTP/1.1 200 ${secret('proxyReason')}\r\n\r\n`)
    .send(0, request)
    .send(1, response);
  proxied.send(0, frames('x'));
  return {
    pcap: talk.pcap(),
    pcapng: pcapng(talk.packets),
    'http/2': http2(),
    refused: refused.finish().pcap(),
    proxied: proxied.finish().pcap(),
    har: Buffer.from(JSON.stringify(har())),
  };
}

function http2(): Buffer {
  const talk = new Talk().open().send(0, CLIENT_START).send(1, SERVER_START);
  const fields = {
    ':path': `/${secret('h2Path')}?a=${secret('h2Query')}`,
    ':authority': `${secret('h2Authority')}.test`,
    'x-a': secret('h2Field'),
    'sec-websocket-protocol': secret('h2Offer'),
    origin: `https://${secret('h2Origin')}`,
  };
  talk
    .send(0, connect(1, fields))
    .send(1, answer(1, { 'x-b': secret('h2Answer'), 'sec-websocket-protocol': secret('h2Choice') }));
  for (const text of [secret('h2Text'), base64(secret('h264'))]) talk.send(0, data(1, frames(`h2 ${text}`)));
  talk.send(0, connect(3, { ':path': '/refused' }));
  return talk
    .send(1, answer(3, { ':status': '403', 'x-b': secret('h2Refusal') }))
    .finish()
    .pcap();
}

/** The same packets, with a secret in each block and comment. */
function pcapng(packets: readonly Buffer[]): Buffer {
  const blocks = new PcapngBuilder();
  const options = (...names: readonly (readonly [code: number, place: string])[]): Buffer =>
    Buffer.concat([...names.map(([code, place]) => blocks.option(code, Buffer.from(secret(place)))), blocks.u32(0)]);
  const names = Buffer.concat([Buffer.from([10, 0, 0, 1]), Buffer.from(`${secret('resolved')}\0`)]);
  const section = [blocks.u32(0x1a2b3c4d), blocks.u16(1), blocks.u16(0), blocks.u64(-1n)];
  return Buffer.concat([
    blocks.block(
      0x0a0d0d0a,
      Buffer.concat([...section, options([1, 'comment'], [2, 'hardware'], [3, 'os'], [4, 'program'])]),
    ),
    blocks.interface(101, 0, [options([1, 'interfaceComment'], [2, 'interface'], [3, 'description'], [11, 'filter'])]),
    blocks.secrets(0x544c534b, `# ${secret('keyLog')}\nCLIENT_RANDOM ${'0'.repeat(64)} ${'1'.repeat(96)}\n`),
    blocks.block(
      4,
      Buffer.concat([
        ...[blocks.u16(1), blocks.u16(names.length), names, Buffer.alloc(-names.length & 3), blocks.u32(0)],
        options([1, 'namesComment']),
      ]),
    ),
    ...packets.map((bytes) => blocks.packet(bytes, { options: [options([1, 'packetComment'])] })),
    blocks.block(0xbad, Buffer.concat([blocks.u32(0x7ed9), Buffer.from(secret('custom'))])),
  ]);
}

function har(): unknown {
  const field = (name: string, place: string): unknown => ({ name, value: secret(place) });
  const entry = {
    startedDateTime: '2026-01-01T00:00:00Z',
    ...{ time: 1, comment: secret('comment'), _resourceType: 'websocket', serverIPAddress: '10.0.0.1' },
    request: {
      ...{ method: 'GET', httpVersion: 'HTTP/1.1', headersSize: -1, bodySize: 0 },
      url: `wss://example.test/${secret('harPath')}?t=${base64(secret('harQuery'))}`,
      headers: [
        field('Cookie', 'harCookie'),
        field('Sec-WebSocket-Protocol', 'harOffer'),
        field('Origin', 'harOrigin'),
      ],
      cookies: [field('a', 'cookie')],
      queryString: [field('t', 'parameter')],
    },
    response: {
      ...{ status: 101, statusText: secret('harReason'), httpVersion: 'HTTP/1.1', headersSize: -1, bodySize: 0 },
      ...{ cookies: [], redirectURL: secret('redirect'), content: { size: 0, mimeType: 'x', text: secret('content') } },
      headers: [field('Sec-WebSocket-Protocol', 'harChoice'), field('x', 'harField')],
    },
    ...{ cache: {}, timings: { send: 0, wait: 0, receive: 0 } },
    _webSocketMessages: [
      { type: 'send', time: 1, opcode: 1, data: `text ${secret('harText')}` },
      { type: 'receive', time: 2, opcode: 2, data: base64(secret('harBytes')) },
      { type: 'receive', time: 2, opcode: 1, data: `b ${base64(secret('har64'))}` },
      { type: 'error', time: 3, opcode: -1, data: secret('harError') },
      { type: 'send', time: 4, opcode: 8, data: base64(`\x03\xe8${secret('harClose')}`) },
    ],
  };
  return { log: { version: '1.2', comment: secret('log'), creator: field('a', 'creator'), entries: [entry] } };
}

/** What shows that a planted value still stands in a text, in one form or another. */
const MARKS: readonly RegExp[] = [
  /SEKRET-/,
  // The same in base64, for each of the three places in which it may begin.
  /U0VLUkVUL/,
  /NFS1JFVC/,
  /TRUtSRV/,
  // In base64 of that.
  /VTBWTFVrVlVM/,
  /53454b5245542d/i,
  /53[ :]45[ :]4b[ :]52[ :]45[ :]54/i,
  /S\0E\0K\0R\0E\0T\0/,
  /(?:\\+(?:u00|x|u\{)[2-7][0-9a-f]\}?){8}/i,
  /(?:%(?:25|%[0-9a-f]{2})*[2-7][0-9a-f]){8}/i,
  /(?:&(?:amp;)*#x?[0-9a-f]+;){8}/i,
];

/** Where planted values still stand in what was written. */
export function marksIn(outputs: ReadonlyMap<string, Buffer>): string[] {
  return [...outputs].flatMap(([name, bytes]) => {
    const latin = bytes.toString('latin1');
    // Rows of hex are broken by addresses and columns.
    const texts = [latin, bytes.toString('utf8'), latin.replace(/\s/g, '')];
    return MARKS.flatMap((mark) => {
      const found = texts.map((text) => mark.exec(text)).find((match) => match !== null);
      return found === undefined ? [] : [`${name}: ${found.input.slice(found.index - 20, found.index + 60)}`];
    });
  });
}
