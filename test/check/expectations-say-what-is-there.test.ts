import { describe, expect, it } from 'vitest';
import { check } from '../../src/check/check.js';
import { parseExpectations } from '../../src/check/expectations/expect-file.js';
import type { Claim } from '../../src/check/report.js';
import { fixture } from './captures.js';

async function claimOf(yaml: string, name = 'send-both.pcap'): Promise<Claim> {
  const report = await check([fixture(name)], { expectations: parseExpectations(yaml, 'expect.yaml') });
  return report.claims.find(({ kind }) => kind === 'expectation')!;
}

describe('an expectation', () => {
  it('has the name that its author gave it', async () => {
    const yaml =
      'checks:\n  - name: closes normally\n    filter: { count: 1, match: { type: connection, closeCode: 1000 } }\n';
    expect(await claimOf(yaml)).toMatchObject({ name: 'closes normally (expect.yaml:2)', isMet: true });
    expect(() => parseExpectations('checks:\n  - name: 3\n    filter: { min: 1, match: {} }', 'e.yaml')).toThrow(
      'e.yaml:2: checks[0].name must be a text',
    );
  });

  it('tells the nearest miss with its actual values', async () => {
    const yaml =
      'checks:\n  - filter: { min: 1, match: { type: message, opcode: 1, text: ma2saki, length__gt: 100 } }\n';
    const { detail } = await claimOf(yaml);
    expect(detail.at(-1)).toBe('nearest: packet 8: text is "ma2saka", length is 7');
    const absent = await claimOf('checks:\n  - filter: { count: 1, match: { type: connection, subprotocol: chat } }\n');
    expect(absent.detail.at(-1)).toBe('nearest: stream 0: subprotocol is absent');
  });

  it('takes the record that fails the fewest conditions, whichever they are', async () => {
    const yaml =
      'checks:\n  - filter: { min: 1, match: { type: message, direction: server-to-client, opcode: 1, text: ma2saka } }\n';
    expect((await claimOf(yaml)).detail.at(-1)).toBe('nearest: packet 8: direction is "client-to-server"');
  });

  it('takes of those that fail as few the one that keeps the first conditions', async () => {
    const yaml = 'checks:\n  - filter: { min: 1, match: { type: message, text: "40", direction: server-to-client } }\n';
    const { detail } = await claimOf(yaml, 'socketio-websocket.pcap');
    expect(detail.at(-1)).toBe('nearest: packet 10: direction is "client-to-server"');
  });

  it('does not speak of misses where there are too many', async () => {
    const { detail } = await claimOf('checks:\n  - filter: { max: 0, match: { type: message, opcode: 1 } }\n');
    expect(detail.join('\n')).not.toContain('nearest');
  });

  it('does not take a text for a number', () => {
    const yaml = 'checks:\n  - filter: { count: 1, match: { type: connection, closeCode: "1000" } }\n';
    expect(() => parseExpectations(yaml, 'e.yaml')).toThrow('closeCode must be a number: write 1000 without quotes');
    expect(() => parseExpectations(yaml.replace('"1000"', '1000').replace('closeCode', 'text'), 'e.yaml')).toThrow(
      /text/,
    );
  });

  it('may be about calls and how long they took', async () => {
    const calls = (conditions: string): Promise<Claim> =>
      claimOf(`checks:\n  - filter: { min: 1, match: { type: call, ${conditions} } }\n`, 'ping-pong.pcap');
    expect(await calls('name: ping, outcome: ok, seconds__lt: 10')).toMatchObject({ isMet: true });
    const slow = await calls('name: ping, outcome: ok, seconds__lt: 0.0000001');
    expect(slow.isMet).toBe(false);
    expect(slow.detail.at(-1)).toMatch(/^nearest: packet \d+: seconds is [\d.e-]+$/);
    expect(() => parseExpectations('checks:\n  - filter: { min: 1, match: { seconds__lt: 1 } }', 'e.yaml')).toThrow(
      'is not a field of a frame or message or connection, but of a call',
    );
  });
});
