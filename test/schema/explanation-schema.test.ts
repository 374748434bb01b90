import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { run } from '../cli/fake-io.js';
import { explainedJson } from '../explain/explain.js';
import { FIXTURES } from '../fixtures/sent.js';
import { KEY_LOGS, pathOf, readSchema, recordsIn, validator } from './schemas.js';

const errorsOf = validator(readSchema('explanation'));

describe('the schema of explanations', () => {
  it.each(FIXTURES.map(({ name }) => name))('accepts the explanation of every frame of %s', async (name) => {
    const { code, stdout, stderr } = await run(['explain', '--json', '-q', ...KEY_LOGS, pathOf(name)]);
    // A capture without frames has nothing to explain.
    expect([code, stderr]).toEqual(code === 0 ? [0, ''] : [2, expect.stringContaining('no WebSocket frame is in it')]);
    for (const record of recordsIn(stdout)) expect(errorsOf(record), JSON.stringify(record)).toEqual([]);
  });

  it('accepts the explanation of any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 64 }), (bytes) => {
        const records = explainedJson(Buffer.from(bytes).toString('hex'));
        for (const record of records) expect(errorsOf(record), JSON.stringify(record)).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['a header that is cut', '81'],
    ['a payload that is cut', '8187e1a4c61d8cc5f46e'],
    ['a length above 2^53', '827f7fffffffffffffff'],
    ['a compressed message', 'c107f248cdc9c90700'],
    ['a close frame', '880503e8627965'],
    ['a frame and bytes behind it', '89008a00'],
  ])('accepts %s', (_what, hex) => {
    for (const record of explainedJson(hex)) expect(errorsOf(record), JSON.stringify(record)).toEqual([]);
  });

  describe('refuses', () => {
    const [frame] = explainedJson('8187e1a4c61d8cc5f46e80cfa7');
    const [cut] = explainedJson('81');
    const [field] = frame!['fields'] as object[];

    it.each([
      ['a member that it does not know', { ...frame, colour: 'red' }],
      [
        'a field that it does not know',
        { ...frame, fields: [...(frame!['fields'] as object[]), { ...field, name: 'x' }] },
      ],
      ['text and base64 together', { ...frame, base64: 'bWEyc2FrYQ==' }],
      ['missing bytes of a frame that is ok', { ...frame, missing: 3 }],
      ['a truncated frame that does not say how much is missing', { ...frame, status: 'truncated' }],
      ['a packet of no connection', { ...frame, packet: 1 }],
      ['a cut header that is ok', { ...cut, status: 'ok' }],
      ['a cut header with fields', { ...cut, fields: frame!['fields'] }],
    ])('%s', (_what, record) => {
      expect(errorsOf(record)).not.toEqual([]);
    });
  });
});
