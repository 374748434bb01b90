import { describe, expect, it } from 'vitest';
import type { Asked } from '../../../fixtures/record/truth.js';
import type { PacketTime } from '../../../src/common/packet-time.js';
import { readFixture } from '../../fixtures/sent.js';
import { decodeCapture, type Heard, inWords, LOGGED, saidOf, truthOf } from './recorded.js';

/**
 * Seconds by which the clock of the applications may differ from that of the capture: both are the machine's, and an
 * application notes the time a little before it sends and a little after it has received.
 */
const CLOCKS = 0.002;

/** Messages that must tell the protocol, where nothing else does, before one is decoded. */
const UNPROVEN = 2;

function isProven(said: readonly Heard[]): boolean {
  return said.every(({ by }) => by !== 'content');
}

function secondsOf({ seconds, nanoseconds }: PacketTime): number {
  return seconds + nanoseconds / 1e9;
}

describe.each(LOGGED)('$name', ({ name, ...fixture }) => {
  it('decodes as its applications logged it', async () => {
    const decoded = await decodeCapture(name, readFixture(name));
    expect(decoded.length).toBeGreaterThan(0);
    for (const { connection, said } of decoded) {
      const truth = truthOf({ name, ...fixture }, connection)!;
      for (const side of ['client', 'server'] as const) {
        const heard = said.filter(({ from }) => from === side).map((each) => inWords(saidOf(each)));
        const told = truth.said!.filter(({ from }) => from === side).map(inWords);
        // Where only messages tell the protocol, those before the proof have no meaning.
        expect(heard).toEqual(isProven(said) ? told : told.slice(told.length - heard.length));
      }
      expect(truth.said!.length - said.length).toBe(isProven(said) ? 0 : UNPROVEN);
      const spoken = new Set(said.map((heard) => heard.in).filter((protocol) => protocol !== 'engine.io'));
      expect([...spoken]).toEqual([truth.spoken]);
    }
  });

  it('has the calls that its applications made, by their clocks', async () => {
    for (const { connection, calls, said } of await decodeCapture(name, readFixture(name))) {
      const told = truthOf({ name, ...fixture }, connection)!.calls!;
      const isHeard = ({ from, id }: Asked) =>
        said.some((each) => each.from === from && each.id === id && each.kind === 'call');
      const asked = isProven(said) ? told : told.filter(isHeard);
      const words = ({ from, ...parts }: Partial<(typeof asked)[number]>) =>
        `${from} ${inWords({ kind: 'call', name: parts.name!, id: parts.id!, channel: parts.channel! })} ${parts.outcome ?? 'unanswered'}`;
      const found = calls.map(({ direction, name: called, id, channel, outcome, at, replyAt, seconds }) => ({
        ...{ at, replyAt, seconds },
        words: words({
          from: direction === 'client-to-server' ? 'client' : 'server',
          ...{ name: called!, id: id!, channel: channel! },
          outcome: outcome as 'ok',
        }),
      }));
      expect(found.map((call) => call.words).sort()).toEqual(asked.map(words).sort());
      for (const call of asked) {
        if (call.askedAt === undefined) continue;
        const same = found.filter((each) => each.words === words(call));
        // The capture saw the call after it was made, and the answer before it was received.
        const within = same.filter(
          ({ at, replyAt }) =>
            secondsOf(at) >= call.askedAt! - CLOCKS &&
            (call.answeredAt === undefined
              ? replyAt === undefined
              : replyAt !== undefined && secondsOf(replyAt) <= call.answeredAt + CLOCKS),
        );
        expect(within, words(call)).not.toEqual([]);
        const { seconds } = within[0]!;
        if (call.answeredAt !== undefined) {
          expect(seconds!).toBeGreaterThanOrEqual(0);
          expect(seconds!).toBeLessThanOrEqual(call.answeredAt - call.askedAt + CLOCKS);
        }
      }
    }
  });
});
