import { describe, expect, test } from 'vitest';
import { readPrelude } from '../../src/http/proxy-prelude.js';

function hex(text: string): Buffer {
  return Buffer.from(text.replaceAll(' ', ''), 'hex');
}

const PRELUDES: [name: string, of: string, bytes: Buffer][] = [
  ['SOCKS 5 client, IPv4', 'client', hex('05 01 00 05 01 00 01 7f000001 1f90')],
  ['SOCKS 5 client, domain, user and password', 'client', hex('05 02 00 02 01 02 6162 01 63 05 01 00 03 01 61 0050')],
  ['SOCKS 5 client, IPv6', 'client', hex('05 01 00 05 01 00 04 00000000000000000000000000000001 0050')],
  ['SOCKS 5 proxy', 'proxy', hex('05 00 05 00 00 01 00000000 0000')],
  ['SOCKS 5 proxy, user and password, IPv6', 'proxy', hex(`05 02 01 00 05 00 00 04 ${'00'.repeat(16)} 0000`)],
  ['SOCKS 4 client', 'client', hex('04 01 0050 01020304 6d65 00')],
  ['SOCKS 4a client', 'client', hex('04 01 0050 00000001 00 686f7374 00')],
  ['SOCKS 4 proxy', 'proxy', hex('00 5a 0000 00000000')],
  ['PROXY version 1', 'balancer', Buffer.from('PROXY TCP6 ::1 ::1 5000 80\r\n')],
  ['PROXY version 1, unknown', 'balancer', Buffer.from('PROXY UNKNOWN\r\n')],
  ['PROXY version 2', 'balancer', hex('0d0a0d0a000d0a515549540a 21 11 000c 7f000001 7f000001 1388 0050')],
];

describe('readPrelude', () => {
  test.each(PRELUDES)('reads %s', (_name, of, bytes) => {
    expect(readPrelude(bytes)).toEqual({ of, length: bytes.length });
    expect(readPrelude(Buffer.concat([bytes, hex('1603010000')]))).toEqual({ of, length: bytes.length });
  });

  test.each(PRELUDES)('waits for all of %s', (_name, _of, bytes) => {
    for (let length = 1; length < bytes.length; length++) expect(readPrelude(bytes.subarray(0, length))).toBe('more');
  });

  test.each([
    ['a greeting without methods', '05 00 05 01'],
    ['a command other than CONNECT', '05 01 00 05 02 00'],
    ['a reserved byte', '05 01 00 05 01 01'],
    ['an unknown address type', '05 01 00 05 01 00 02 00'],
    ['another version after the greeting', '05 01 00 06'],
    ['a refusal', '05 00 05 01'],
    ['a refused password', '05 02 01 01 00'],
    ['another protocol of passwords', '05 02 02 02 00'],
    ['SOCKS 4 BIND', '04 02'],
    ['a SOCKS 4 refusal', '00 5b'],
    ['a frame', '81 80'],
    ['a line like that of a balancer without end', Buffer.from('PROXY '.padEnd(107, 'x')).toString('hex')],
    ['a SOCKS 4 user without end', `04 01 0050 01020304 ${'61'.repeat(256)}`],
    ['a SOCKS 4a name without end', `04 01 0050 00000001 00 ${'61'.repeat(256)}`],
  ])('does not take %s for one', (_name, bytes) => {
    expect(readPrelude(hex(bytes))).toBe('no');
  });
});
