import { describe, expect, it } from 'vitest';
import { MultipathTalk as Talk } from '../support/multipath-talk.js';
import { frame, textsOf } from '../support/wire.js';

const SPLIT = 'this message is split over the two subflows';
const split = frame(0, SPLIT);

describe.each([
  ['32 bits', false],
  ['64 bits', true],
])('data sequence numbers of %s', (_name, isLong) => {
  it('order what two subflows carry', async () => {
    const talk = new Talk(isLong).open().upgrade().join().send(0, 0, frame(0, 'one')).send(0, 0, split.subarray(0, 20));
    talk.send(1, 0, split.subarray(20)).send(0, 0, frame(0, 'then')).send(1, 1, frame(1, 'uno')).end(1).close(0);
    const reading = await talk.all.read();
    expect(textsOf(reading)).toEqual(['c one', `c ${SPLIT}`, 'c then', 's uno']);
    expect(reading.codes).toEqual([]);
    expect(reading.connections.map(({ end }) => end)).toEqual(['fin']);
  });

  it('show that a subflow is not in the capture: nothing is joined over its bytes, and their number is told', async () => {
    const talk = new Talk(isLong).open().upgrade().send(0, 0, frame(0, 'one')).send(0, 0, split.subarray(0, 20));
    talk.send(1, 0, split.subarray(20)).lose().send(0, 0, frame(0, 'then')).send(0, 1, frame(1, 'uno')).end(0);
    const reading = await talk.all.read();
    expect(textsOf(reading)).toEqual(['c one', 'c then', 's uno']);
    expect(reading.codes).toEqual(['tcp.gap']);
    expect(reading.connections[0]!.client.missingBytes).toBe(split.length - 20);
  });

  it('join what was captured from its middle on', async () => {
    const talk = new Talk(isLong).open().upgrade().join().send(0, 1, frame(1, 'before')).captureFromHere();
    talk.send(0, 0, frame(0, 'one')).send(0, 1, frame(1, 'uno')).send(0, 0, split.subarray(0, 20));
    talk.send(1, 0, split.subarray(20)).send(0, 0, frame(0, 'then')).send(1, 1, frame(1, 'due'));
    const reading = await talk.send(0, 0, frame(0, 'last')).end(0).close(1).all.read();
    // Where frames begin in the first segment is not proven.
    expect(textsOf(reading)).toEqual([`c ${SPLIT}`, 'c then', 'c last', 's uno', 's due']);
    expect(reading.codes).toEqual(['ws.not-decoded', 'handshake.not-captured']);
    expect(reading.connections).toHaveLength(1);
    expect(reading.connections[0]!.client.missingBytes).toBe(0);
  });

  it('join a subflow of which the SYN names a connection that was captured from its middle on', async () => {
    const talk = new Talk(isLong).open().upgrade().captureFromHere();
    talk.send(0, 0, frame(0, 'one')).send(0, 1, frame(1, 'uno')).join().send(0, 0, split.subarray(0, 20));
    talk.send(1, 0, split.subarray(20)).send(0, 0, frame(0, 'then')).send(1, 0, frame(0, 'two')).end(0).close(1);
    const reading = await talk.all.read();
    expect(textsOf(reading)).toEqual([`c ${SPLIT}`, 'c then', 'c two', 's uno']);
    expect(reading.codes).toEqual(['ws.not-decoded', 'handshake.not-captured']);
    expect(reading.connections).toHaveLength(1);
  });

  it('place all data of a side on a later subflow, by the keys', async () => {
    const talk = new Talk(isLong).open().join().upgrade(1).send(1, 0, frame(0, 'one')).send(1, 1, frame(1, 'uno'));
    const reading = await talk.send(0, 0, frame(0, 'two')).end(1).close(0).all.read();
    expect(textsOf(reading)).toEqual(['c one', 'c two', 's uno']);
    expect(reading.codes).toEqual([]);
    expect(reading.connections.map(({ connection }) => connection.stream)).toEqual([0]);
  });
});

describe('a subflow that is added', () => {
  it('after the first one has closed goes on with it', async () => {
    const talk = new Talk().open().upgrade().send(0, 0, split.subarray(0, 20)).close(0).join();
    const reading = await talk.send(1, 0, split.subarray(20)).send(1, 1, frame(1, 'uno')).end(1).all.read();
    expect(textsOf(reading)).toEqual([`c ${SPLIT}`, 's uno']);
    expect(reading.codes).toEqual([]);
    expect(reading.connections.map(({ end }) => end)).toEqual(['fin']);
  });

  it.each([
    ['was not captured', true],
    ['was captured', false],
  ])('sends again what a reset one has sent, long after that, where it %s', async (_what, isLost) => {
    const talk = new Talk().open().upgrade().join().send(0, 0, frame(0, 'one')).send(0, 0, split.subarray(0, 20));
    if (isLost) talk.lose();
    talk.reset(0).again(1, 0, split.subarray(0, 20), { after: 30 }).send(1, 0, split.subarray(20), { after: 30 });
    const reading = await talk.send(1, 1, frame(1, 'uno'), { after: 30 }).end(1).all.read();
    expect(textsOf(reading)).toEqual(['c one', `c ${SPLIT}`, 's uno']);
    expect(reading.codes).toEqual([]);
    expect(reading.connections.map(({ end }) => end)).toEqual(['fin']);
  });

  it('and of which the SYN is recorded before the keys is one of its connection', async () => {
    const talk = new Talk().join();
    const early = talk.all.packets.splice(0);
    talk.open().upgrade().send(0, 0, split.subarray(0, 20)).send(1, 0, split.subarray(20)).end(0).close(1);
    talk.all.packets.unshift(...early);
    const reading = await talk.all.read();
    expect(textsOf(reading)).toEqual([`c ${SPLIT}`]);
    expect(reading.codes).toEqual([]);
  });

  it('after both sides have ended the connection is told', async () => {
    const talk = new Talk().open().upgrade().join().send(0, 0, frame(0, 'one')).end(0);
    const reading = await talk.send(1, 0, frame(0, 'late')).close(1).all.read();
    expect(textsOf(reading)).toEqual(['c one']);
    expect(reading.codes).toEqual(['tcp.after-end']);
  });
});

describe('a mapping', () => {
  it('that covers several segments counts for those without one', async () => {
    const talk = new Talk().open().upgrade().join().send(1, 0, frame(0, 'one'));
    talk
      .send(0, 0, split.subarray(0, 20), { mapped: split.length })
      .send(0, 0, split.subarray(20), { isUnmapped: true });
    const reading = await talk.send(1, 0, frame(0, 'two')).end(1).close(0).all.read();
    expect(textsOf(reading)).toEqual(['c one', `c ${SPLIT}`, 'c two']);
    expect(reading.codes).toEqual([]);
  });

  it('that each of several segments repeats is one, also where no SYN was captured', async () => {
    const talk = new Talk().open().upgrade().join().captureFromHere().send(0, 1, frame(1, 'uno'));
    for (const [flow, text] of [
      [0, 'one'],
      [1, 'two'],
      [0, 'three'],
      [1, 'four'],
    ] as const) {
      const bytes = frame(0, `${text} is cut into segments of one mapping`);
      talk.send(flow, 0, bytes.subarray(0, 20), { mapped: bytes.length });
      talk.send(flow, 0, bytes.subarray(20), { mapped: bytes.length, into: 20 });
      talk.send(flow, 0, frame(0, text));
    }
    const reading = await talk.send(0, 1, frame(1, 'due')).end(0).close(1).all.read();
    const sent = ['one', 'two', 'three', 'four'].flatMap((text) => [
      `c ${text} is cut into segments of one mapping`,
      `c ${text}`,
    ]);
    const texts = textsOf(reading).filter((text) => text.startsWith('c '));
    expect(sent.filter((text) => texts.includes(text))).toEqual(texts);
    if (texts.length < sent.length) expect(reading.codes).toContain('tcp.multipath');
  });

  it('without an end is that of a connection that fell back after it had several subflows', async () => {
    const talk = new Talk().open().upgrade().join().send(0, 0, split.subarray(0, 20)).send(1, 0, split.subarray(20));
    talk.close(1).send(0, 0, frame(0, 'then'), { isInfinite: true }).send(0, 0, frame(0, 'last'), { isUnmapped: true });
    const reading = await talk.close(0).all.read();
    expect(textsOf(reading)).toEqual([`c ${SPLIT}`, 'c then', 'c last']);
    expect(reading.codes).toEqual([]);
  });

  it('that is missing is told, and none of its bytes are joined with others', async () => {
    const talk = new Talk().open().upgrade().join().send(0, 0, split.subarray(0, 20));
    talk.send(1, 0, split.subarray(20), { isUnmapped: true }).send(0, 0, frame(0, 'then')).end(0).close(1);
    const reading = await talk.all.read();
    expect(textsOf(reading)).toEqual(['c then']);
    expect(reading.codes).toContain('tcp.multipath');
  });
});
