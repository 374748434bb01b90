import { describe, expect, it } from 'vitest';
import { readCapture } from '../hostile/read-capture.js';
import { isLoss } from '../../src/common/finding.js';
import { Talk } from '../hostile/talk.js';

const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
const SETTINGS = Buffer.from('000000040000000000', 'hex');
const UPGRADE =
  'GET / HTTP/1.1\r\nHost: h\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\nConnection: Upgrade, HTTP2-Settings\r\n\r\n';
const PLAIN = 'GET / HTTP/1.1\r\nHost: h\r\n\r\n';
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n';
const CONNECT = 'CONNECT h:80 HTTP/1.1\r\nHost: h\r\n\r\n';

const talks: readonly (readonly [name: string, talk: () => Talk])[] = [
  ['prior knowledge', () => new Talk().open().send(0, PREFACE).send(1, SETTINGS)],
  ['a preface in two segments', () => new Talk().open().send(0, PREFACE.slice(0, 7)).send(0, PREFACE.slice(7))],
  ['the server first', () => new Talk().open().send(1, SETTINGS).send(0, PREFACE)],
  [
    'an upgrade',
    () => new Talk().open().send(0, UPGRADE).send(1, 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n'),
  ],
  ['a tunnel', () => new Talk().open().send(0, CONNECT).send(1, 'HTTP/1.1 200 OK\r\n\r\n').send(0, PREFACE)],
  [
    'a preface of which the rest is missing',
    () => new Talk().open().send(0, PREFACE.slice(0, 16)).lose(0, 8).send(0, SETTINGS),
  ],
];

describe('HTTP/2 is told to be missing after', () => {
  it.each(talks)('%s', async (_name, talk) => {
    const { codes, findings } = await readCapture(talk().finish().pcap());
    expect(findings.filter(({ code }) => code === 'http2.not-decoded')).toHaveLength(1);
    expect(codes.filter((code) => code !== 'tcp.gap')).toEqual(['http2.not-decoded']);
    expect(isLoss('http2.not-decoded')).toBe(true);
  });
});

it('an upgrade to HTTP/2 that the server passes over is not one', async () => {
  const talk = new Talk().open().send(0, UPGRADE).send(1, OK).send(0, PLAIN).send(1, OK);
  expect((await readCapture(talk.finish().pcap())).codes).toEqual([]);
});
