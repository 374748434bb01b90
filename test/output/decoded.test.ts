import { describe, expect, it } from 'vitest';
import { JsonOutput } from '../../src/output/json/json.js';
import type { DecodedMessage, Meaning } from '../../src/subprotocol/sub-protocol.js';
import { message } from './events.js';

/** The record of a message of such a meaning. */
function record(...items: Meaning[]): string {
  const decoded: DecodedMessage = { protocol: 'json-rpc', by: 'content', items };
  const output = new JsonOutput('message');
  output.event({ ...message(), decoded });
  return Buffer.from(output.take()).toString('utf8');
}

describe('decoded in a record', () => {
  it('keeps what JSON parsers lose: large numbers, repeated members, the way a number is written', () => {
    const value = '{"a":12345678901234567890,"a":1.0,"b":1e400}';
    expect(record({ kind: 'data', value })).toContain(
      `"decoded":{"protocol":"json-rpc","by":"content","kind":"data","value":${value}}`,
    );
  });

  it('is one line, safe on a terminal, whatever white space and characters were sent', () => {
    const line = record({ kind: 'data', value: '{\r\n\t"a": "\u202e\u007fé"}' });
    expect(line.match(/\n/g)).toHaveLength(1);
    expect(line).toContain(String.raw`{   "a": "\u202e\u007fé"}`);
    expect(JSON.parse(line)).toMatchObject({ decoded: { value: { a: '\u202e\u007fé' } } });
  });

  it('has a member for each part, and none that does not apply', () => {
    const parsed = JSON.parse(record({ kind: 'call', name: 'a"b', id: 7, channel: '/x', raw: 'y' })) as object;
    expect(parsed).toMatchObject({
      decoded: { protocol: 'json-rpc', by: 'content', kind: 'call', name: 'a"b', id: 7, channel: '/x', raw: 'y' },
    });
    expect(record({ kind: 'ping' })).toContain('"decoded":{"protocol":"json-rpc","by":"content","kind":"ping"}');
  });

  it('lists what several things in one message mean', () => {
    const parsed = JSON.parse(record({ kind: 'call', id: '1' }, { kind: 'event', protocol: 'json' })) as object;
    expect(parsed).toMatchObject({
      decoded: {
        protocol: 'json-rpc',
        items: [
          { kind: 'call', id: '1' },
          { protocol: 'json', kind: 'event' },
        ],
      },
    });
  });
});
