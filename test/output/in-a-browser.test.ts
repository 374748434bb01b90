import { fileURLToPath } from 'node:url';
import { createContext, runInContext } from 'node:vm';
import { rolldown } from 'rolldown';
import { expect, it } from 'vitest';
import { toRecord } from '../../src/output/records/record-fields.js';
import type * as RecordFields from '../../src/output/records/record-fields.js';
import type * as Sanitize from '../../src/output/sanitize.js';
import { AT, CONNECTION, frame, message } from './events.js';

/** Loads modules of src/output/ where nothing of Node is: no `Buffer`, no `process`, no `require`. */
async function loadInBrowser(): Promise<typeof RecordFields & typeof Sanitize> {
  const folder = fileURLToPath(new URL('../../src/output/', import.meta.url));
  const entry = `export * from ${JSON.stringify(`${folder}records/record-fields.ts`)};
    export * from ${JSON.stringify(`${folder}sanitize.ts`)};`;
  const bundle = await rolldown({
    input: 'entry',
    platform: 'browser',
    plugins: [
      {
        name: 'entry',
        resolveId: (id) => (id === 'entry' ? id : undefined),
        load: (id) => (id === 'entry' ? entry : undefined),
      },
    ],
  });
  const { output } = await bundle.generate({ format: 'iife', name: 'library' });
  await bundle.close();
  const context = createContext({ TextDecoder, btoa });
  return runInContext(`${output[0].code}\nlibrary;`, context) as typeof RecordFields & typeof Sanitize;
}

it('records and safe text are made in a browser as they are in Node', async () => {
  const browser = await loadInBrowser();
  const payloads = ['ma2saka', '日本 \ufffd', 'ff00', '03e8', '03e8ff', ''].map((text) =>
    /^(?:ff|03)/.test(text) ? Buffer.from(text, 'hex') : Buffer.from(text),
  );
  for (const payload of payloads) {
    const bytes = new Uint8Array(payload);
    for (const opcode of [1, 2, 8]) {
      const sent = frame({ opcode, payload, at: AT }, CONNECTION);
      const said = message({ opcode, payload, isText: opcode === 1 });
      const inBrowser = [
        browser.toRecord({ ...sent, frame: { ...sent.frame, payload: bytes as Buffer } }),
        browser.toRecord({ ...said, message: { ...said.message, payload: bytes as Buffer } }),
      ];
      expect(JSON.parse(JSON.stringify(inBrowser))).toEqual([toRecord(sent), toRecord(said)]);
    }
  }
  expect(browser.sanitizeBytes(Uint8Array.of(0x61, 0x1b, 0xff, 0xc3, 0xa9))).toBe('(escaped) a\\x1b\\xffé');
});
