import { describe, expect, it } from 'vitest';
import { readFixture } from '../fixtures/sent.js';
import { decodeCapture } from '../subprotocol/recorded/recorded.js';
import { ConnectionCalls, type Call } from '../../src/subprotocol/calls.js';
import { MeaningReader } from '../../src/subprotocol/meaning-reader.js';
import { dataMessage } from '../subprotocol/conversation.js';

describe('MQTT whose packets are spread over messages', () => {
  it('has a part told from what is not understood', () => {
    const reader = new MeaningReader({ url: undefined, subprotocol: 'mqtt' });
    expect(reader.message(dataMessage(['client', Buffer.of(0xc0)]))).toBeUndefined();
    expect(reader.isPart).toBe(true);
    expect(reader.message(dataMessage(['client', Buffer.of(0)]))?.items).toEqual([{ kind: 'ping', name: 'PINGREQ' }]);
    expect(reader.isPart).toBe(false);
    expect(reader.message(dataMessage(['client', Buffer.of(0)]))).toBeUndefined();
    expect(reader.isPart).toBe(false);
  });

  it('keeps the two halves of QoS 2 apart, which have one id', async () => {
    const calls = (await decodeCapture('subprotocol-mqtt4.pcap', readFixture('subprotocol-mqtt4.pcap'))).flatMap(
      (each) => each.calls,
    );
    const halves = calls.filter(({ name, id }) => id === 2 && (name === 'PUBLISH' || name === 'PUBREL'));
    expect(halves.map(({ name, outcome }) => `${name} ${outcome}`)).toEqual(['PUBLISH ok', 'PUBREL ok']);

    const found: Call[] = [];
    const connection = new ConnectionCalls((call) => found.push(call));
    const say = (packet: number, name: string, exchange?: string) => {
      const item = { kind: 'call' as const, name, id: 2, ...(exchange === undefined ? {} : { exchange }) };
      const time = { packet, seconds: packet, nanoseconds: 0, precision: 6 as const };
      connection.message('server-to-client', time, { protocol: 'mqtt', by: 'subprotocol', items: [item] });
    };
    say(1, 'PUBLISH');
    say(2, 'PUBREL', 'release');
    connection.end();
    expect(found.map(({ repeatedId }) => repeatedId)).toEqual([false, false]);
  });
});
