import { describe, expect, it } from 'vitest';
import { decodeMultipathOption } from '../../src/tcp/multipath-option.js';

const decode = (hex: string): unknown => decodeMultipathOption(Buffer.from(hex, 'hex'));

describe('the Multipath TCP option (RFC 8684 section 3)', () => {
  it('has the keys of both sides when a connection begins', () => {
    expect(decode('1e040181')).toMatchObject({ kind: 'capable', version: 1, senderKey: undefined });
    const both = decodeMultipathOption(Buffer.from(`1e140081${'01'.repeat(8)}${'02'.repeat(8)}`, 'hex'));
    expect(both).toMatchObject({ version: 0, senderKey: Buffer.alloc(8, 1), receiverKey: Buffer.alloc(8, 2) });
  });

  it('names a connection by its token when a subflow is added', () => {
    expect(decode('1e0c1001fffffffe6e6e6e6e')).toEqual({ kind: 'join', token: -2 });
    expect(decode(`1e101001${'00'.repeat(12)}`)).toEqual({ kind: 'join', token: undefined });
  });

  it.each([
    ['1e142005000000070000000900000003000a0000', 7, 9, 3, 10],
    ['1e1c200f00000000000000070000000000000009 00000003000a0000'.replace(' ', ''), 7, 9, 3, 10],
    ['1e102004000000090000000300000000', undefined, 9, 3, 0],
  ])('maps bytes of a subflow to the connection: %s', (hex, acknowledgment, dataSequence, subflowOffset, length) => {
    const mapping = { dataSequence, subflowOffset, length };
    expect(decode(hex)).toEqual({ kind: 'data', acknowledgment, mapping, isEnd: false });
  });

  it('says that the connection ends, and may only acknowledge', () => {
    expect(decode('1e14201500000007000000090000000000010000')).toMatchObject({ isEnd: true });
    expect(decode('1e08200100000007')).toEqual({ kind: 'data', acknowledgment: 7, mapping: undefined, isEnd: false });
  });

  it('is nothing where it is shorter than it says, or of a subtype that orders nothing', () => {
    for (const hex of ['1e03', '1e062001', '1e0a20050000000700', '1e083000']) expect(decode(hex)).toBeUndefined();
  });
});
