import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { FrameEvent } from '../../src/events.js';
import { fixturePackets, toPcap } from '../hostile/fixture-packets.js';
import { readCapture } from '../hostile/read-capture.js';

const KINDS = /^(browser|close|deflate|frames|ping|subprotocol|send|socketio|two|websocket|nginx)[^.]*\.pcap$/;
const names = readdirSync(new URL('../../fixtures/', import.meta.url))
  .filter((name) => KINDS.test(name) && isEthernet(name))
  .map((name) => name.replace('.pcap', ''));

/** Packets of one capture that are dropped in turns: all of a small one, some of a long one. */
const MOST = 60;

function isEthernet(name: string): boolean {
  try {
    return fixturePackets(name).length > 1;
  } catch {
    return false;
  }
}

function line({ direction, frame }: FrameEvent): string {
  const { fin, rsv1, opcode, maskingKey, payloadLength, payload } = frame;
  return [direction, fin, rsv1, opcode, maskingKey, payloadLength, payload?.toString('base64')].join(' ');
}

/** The lines of each direction of each connection. */
function byFlow(frames: readonly FrameEvent[]): Map<string, string[]> {
  const flows = new Map<string, string[]>();
  for (const each of frames) {
    const flow = `${each.connection.client} ${each.direction}`;
    flows.set(flow, [...(flows.get(flow) ?? []), line(each)]);
  }
  return flows;
}

/** Whether all lines are among those that were sent, in the same order. */
function isPartOf(shown: readonly string[], sent: readonly string[]): boolean {
  let at = 0;
  for (const each of shown) {
    while (at < sent.length && sent[at] !== each) at++;
    if (at++ === sent.length) return false;
  }
  return true;
}

describe('a recorded capture without one of its packets', () => {
  it.each(names)('shows nothing as whole that was not sent, in the order in which it was sent: %s', async (name) => {
    const packets = fixturePackets(`${name}.pcap`);
    const all = (await readCapture(toPcap(packets))).frames.filter(({ frame }) => frame.status === 'ok');
    const sent = byFlow(all);
    const step = Math.max(1, Math.ceil(packets.length / MOST));
    for (let dropped = 0; dropped < packets.length; dropped += step) {
      const { frames } = await readCapture(toPcap(packets.filter((_, index) => index !== dropped)));
      for (const [flow, shown] of byFlow(frames.filter(({ frame }) => frame.status === 'ok'))) {
        expect(isPartOf(shown, sent.get(flow) ?? []), `${flow} without packet ${dropped + 1}`).toBe(true);
      }
    }
  });
});
