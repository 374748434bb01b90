import { expect, it } from 'vitest';
import { isLoss } from '../../src/common/finding.js';
import type { Side } from '../../src/common/sink.js';
import { MultipathTalk, type Flow } from '../support/multipath-talk.js';
import { frame, textsOf } from '../support/wire.js';

const TALKS = 220;
/** Messages before a capture that begins late. */
const EARLY = 3;

type Numbers = (below: number) => number;

/** A conversation over up to three subflows that come and go; messages are cut over them, and pieces sent twice. */
function randomTalk(random: Numbers): { talk: MultipathTalk; sent: [string[], string[]]; late: number } {
  const talk = new MultipathTalk(random(2) === 1).open().upgrade();
  const open: Flow[] = [0];
  const sent: [string[], string[]] = [[], []];
  let [late, opened] = [0, 1];
  for (let left = 6 + random(20); left > 0; left--) {
    const what = random(10);
    if (what === 0 && opened < 3) {
      open.push(opened as Flow);
      talk.join(opened++ as Flow);
    } else if (what === 1 && open.length > 1) {
      const [flow] = open.splice(random(open.length), 1);
      if (random(2) === 0) talk.close(flow!);
      else talk.reset(flow!);
    } else {
      const side = random(2) as Side;
      const text = `${left} ${'x'.repeat(random(60))}`;
      sent[side].push(`${side === 0 ? 'c' : 's'} ${text}`);
      for (let rest = frame(side, text); rest.length > 0;) {
        const part = rest.subarray(0, 1 + random(rest.length));
        talk.send(open[random(open.length)]!, side, part);
        if (random(6) === 0) talk.again(open[random(open.length)]!, side, part);
        rest = rest.subarray(part.length);
      }
      if (sent[0].length + sent[1].length === EARLY) late = talk.all.packets.length;
    }
  }
  if (random(2) === 0) talk.end(open[0]!);
  return { talk, sent, late };
}

function ofSide(texts: readonly string[], side: Side): string[] {
  return texts.filter((text) => text.startsWith('cs'[side]!));
}

/** Whether one list is another one with some of it left out. */
function isPartOf(part: readonly string[], whole: readonly string[]): boolean {
  let at = 0;
  for (const one of whole) if (one === part[at]) at++;
  return at === part.length;
}

it.each([
  ['whole', (packets: number) => Array.from({ length: packets }, () => true)],
  [
    'with losses',
    (packets: number, _late: number, random: Numbers) => Array.from({ length: packets }, () => random(12) > 0),
  ],
  ['from its middle on', (packets: number, late: number) => Array.from({ length: packets }, (_, at) => at >= late)],
])(
  'Multipath TCP captured %s: what is printed was sent, in its order, and what is missing is told',
  async (how, keep) => {
    for (let seed = 1; seed <= TALKS; seed++) {
      const random = numbersFrom(seed);
      const { talk, sent, late } = randomTalk(random);
      const { packets } = talk.all;
      const isKept = keep(packets.length, late, random);
      packets.splice(0, packets.length, ...packets.filter((_, at) => isKept[at]));
      const reading = await talk.all.read();
      const { findings, connections, messages } = reading;
      const texts = textsOf(reading);
      // Subflows that nothing joins are connections of their own.
      for (const { connection } of connections) {
        const own = messages.filter((message) => message.connection.stream === connection.stream);
        const printed = textsOf({ ...reading, messages: own });
        const isPrinted = sent.map((all, side) => isPartOf(ofSide(printed, side as Side), all));
        expect({ seed, isPrinted }).toEqual({ seed, isPrinted: [true, true] });
      }
      const isTold =
        findings.some(({ code }) => isLoss(code)) ||
        messages.some(({ message }) => message.status !== 'ok') ||
        connections.some(({ client, server }) => client.missingBytes + server.missingBytes > 0);
      // Where nothing of the opening handshake was captured, few frames may be of any protocol.
      const isUnproven = connections.length === 0;
      // Of what was sent last, nothing shows that it was sent.
      const isTail = sent.every((all, side) => {
        const printed = ofSide(texts, side as Side);
        return printed.join('\n') === all.slice(0, printed.length).join('\n');
      });
      const isCutOff = isTail && connections.every(({ end }) => end === 'capture');
      const captured = sent[0].length + sent[1].length - (how === 'from its middle on' ? EARLY : 0);
      expect({ seed, isRight: texts.length >= captured || isTold || isUnproven || isCutOff }).toEqual({
        seed,
        isRight: true,
      });
      if (how === 'whole')
        expect({ seed, texts: texts.length, isTold }).toEqual({ seed, texts: captured, isTold: false });
    }
  },
);

function numbersFrom(seed: number): Numbers {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b_79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), state | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return ((value ^ (value >>> 14)) >>> 0) % below;
  };
}
