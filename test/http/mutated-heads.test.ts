import { describe, expect, test } from 'vitest';
import { isLoss } from '../../src/common/finding.js';
import { Recorder, upgradeRequest, upgradeResponse } from './recorder.js';

const REQUEST = upgradeRequest('Sec-WebSocket-Protocol: chat');
const RESPONSE = upgradeResponse('Sec-WebSocket-Protocol: chat');
const CLIENT = '\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58';
const SERVER = '\x81\x05Hello';
/** What may stand in place of a byte: letters, what HTTP gives a meaning to, and what it does not. */
const VALUES = ['\0', '\t', '\n', '\r', ' ', ',', '1', ':', 'G', 'x', '\x7f', '\x81', '\xff'];

/** A connection with one byte of a head in the place of another. */
function mutated(head: 'request' | 'response', at: number, value: string): Recorder {
  const change = (text: string): string => text.slice(0, at) + value + text.slice(at + 1);
  const seen = new Recorder().send(0, head === 'request' ? change(REQUEST) : REQUEST);
  seen.send(1, head === 'response' ? change(RESPONSE) : RESPONSE);
  return seen.send(0, CLIENT).send(1, SERVER).send(0, CLIENT).send(1, SERVER).end(0).end(1);
}

/** Whether what came after the heads was passed on, the whole of both sides. */
function passesAll(seen: Recorder): boolean {
  const given = (side: 0 | 1): string => seen.sinks.map((sink) => sink.text(side)).join('');
  return given(0).includes(CLIENT + CLIENT) && given(1).includes(SERVER + SERVER);
}

/** Whether it is said that something is not as it must be. */
function isTold(seen: Recorder): boolean {
  if (seen.findings.some(({ code }) => isLoss(code))) return true;
  return seen.handshakes.some(({ state }) => state !== 'accepted') || seen.handshake.findings.length > 0;
}

describe.each(['request', 'response'] as const)('a %s with one byte in the place of another', (head) => {
  const length = (head === 'request' ? REQUEST : RESPONSE).length;

  test.each(VALUES)('%j loses no bytes without a word, wherever it stands', (value) => {
    const silent: number[] = [];
    for (let at = 0; at < length; at++) {
      const seen = mutated(head, at, value);
      if (!passesAll(seen) && (seen.handshakes.length === 0 ? seen.findings.length === 0 : !isTold(seen)))
        silent.push(at);
      expect(seen.held.total).toBe(0);
    }
    expect(silent).toEqual([]);
  });

  test('is followed nearly everywhere', () => {
    const followed = Array.from({ length }, (_, at) => passesAll(mutated(head, at, 'x'))).filter(Boolean);
    expect(followed.length).toBeGreaterThan(length - 20);
  });
});
