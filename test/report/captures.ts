import { writePcap } from '../../src/capture/pcap/pcap-writer.js';
import { encodeFrame } from '../../src/websocket/encode-frame.js';
import { LINKTYPE_RAW } from '../hostile/segment-bytes.js';
import { Talk } from '../hostile/talk.js';

const KEY = Buffer.from('e1a4c61d', 'hex');

/** A frame as a client or a server sends it. */
export function frame(
  from: 'client' | 'server',
  payload: string | Buffer,
  shape: { readonly opcode?: number; readonly fin?: boolean } = {},
): Buffer {
  const { opcode = 1, fin = true } = shape;
  const bytes = Buffer.from(payload);
  return encodeFrame({ fin, opcode, payload: bytes, ...(from === 'client' ? { maskingKey: KEY } : {}) });
}

/** A close frame. */
export function close(from: 'client' | 'server', code: number, reason = ''): Buffer {
  const body = Buffer.concat([Buffer.of(code >>> 8, code & 0xff), Buffer.from(reason)]);
  return frame(from, body, { opcode: 8 });
}

/** Packets of several connections, each at its own time. */
class Recording {
  readonly #written: { seconds: number; nanoseconds: number; bytes: Buffer }[] = [];
  readonly packets: Buffer[] = [];
  #milliseconds = 0;

  /** What was put in since the last call was captured, a millisecond apart; then so long nothing. */
  wait(milliseconds: number): void {
    for (const bytes of this.packets.splice(0)) {
      this.#milliseconds++;
      this.#written.push({
        seconds: 1_700_000_000 + Math.floor(this.#milliseconds / 1000),
        nanoseconds: (this.#milliseconds % 1000) * 1_000_000,
        bytes,
      });
    }
    this.#milliseconds += milliseconds;
  }

  pcap(): Buffer {
    this.wait(0);
    return writePcap(this.#written, { linkType: LINKTYPE_RAW });
  }
}

/**
 * What a stranger is asked about: connection 0 calls methods, one of which takes long; 1 ends with an error after an
 * order; of 2 the server's bytes are not all there; 3 is refused.
 */
export function strangersCapture(): Buffer {
  const recording = new Recording();
  const { packets } = recording;
  const shop = new Talk(0, packets).upgrade({ offered: 'permessage-deflate', target: '/shop' });
  const orders = new Talk(1, packets).upgrade({ target: '/orders' });
  const news = new Talk(2, packets).upgrade({ target: '/news' });
  const admin = new Talk(3, packets).open();
  recording.wait(20);
  admin.send(0, 'GET /admin HTTP/1.1\r\nHost: example.test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n');
  admin.send(0, 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n');
  admin.send(1, 'HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n').finish();
  const call = (id: number, method: string, waited: number, result: string): void => {
    shop.send(0, frame('client', JSON.stringify({ jsonrpc: '2.0', id, method, params: { id } })));
    recording.wait(waited);
    shop.send(1, frame('server', `{"jsonrpc":"2.0","id":${id},"result":${result}}`));
    recording.wait(15);
  };
  call(1, 'list', 12, '["apple","pear"]');
  call(2, 'price', 9, '12345678901234567890');
  call(3, 'checkout', 870, '{"ok":true}');
  call(4, 'list', 14, '[]');
  shop.send(1, frame('server', 'beat', { opcode: 9 }));
  recording.wait(30);
  shop.send(0, frame('client', 'beat', { opcode: 10 }));
  for (let number = 1; number <= 6; number++) {
    news.send(1, frame('server', `news ${number}`));
    if (number === 3) news.lose(1, frame('server', 'news which is lost').length).send(0, frame('client', 'still here'));
    recording.wait(40);
  }
  orders.send(0, frame('client', 'sell 5 pears'));
  orders.send(1, frame('server', 'sold'));
  recording.wait(50);
  orders.send(0, frame('client', 'buy 100 apples'));
  orders
    .send(1, close('server', 1011, 'no stock'))
    .send(0, close('client', 1011, 'no stock'))
    .finish();
  recording.wait(10);
  shop.send(0, close('client', 1000)).send(1, close('server', 1000)).finish();
  news.send(1, close('server', 1001)).send(0, close('client', 1001)).finish();
  return recording.pcap();
}

/** Messages of each kind that has a colour, 40 ms apart, with calls, pings that take their time, a hole and a close. */
export function everyKind(): Buffer {
  const recording = new Recording();
  const talk = new Talk(0, recording.packets).upgrade({ target: '/' });
  const say = (from: 'client' | 'server', payload: string | Buffer, opcode = 1): void => {
    talk.send(from === 'client' ? 0 : 1, frame(from, payload, { opcode }));
    recording.wait(39);
  };
  recording.wait(39);
  for (let id = 1; id <= 3; id++) {
    say('client', `{"jsonrpc":"2.0","id":${id},"method":"get","params":[]}`);
    say(
      'server',
      id === 3
        ? `{"jsonrpc":"2.0","id":3,"error":{"code":-1,"message":"no"}}`
        : `{"jsonrpc":"2.0","id":${id},"result":1}`,
    );
  }
  say('client', 't'.repeat(1000));
  say('client', 't'.repeat(4000));
  say('server', Buffer.alloc(4000, 7), 2);
  say('client', 'beat', 9);
  recording.wait(200);
  say('server', 'beat', 10);
  // Bytes in the middle of a message were not captured.
  const long = frame('server', 'x'.repeat(3000));
  talk.send(1, long.subarray(0, 1000)).lose(1, 500);
  recording.wait(80);
  talk.send(1, long.subarray(1500)).send(0, frame('client', 'after the hole'));
  recording.wait(39);
  talk.send(0, close('client', 1000)).send(1, close('server', 1000)).finish();
  return recording.pcap();
}

/** What somebody would send to a page that is careless. */
export const ATTACKS: readonly string[] = [
  '</script><script>document.title="owned"</script>',
  '<img src=x onerror="document.title=\'owned\'">',
  '</script><img onerror=alert(1) src=x>',
  '<!--<script>',
  ']]><svg onload=alert(1)>',
  'line\u2028separator\u2029paragraph',
  'user\u202eexe.txt',
  '\u2066isolate\u2069 \u200bzero',
  '"}\n{"type":"summary"}',
  '{0} {1} {2}',
  '__proto__',
  '{"__proto__":{"polluted":true},"constructor":1,"a":1,"a":2}',
  '\u0001\u0002\u001b[31mred',
];

/** A connection on which all of them were said, in both directions, with a hostile target and protocol. */
export function hostileCapture(): Buffer {
  const talk = new Talk().upgrade({ target: '/</script><img/onerror=alert(1)>', more: 'Origin: <b>x</b>\r\n' });
  for (const attack of ATTACKS) talk.send(0, frame('client', attack)).send(1, frame('server', attack));
  talk
    .send(1, close('server', 1000, '</script><b>'))
    .send(0, close('client', 1000))
    .finish();
  return talk.pcap();
}

/** So many calls on one connection, one after the other; every hundredth message of the server comes after a hole. */
export function manyCalls(count: number): Buffer {
  const talk = new Talk().upgrade({ target: '/' });
  for (let id = 1; id <= count; id++) {
    talk.send(0, frame('client', `{"jsonrpc":"2.0","id":${id},"method":"m"}`));
    if (id % 100 === 0) talk.lose(1, frame('server', 'which is lost').length);
    talk.send(1, frame('server', `{"jsonrpc":"2.0","id":${id},"result":1}`));
  }
  return talk.finish().pcap();
}

/** So many small messages on some connections. */
export function manyMessages(count: number, connections = 5): Buffer {
  const packets: Buffer[] = [];
  const talks = Array.from({ length: connections }, (_, number) => new Talk(number, packets).upgrade());
  for (let number = 1; number <= count; number++) {
    const talk = talks[number % connections]!;
    const isClient = number % 3 === 0;
    const text = `{"number":${number},"price":${(number * 7919) % 10_007},"who":"user ${number % 97}"}`;
    const key = Buffer.alloc(4);
    key.writeUInt32BE(Math.imul(number, 0x9e3779b1) >>> 0);
    const bytes = encodeFrame({
      fin: true,
      opcode: 1,
      payload: Buffer.from(text),
      ...(isClient ? { maskingKey: key } : {}),
    });
    talk.send(isClient ? 0 : 1, bytes);
  }
  for (const talk of talks) talk.finish();
  return writePcap(
    packets.map((bytes, index) => ({
      seconds: 1_700_000_000 + Math.floor(index / 1000),
      nanoseconds: (index % 1000) * 1_000_000,
      bytes,
    })),
    { linkType: LINKTYPE_RAW },
  );
}
