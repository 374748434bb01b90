import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Context, type Shown } from '../../src/cli/options/context.js';
import { finding } from '../../src/common/finding.js';
import type { DissectEvent } from '../../src/events.js';
import { completing, frame, message } from '../output/events.js';
import { pathOf, recordsIn } from '../schema/schemas.js';
import { run } from './fake-io.js';

const TWO = pathOf('two-connections.pcap');

async function texts(...argv: string[]): Promise<unknown[]> {
  const { code, stdout, stderr } = await run(['messages', '--json', '-q', ...argv]);
  expect([code, stderr]).toEqual([0, '']);
  return recordsIn(stdout).map((row) => row['text'] ?? row['opcodeName']);
}

/** What is shown of records of which some are chosen, as grep would: `2: a|b`, groups with a bar between them. */
function grep(chosen: readonly boolean[], around: number): string {
  const isNear = (at: number): boolean => chosen.some((isChosen, index) => isChosen && Math.abs(at - index) <= around);
  const shown = [...chosen.keys()].filter(isNear);
  return shown.map((at, index) => (index > 0 && shown[index - 1]! + 1 < at ? `|${at}` : String(at))).join(' ');
}

describe('--context', () => {
  it('shows what grep would show, whatever is chosen', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 30 }), fc.integer({ min: 1, max: 5 }), (chosen, around) => {
        const messages = chosen.map((_, index) => message({ payload: String(index) }));
        const shown: string[] = [];
        const seen: DissectEvent[] = [];
        let bar = '';
        const context = new Context('message', around, () => true, {
          shown: (event, how) => {
            seen.push(event);
            if (how !== 'left-out') shown.push(`${bar}${messages.indexOf(event as (typeof messages)[0])}`);
            if (how !== 'left-out') bar = '';
          },
          separate: () => (bar = '|'),
        });
        messages.forEach((event, index) => context.event(event, chosen[index]!));
        context.end();
        expect(shown.join(' ')).toBe(grep(chosen, around));
        expect(seen).toEqual(messages);
      }),
    );
  });

  it('keeps a frame and its message together, and findings in their place', () => {
    const [before, its] = completing(frame(), message());
    const chosen = frame();
    const found: DissectEvent = { type: 'finding', packet: 4, number: 9, finding: finding('tcp.gap', 'x') };
    const told: [DissectEvent, Shown][] = [];
    const listener = { shown: (event: DissectEvent, how: Shown) => void told.push([event, how]), separate: () => undefined }; // prettier-ignore
    const context = new Context('frame', 1, () => true, listener);
    for (const event of [before, its, found]) context.event(event, false);
    expect(told).toEqual([]);
    context.event(chosen, true);
    expect(told).toEqual([
      [before, 'around'],
      [its, 'around'],
      [found, 'around'],
      [chosen, 'chosen'],
    ]);
  });

  it('shows messages around those that are chosen', async () => {
    const all = await texts(TWO);
    const at = all.indexOf('second 2');
    expect(await texts('--match', '^second 2$', '--context', '2', TWO)).toEqual(all.slice(at - 2, at + 3));
    expect(await texts('--where', 'text == "second 2"', '-C', '1', TWO)).toEqual(all.slice(at - 1, at + 2));
    expect(await texts('--match', '^second 2$', '-C', '2', '-c', '1', TWO)).toEqual(all.slice(at - 2, at + 3));
  });

  it('has a line in text where something is left out', async () => {
    const { stdout } = await run(['messages', '--brief', '-q', '-m', '^(first 0|second 4)$', '-C', '1', TWO]);
    expect(stdout.split('\n').filter((line) => line === '--')).toHaveLength(1);
    expect(stdout.startsWith('--')).toBe(false);
    const { stdout: long } = await run(['-q', '-m', '^(first 0|second 4)$', '-C', '1', TWO]);
    expect(long).toContain('\n--\n\n#');
  });

  it('leaves out connections that are not chosen', async () => {
    const one = await texts('--where', 'text == "second 2"', '-C', '9', '--stream', '1', TWO);
    expect(one.length).toBeGreaterThan(5);
    expect(one.some((text) => String(text).includes('first'))).toBe(false);
    expect(await texts('--url', 'nowhere', '--match', 'second', '-C', '3', TWO)).toEqual([]);
  });

  it('is refused where nothing is chosen', async () => {
    const { code, stderr } = await run(['messages', '-C', '1', TWO]);
    expect([code, stderr]).toEqual([
      2,
      'wsdissect: --context shows what is around what other options select: give one that does, such as --match or --where\n',
    ]);
  });
});
