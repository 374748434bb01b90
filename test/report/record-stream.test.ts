import { inflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { RecordStream } from '../../src/report/record-stream.js';

/** Words that hardly compress, so that blocks take some time. */
function noise(length: number, seed: number): string {
  let state = seed;
  let text = '';
  while (text.length < length) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    text += state.toString(36);
  }
  return text;
}

/** Lines as a report has them, now and then a very long one. @returns the pieces, and how often it had to wait */
async function written(others: number): Promise<{ readonly page: string; readonly waits: number }> {
  const stream = new RecordStream(others);
  let page = '';
  let waits = 0;
  for (let number = 0; number < 200; number++) {
    stream.line({ number, text: noise(number % 150 === 7 ? 2_000_000 : 3000, number) });
    const taken = stream.take();
    if (taken instanceof Promise) waits++;
    for (const piece of await taken) page += piece.toString('latin1');
  }
  for (const piece of await stream.end()) page += piece.toString('latin1');
  return { page, waits };
}

describe('the lines of a page', () => {
  it('are the same bytes whichever thread compresses them', async () => {
    const one = await written(0);
    expect(one.waits).toBe(0);
    const lines = inflateRawSync(Buffer.from(one.page, 'base64')).toString('utf8').trimEnd().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { number: number }).number)).toEqual([...lines.keys()]);
    for (const others of [1, 2, 7]) {
      const several = await written(others);
      expect(several.page === one.page, `with ${others} other threads`).toBe(true);
      expect(several.waits).toBeGreaterThan(0);
    }
  });

  it('are a whole stream where there are none', async () => {
    for (const others of [0, 3]) {
      const page = Buffer.concat(await new RecordStream(others).end()).toString('latin1');
      expect(inflateRawSync(Buffer.from(page, 'base64')).length).toBe(0);
    }
  });
});
