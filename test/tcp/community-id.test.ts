import { describe, expect, it } from 'vitest';
import { communityId, type FlowEnd } from '../../src/tcp/community-id.js';

const v4 = (address: string, port: number): FlowEnd => ({ address: Uint8Array.from(address.split('.'), Number), port });
const LOOPBACK6 = Uint8Array.of(...Array<number>(15).fill(0), 1);

const v6 = (groups: string, port: number): FlowEnd => ({
  address: Buffer.from(groups.replaceAll(' ', ''), 'hex'),
  port,
});

// The first two are the connections of TCP in the baseline that the specification publishes (version 1, seed 0, base64); the
// others are what tshark 4 says of our own recordings.
const VECTORS: readonly (readonly [string, FlowEnd, FlowEnd])[] = [
  ['1:LQU9qZlK+B5F3KDmev6m5PMibrg=', v4('128.232.110.120', 34855), v4('66.35.250.204', 80)],
  [
    '1:/qFaeAR+gFe1KYjMzVDsMv+wgU4=',
    v6('2001 0470 e5bf dead 4957 2174 e82c 4887', 63943),
    v6('2607 f8b0 400c 0c03 0000 0000 0000 001a', 25),
  ],
  ['1:TCCPBRbAM345KXTNnIaUXbc70j4=', v4('127.0.0.1', 48508), v4('127.0.0.1', 8008)],
  ['1:qu5JNquqHuomYNDaN6Mqkh7xXaw=', { address: LOOPBACK6, port: 44254 }, { address: LOOPBACK6, port: 8008 }],
];

describe('the Community ID', () => {
  it.each(VECTORS)('is %s, whichever end comes first', (expected, one, other) => {
    expect(communityId(one, other)).toBe(expected);
    expect(communityId(other, one)).toBe(expected);
  });

  it('is another one for each port and address', () => {
    const ids = [0, 1, 2, 3].map((i) => communityId(v4(`10.0.0.${i % 2}`, 80 + i), v4('10.0.0.9', 80)));
    expect(new Set(ids).size).toBe(4);
  });
});
