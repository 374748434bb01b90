import { describe, expect, it } from 'vitest';
import { encodeMessage, type MessageShape } from '../../src/encode/encode-message.js';
import { Talk } from '../hostile/talk.js';
import { COMMAND_LINES, leaksOf, outputsOf } from './outputs.js';

export const RULES = `
redact:
  - path: $.token
  - path: $..secret
  - pattern: attack at dawn
  - pattern: "é-geheim-\\\\d+"
  - header: X-Custom
  - preset: cookie
  - preset: authorization
  - preset: bearer
  - preset: jwt
  - preset: email
  - preset: card
  - preset: query
  - preset: address
  - preset: host
`;

const SECRETS = [
  'tok-plain-4711',
  'tok-nested-0815',
  'tok-escaped-99',
  'tok-socketio-12',
  'tok-in-array-77',
  'tok-query-json-5',
  'deep-secret-31',
  '8472934710',
  'attack at dawn',
  'é-geheim-42',
  'custom-header-value',
  'cookie-value-abc',
  'basic-QWxhZGRpbg',
  'bearerabcdef123456',
  'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl',
  'alice.smith@mail.invalid',
  '4111 1111 1111 1111',
  'session-in-url-1',
  'chat.internal.corp.net',
  '10.0.0.1',
  '10.0.0.2',
  '172.16.33.44',
];

const key = (): Uint8Array => Uint8Array.from([0x37, 0xfa, 0x21, 0x3d]);
const frames = (text: string | Buffer, more: Partial<MessageShape> = {}): Buffer =>
  Buffer.concat(encodeMessage({ payload: Buffer.from(text), maskingKey: key, ...more }));

export function capture(deflate: boolean): Buffer {
  const query = encodeURIComponent(JSON.stringify({ token: 'tok-query-json-5' }));
  const head =
    `GET /chat?session=session-in-url-1&data=${query}&to=alice.smith%40mail.invalid HTTP/1.1\r\n` +
    'Host: chat.internal.corp.net:8080\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n' +
    'Origin: https://chat.internal.corp.net\r\nCookie: sid=cookie-value-abc; b=attack at dawn\r\n' +
    'Authorization: Basic basic-QWxhZGRpbg\r\nX-Custom: custom-header-value\r\nX-Other: Bearer bearerabcdef123456\r\n' +
    'Sec-WebSocket-Protocol: chat, eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl\r\n' +
    `${deflate ? 'Sec-WebSocket-Extensions: permessage-deflate\r\n' : ''}\r\n`;
  const answer =
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
    // Wrong, so that a finding quotes it.
    'Sec-WebSocket-Accept: custom-header-value\r\nSet-Cookie: sid=cookie-value-abc\r\n' +
    'Sec-WebSocket-Protocol: eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl.other\r\n' +
    `${deflate ? 'Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; client_no_context_takeover\r\n' : ''}\r\n`;
  const talk = new Talk().open().send(0, head).send(1, answer);
  const texts = [
    '{"token":"tok-plain-4711","a":{"secret":{"b":"deep-secret-31"}}}',
    '{"to\\u006ben":"tok-\\u0065scaped-99 tok-escaped-99"}',
    '{"token":8472934710,"ok":true}',
    JSON.stringify({ inner: JSON.stringify({ token: 'tok-nested-0815' }) }),
    '42["chat",{"token":"tok-socketio-12"}]',
    '[{"token":"tok-in-array-77"},1]',
    'they attack at dawn, é-geheim-42, and {"x":"\\u0061ttack \\u0061t dawn"}',
    'mail alice.smith@mail.invalid card 4111 1111 1111 1111 from 172.16.33.44 and 10.0.0.2',
    'see wss://chat.internal.corp.net/x?token=session-in-url-1 and CHAT.internal.corp.net',
  ];
  for (const text of texts) {
    talk.send(0, frames(text, deflate ? { deflate } : {}));
    talk.send(0, frames(text, { fragmentLength: 7, ...(deflate ? { deflate } : {}) }));
    talk.send(1, frames(text, { opcode: 2 }).subarray(0));
  }
  // A value over frames with a ping inside; a ping with a secret; binary noise around one; RSV bits; what never ends.
  const [first, second] = encodeMessage({
    payload: Buffer.from('we attack at dawn again'),
    maskingKey: key,
    fragmentLength: 12,
  });
  talk
    .send(0, first!)
    .send(0, frames('attack at dawn', { opcode: 9 }))
    .send(0, second!);
  talk.send(
    0,
    frames(
      Buffer.concat([Buffer.from([0xff, 0xfe, 0]), Buffer.from('attack at dawn é-geheim-42'), Buffer.from([0xff])]),
      { opcode: 2 },
    ),
  );
  talk.send(0, frames(Buffer.concat([Buffer.from('attack at dawn'), Buffer.from([0xc3])]), {}));
  talk.send(0, frames('attack at dawn', { rsv2: true }));
  talk.send(0, frames('tok-plain-4711 attack at', { fin: false }));
  talk.send(0, frames('{"token":"tok-plain-4711"}'));
  talk.lose(0, 5).send(0, frames('lost attack at dawn'));
  talk.send(0, frames(Buffer.concat([Buffer.from([3, 232]), Buffer.from('bye attack at dawn')]), { opcode: 8 }));
  return talk.finish().pcap();
}

describe('--redact', () => {
  describe.each([
    ['plain', capture(false)],
    ['compressed', capture(true)],
  ])('of a %s capture', (_, bytes) => {
    it.each(COMMAND_LINES.map((words) => [words.join(' '), words] as const))('%s', async (_name, words) => {
      const { outputs, code, stderr } = await outputsOf(bytes, RULES, words);
      expect(leaksOf(outputs, SECRETS)).toEqual([]);
      expect([0, 1], stderr).toContain(code);
      expect(stderr).toContain('wsdissect: replaced: ');
      const checked = await outputsOf(bytes, RULES, words, ['--redact-check']);
      expect(checked.stderr).not.toContain('--redact-check:');
      expect(checked.code).toBe(code);
    });
  });
});
