import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Context, type Shown } from '../../../src/cli/options/context.js';
import { finding } from '../../../src/common/finding.js';
import type { DissectEvent } from '../../../src/events.js';
import { completing, frame, message } from '../../output/events.js';
import { pathOf, recordsIn } from '../../schema/schemas.js';
import { run } from '../fake-io.js';

const TWO = pathOf('two-connections.pcap');
const CHAT = pathOf('socketio-websocket.pcap');
const RPC = pathOf('ping-pong.pcap');

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

  it('shows connections around those that are chosen', async () => {
    const all = await run(['connections', '-q', TWO]);
    const around = await run(['connections', '-q', '--where', 'stream == 1', '-C', '1', TWO]);
    expect(around.stdout).toBe(all.stdout);
    const three = [CHAT, TWO, TWO];
    const found = await run(['connections', '-q', '--where', 'stream == 0', '-C', '1', '--join', ...three]);
    const rows = found.stdout.split('\n').filter((line) => /^(?:\d|--)/u.test(line));
    expect(rows.map((line) => line.slice(0, 2).trim())).toEqual(['0', '1']);
  });

  it('shows calls around those that are chosen, as calls are told', async () => {
    const ids = async (...argv: string[]): Promise<unknown[]> => {
      const { stdout, code } = await run(['calls', '--json', '-q', ...argv, RPC]);
      expect(code).toBe(0);
      return recordsIn(stdout);
    };
    const all = await ids();
    expect(all.length).toBeGreaterThan(5);
    const which = `packet == ${(all[3] as { packet: number }).packet}`;
    const at = await ids('--where', which);
    const first = all.findIndex((call) => JSON.stringify(call) === JSON.stringify(at[0]));
    expect(await ids('--where', which, '-C', '2')).toEqual(all.slice(first - 2, first + at.length + 2));
    expect(await ids('--where', which, '-C', '99')).toEqual(all);
    const ends = `packet == ${(all[0] as { packet: number }).packet} || packet == ${(all.at(-1) as { packet: number }).packet}`;
    const { stdout } = await run(['calls', '-q', '--where', ends, '-C', '1', RPC]);
    expect(stdout.split('\n').filter((line) => line === '--')).toHaveLength(1);
    const refused = await run(['calls', '--where', ends, '-C', '1', '--slowest', '2', RPC]);
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('--slowest puts calls in another order') as string]); // prettier-ignore
  });

  it('follows a conversation around what is chosen, and tells what opens and ends in its place', async () => {
    const lines = async (...argv: string[]): Promise<string[]> => {
      const { stdout, code } = await run(['follow', '-q', ...argv, TWO]);
      expect(code).toBe(0);
      // Without the times, which are counted from the first line that is shown.
      return stdout.split('\n').filter(Boolean).map((line) => line.replace(/^ *[-+][\d.]+ +[-+][\d.]+ +/u, '')); // prettier-ignore
    };
    const all = await lines();
    const isSaid = (line: string): boolean => /^\d +(?:->|<-) /u.test(line);
    const said = all.filter(isSaid);
    const at = said.findIndex((line) => line.endsWith('second 2'));
    const found = await lines('--where', 'text == "second 2"', '-C', '2');
    expect(found.filter(isSaid)).toEqual(said.slice(at - 2, at + 3));
    const both = await lines('--where', 'text == "first 0" || text == "second 4"', '-C', '1');
    expect(both.filter((line) => line === '--')).toHaveLength(1);
    expect(both[0]).toMatch(/open/u);
    expect((await lines('--where', 'text == "second 2"', '-C', '99')).filter(isSaid)).toEqual(said);
    expect(await lines('--where', 'text == "nothing"', '-C', '2')).toEqual([]);
    // What stands around is of connections that are chosen.
    const one = await lines('--where', 'text == "second 2"', '-C', '99', '--stream', '1');
    expect(one.filter((line) => line.includes('first'))).toEqual([]);
  });

  it.each([['messages'], ['connections'], ['calls'], ['follow']])(
    'is refused in %s where nothing is chosen',
    async (command) => {
      const { code, stderr } = await run([command, '-C', '1', TWO]);
      const name = command === 'calls' || command === 'follow' ? `${command}: ` : '';
      expect([code, stderr]).toEqual([
        2,
        `wsdissect: ${name}--context shows what is around what other options select: give one that does, such as --match or --where\n`,
      ]);
    },
  );
});
