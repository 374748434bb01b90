import { describe, expect, it } from 'vitest';
import { Selection, type SelectionOptions } from '../../../src/cli/options/selection.js';
import { finding } from '../../../src/common/finding.js';
import type { DissectEvent } from '../../../src/events.js';
import { AT, completing, connection, frame, message } from '../../output/events.js';

const PING = frame({ opcode: 9, mask: false, payload: 'ma2saka' });
const TEXT = frame();
const CLOSE = frame({ opcode: 8, payload: Buffer.from('03e8676f6f64206e69676874', 'hex') });

/** The places in the batch of the events that are shown. */
function chosen(options: SelectionOptions, batch: readonly DissectEvent[]): number[] {
  const selection = new Selection(options);
  const decisions: (readonly [DissectEvent, boolean])[] = [];
  const decided = (event: DissectEvent, isShown: boolean): void => void decisions.push([event, isShown]);
  for (const event of batch) selection.event(event, decided);
  selection.flush(decided);
  expect(decisions.map(([event]) => event)).toEqual(batch);
  return [...decisions.keys()].filter((index) => decisions[index]![1]);
}

describe('frames are chosen', () => {
  it('by opcode', () => {
    expect(chosen({ opcode: [9, 8] }, [TEXT, PING, CLOSE])).toEqual([1, 2]);
  });

  it('by sender', () => {
    expect(chosen({ from: 'client' }, [TEXT, PING])).toEqual([0]);
    expect(chosen({ from: 'server' }, [TEXT, PING])).toEqual([1]);
  });

  it('by the packet that completed them, with both ends of the range', () => {
    const batch = [3, 4, 5, 6].map((packet) => frame({ at: { ...AT, packet } }));
    expect(chosen({ packet: { first: 4, last: 5 } }, batch)).toEqual([1, 2]);
    expect(chosen({ packet: { first: 5, last: Infinity } }, batch)).toEqual([2, 3]);
  });

  it('by their text or close reason, and by no bytes that are neither', () => {
    expect(chosen({ match: 'ma.saka' }, [TEXT, PING, CLOSE])).toEqual([0]);
    expect(chosen({ match: '^good night$' }, [TEXT, PING, CLOSE])).toEqual([2]);
    expect(chosen({ match: 'GOOD' }, [CLOSE])).toEqual([]);
    expect(chosen({ match: 'GOOD', ignoreCase: true }, [CLOSE])).toEqual([0]);
    expect(chosen({ match: '' }, [frame({ payload: undefined })])).toEqual([]);
  });

  it('by whole characters beyond the basic plane', () => {
    expect(chosen({ match: '^.$' }, [frame({ payload: '😀' })])).toEqual([0]);
  });

  it('by all tests at once', () => {
    expect(chosen({ opcode: [1], from: 'server' }, [TEXT, PING])).toEqual([]);
  });

  it('by no text that a gap parts', () => {
    const parted = frame({ payload: 'maka', gaps: [{ offset: 2, length: 3 }], status: 'gap', missing: 3 });
    expect(chosen({ match: 'maka' }, [parted])).toEqual([]);
    expect(chosen({ match: '^ka$' }, [parted])).toEqual([0]);
  });

  it('by the text of the message that they complete, which is shown with them', () => {
    const [compressed, inflated] = completing(
      frame({ payload: 'xxx', compressed: true, rsv1: true }),
      message({ payload: 'ma2saka', compressed: true }),
    );
    const other = completing(frame({ payload: 'other' }), message());
    expect(chosen({ match: 'saka' }, [compressed, inflated, ...other])).toEqual([0, 1, 2, 3]);
    expect(chosen({ match: 'xxx' }, [compressed, inflated])).toEqual([]);
    expect(chosen({ opcode: [2] }, [compressed, inflated])).toEqual([]);
  });
});

describe('messages are chosen', () => {
  it('by the same tests', () => {
    const binary = message({ opcode: 2, payload: 'ma2saka' });
    expect(chosen({ opcode: [1] }, [message(), binary])).toEqual([0]);
    expect(chosen({ match: 'saka' }, [message(), binary])).toEqual([0]);
    expect(chosen({ from: 'server' }, [message()])).toEqual([]);
    expect(chosen({ match: '' }, [message({ payload: undefined })])).toEqual([]);
  });

  it('by the reason of a close', () => {
    const close = message({ opcode: 8, closeCode: 1000, closeReason: Buffer.from('good night') });
    expect(chosen({ match: 'night' }, [close, message({ opcode: 8 })])).toEqual([0]);
  });

  it('on their own where they were given up behind a frame of another packet', () => {
    const givenUp = message({ at: { ...AT, packet: 2 }, status: 'unfinished' });
    expect(chosen({ match: 'saka' }, [frame({ payload: 'other' }), givenUp])).toEqual([1]);
  });
});

it('findings and connections are not chosen', () => {
  const note: DissectEvent = {
    type: 'finding',
    packet: 4,
    number: 0,
    finding: finding('handshake.not-captured', 'none'),
  };
  expect(chosen({}, [note, connection()])).toEqual([]);
});
