import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { FrameEvent } from '../../src/events.js';
import { fixturePackets, toPcap } from './fixture-packets.js';
import { readCapture } from './read-capture.js';

/**
 * Fixtures of which fewer of the frames can be proven, with the least share that must be: the rest are close frames
 * and small frames that are all that is left of a connection, and frames that begin inside a segment whose beginning
 * lies in another frame.
 */
const LESS: Readonly<Record<string, number>> = {
  'browser-deflate': 0.8,
  'close-empty': 0.75,
  'close-reason': 0.8,
  'close-server': 0.85,
  'deflate-blocks': 0.75,
  'deflate-cork': 0.65,
  'deflate-final-blocks': 0.6,
  'deflate-header-spelling': 0.75,
  'deflate-window-9': 0.75,
  'deflate-window-10': 0.75,
  'deflate-window-12': 0.75,
  'deflate-window-15': 0.75,
  'frames-65535': 0.6,
  'frames-65536': 0.35,
  'frames-one-byte-segments': 0.1,
  'frames-segments': 0.8,
  nginx: 0.85,
  'send-both': 0.8,
  'send-ipv6': 0.8,
  'send-pppoe': 0.8,
  'send-snaplen': 0.85,
  'send-vlan': 0.8,
  'send-vlan-two': 0.8,
  subprotocol: 0.8,
  'websocket-package': 0.8,
};
const MOST = 0.93;

const KINDS = /^(browser|close|deflate|frames|ping|subprotocol|send|socketio|two|websocket|nginx|port)[^.]*\.pcap$/;
const names = readdirSync(new URL('../../fixtures/', import.meta.url))
  .filter((name) => KINDS.test(name) && isEthernet(name))
  .map((name) => name.replace('.pcap', ''));

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

describe('a capture that begins late', () => {
  it.each(names)('shows frames that were sent, and most of them: %s', async (name) => {
    const packets = fixturePackets(`${name}.pcap`);
    const all = (await readCapture(toPcap(packets))).frames.filter(({ frame }) => frame.status === 'ok');
    const lines = new Set(all.map(line));
    let found = 0;
    let captured = 0;
    for (let start = 1; start < packets.length; start++) {
      const { frames } = await readCapture(toPcap(packets.slice(start)));
      const shown = frames.filter(({ frame }) => frame.status === 'ok').map(line);
      expect(
        shown.filter((each) => !lines.has(each)),
        `from packet ${start + 1}`,
      ).toEqual([]);
      found += shown.length;
      captured += all.filter(({ frame }) => frame.at.packet > start).length;
    }
    expect(found / captured).toBeGreaterThanOrEqual(LESS[name] ?? MOST);
  });
});
