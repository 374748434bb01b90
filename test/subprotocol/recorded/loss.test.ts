import { describe, expect, it } from 'vitest';
import { readFixture as packetsOf, segmentOf, type Packet } from '../../../fixtures/derive/packets.js';
import type { ConnectionTruth, Said } from '../../../fixtures/record/truth.js';
import { writePcap } from '../../../src/capture/pcap/pcap-writer.js';
import type { CallOnConnection } from '../../../src/output/call-events.js';
import { decodeCapture, LOGGED, saidOf, truthOf, type Decoded } from './recorded.js';

type Call = CallOnConnection['call'];

/** Whether each member that a loss has left is the one that was sent. */
function isPartOf(heard: Said, said: Said): boolean {
  return Object.entries(heard).every(([member, value]) => {
    return JSON.stringify(value) === JSON.stringify(said[member as keyof Said]);
  });
}

/** What was heard that was not said, or not after what stands before it. */
function untrue(heard: readonly Said[], said: readonly Said[]): string[] {
  let at = 0;
  return heard.flatMap((each) => {
    const found = said.findIndex((truth, index) => index >= at && isPartOf(each, truth));
    if (found < 0) return [JSON.stringify(each)];
    at = found + 1;
    return [];
  });
}

/** A call as it may not change: outcomes may become unknown, items fewer, a name that was lost absent. */
function isTrueCall(call: Call, whole: readonly Call[], { said, calls }: ConnectionTruth): boolean {
  const items = said!.filter(({ id, kind }) => id === call.id && kind === 'data').length;
  const isWhole = whole.some((truth) => {
    const isSame =
      call.at.seconds === truth.at.seconds &&
      call.at.nanoseconds === truth.at.nanoseconds &&
      call.direction === truth.direction &&
      call.protocol === truth.protocol &&
      call.id === truth.id &&
      [truth.name, undefined].includes(call.name) &&
      [truth.channel, undefined].includes(call.channel) &&
      call.items <= items;
    if (!isSame) return false;
    if (call.outcome === 'unknown') return call.replyAt === undefined && call.seconds === undefined;
    return call.outcome === truth.outcome && (call.seconds === undefined || call.seconds === truth.seconds);
  });
  if (isWhole) return true;
  // One that was asked before the protocol was proven is not in the whole conversation.
  return calls!.some(({ name, id, channel, outcome = 'unanswered' }) => {
    const isSame = name === call.name && id === call.id && channel === call.channel && call.items <= items;
    return isSame && (call.outcome === outcome || call.outcome === 'unknown');
  });
}

function wordsOf({ name, id, channel, outcome, seconds, items }: Call): string {
  return JSON.stringify({ name, id, channel, outcome, seconds, items });
}

/** What a capture says that is not the truth. */
async function lies(name: string, packets: readonly Packet[], whole: readonly Decoded[]): Promise<string[]> {
  const fixture = LOGGED.find((each) => each.name === name)!;
  const decoded = await decodeCapture(name, writePcap(packets, { linkType: 1 }));
  return decoded.flatMap(({ connection, said, calls }) => {
    const truth = truthOf(fixture, connection) ?? fixture.connections[0]!;
    const same = whole.find((each) => truthOf(fixture, each.connection) === truth)!;
    return [
      ...(['client', 'server'] as const).flatMap((side) =>
        untrue(
          said.filter(({ from }) => from === side).map(saidOf),
          truth.said!.filter(({ from }) => from === side),
        ),
      ),
      ...said.filter((heard) => heard.in !== truth.spoken && heard.in !== 'engine.io').map((heard) => `in ${heard.in}`),
      ...calls.filter((call) => !isTrueCall(call, same.calls, truth)).map(wordsOf),
    ];
  });
}

describe.each(LOGGED)('$name', ({ name }) => {
  const packets = packetsOf(name);
  const data = packets.flatMap((packet, index) => (segmentOf(packet).length > 0 ? [index] : []));

  it('says nothing else where any one segment is lost', async () => {
    const whole = await decodeCapture(name, writePcap(packets, { linkType: 1 }));
    expect(whole.flatMap(({ said }) => said)).not.toEqual([]);
    for (const lost of data) {
      const left = packets.filter((_packet, index) => index !== lost);
      expect(await lies(name, left, whole), `without packet ${lost + 1}`).toEqual([]);
    }
  });

  it('says nothing else where two segments in a row are lost', async () => {
    const whole = await decodeCapture(name, writePcap(packets, { linkType: 1 }));
    for (const [index, lost] of data.entries()) {
      const left = packets.filter((_packet, each) => each !== lost && each !== data[index + 1]);
      expect(await lies(name, left, whole), `without packet ${lost + 1} and the next`).toEqual([]);
    }
  });

  it('says nothing else where the capture begins later', async () => {
    const whole = await decodeCapture(name, writePcap(packets, { linkType: 1 }));
    for (let from = 1; from < packets.length; from++) {
      expect(await lies(name, packets.slice(from), whole), `from packet ${from + 1}`).toEqual([]);
    }
  });
});
