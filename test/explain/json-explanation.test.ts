import { describe, expect, it } from 'vitest';
import { explainedJson } from './explain.js';

describe('an explanation as JSON', () => {
  it('has every field with its place, bits, hex, meaning and section', () => {
    const [first, ...rest] = explainedJson('8187e1a4c61d8cc5f46e80cfa7');
    expect(rest).toEqual([]);
    expect(first).toMatchObject({
      type: 'explanation',
      number: 1,
      direction: 'client-to-server',
      directionByMask: true,
      offset: 0,
      header: '8187e1a4c61d',
      payloadLength: 7,
      opcodeName: 'text',
      text: 'ma2saka',
      status: 'ok',
    });
    expect((first!.fields as object[]).slice(0, 1)).toEqual([
      {
        name: 'FIN',
        offset: 0,
        bit: 0,
        bits: 1,
        binary: '1',
        hex: '80',
        value: '1',
        meaning: 'the last frame of its message, and the first: the message is this one frame',
        rfc: 'RFC 6455 5.2',
      },
    ]);
    expect((first!.fields as { name: string }[]).map(({ name }) => name)).toEqual([
      'FIN',
      'RSV1',
      'RSV2',
      'RSV3',
      'opcode',
      'MASK',
      'Payload len',
      'Masking-key',
      'Payload data',
    ]);
    expect((first!.unmasking as object[])[0]).toEqual({ index: 0, masked: '8c', key: 'e1', plain: '6d' });
  });

  it('says how many bytes are missing, and what follows', () => {
    expect(explainedJson('8187e1a4c61d8cc5f46e')).toMatchObject([{ status: 'truncated', needed: 3, missing: 3 }]);
    expect(explainedJson('81')).toMatchObject([{ header: '81', status: 'truncated', needed: 1 }]);
    expect(explainedJson('89008a00')).toMatchObject([{ following: 2 }, { number: 2, offset: 2 }]);
  });

  it('has the inflated message beside the compressed payload', () => {
    const [first] = explainedJson('c1 07 f2 48 cd c9 c9 07 00');
    expect(first).toMatchObject({ base64: '8kjNyckHAA==', message: { compressed: true, text: 'Hello', length: 5 } });
  });

  it('names close codes', () => {
    expect(explainedJson('88 05 03e8 627965')).toMatchObject([
      { closeCode: 1000, closeCodeName: 'normal closure', closeReason: 'bye' },
    ]);
  });

  it('gives a length that JSON’s readers cannot hold as its digits', () => {
    expect(explainedJson('827f7fffffffffffffff')).toMatchObject([{ payloadLength: '9223372036854775807' }]);
  });

  it('lists what is wrong', () => {
    expect(explainedJson('8300')).toMatchObject([{ findings: [{ code: 'ws.reserved-opcode', severity: 'error' }] }]);
  });

  it('keeps text that is not UTF-8 as base64', () => {
    expect(explainedJson('8102c328')).toMatchObject([{ base64: 'wyg=' }]);
  });
});
