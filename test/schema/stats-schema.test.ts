import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { run } from '../cli/fake-io.js';
import { KEY_LOGS, pathOf, readSchema, recordsIn, validator } from './schemas.js';

const GOLDEN = new URL('../../fixtures/golden/', import.meta.url);
/** Every capture that has golden output. */
const CAPTURES = readdirSync(GOLDEN, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.jsonl'))
  .map((name) => name.slice(0, -'.jsonl'.length))
  .sort();

const errorsOf = validator(readSchema('stats'));

describe('the schema of statistics', () => {
  it('accepts what is printed of every fixture, and knows every member', async () => {
    for (const name of CAPTURES) {
      const { stdout, code } = await run(['stats', '--json', '-q', ...KEY_LOGS, pathOf(name)]);
      expect(code, name).toBe(0);
      const records = recordsIn(stdout);
      for (const record of records) expect(errorsOf(record), name).toEqual([]);
      expect(records.at(-1), name).toMatchObject({ type: 'capture-stats', connections: records.length - 1 });
    }
  });

  it('refuses a member that is not there, and one that is missing', async () => {
    const { stdout } = await run(['stats', '--json', '-q', pathOf('ping-pong.pcap')]);
    const [record] = recordsIn(stdout);
    expect(errorsOf({ ...record, more: 1 })).not.toEqual([]);
    expect(errorsOf({ ...record, handshake: undefined })).not.toEqual([]);
    expect(errorsOf({ type: 'capture-stats' })).not.toEqual([]);
  });
});
