import { deflateRawSync, constants } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { encodeFrame } from '../../src/websocket/encode-frame.js';
import { readCapture } from '../hostile/read-capture.js';
import { requestText, responseText, Talk } from '../hostile/talk.js';

const FIELDS = {
  offered: 'permessage-deflate',
  extensions: 'permessage-deflate; server_no_context_takeover; client_no_context_takeover',
  subprotocol: 'chat',
};
const REQUEST = requestText(FIELDS);
const RESPONSE = responseText(FIELDS);

function compressed(text: string): Buffer {
  return deflateRawSync(Buffer.from(text), { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);
}

/** A connection whose answer was captured up to a length; with gaps in place of what comes after it. */
function cutAt(length: number, request = REQUEST): Buffer {
  const talk = new Talk().open().send(0, request);
  talk.send(1, RESPONSE.slice(0, length)).lose(1, RESPONSE.length - length);
  for (let i = 0; i < 8; i++) {
    talk.send(0, encodeFrame({ rsv1: true, payload: compressed(`client ${i}`), maskingKey: 0x37fa213d }));
    talk.send(1, encodeFrame({ rsv1: true, payload: compressed(`server ${i}`) }));
  }
  return talk.finish().pcap();
}

/** Of a head that was cut nobody knows what it lacks. */
describe('an answer that was cut', () => {
  const afterStatus = RESPONSE.indexOf('Upgrade:');
  const beforeExtensions = RESPONSE.indexOf('Sec-WebSocket-Extensions');
  const inExtensions = beforeExtensions + 40;

  it.each([afterStatus, beforeExtensions, inExtensions])(
    'after %d bytes may have agreed on anything',
    async (length) => {
      const { messages, codes, connections } = await readCapture(cutAt(length));
      expect(messages.map(({ message }) => message.payload?.toString()).sort()).toEqual(
        ['client', 'server'].flatMap((who) => Array.from({ length: 8 }, (_, i) => `${who} ${i}`)),
      );
      expect(codes).not.toContain('ws.rsv1-without-extension');
      expect(codes).not.toContain('handshake.no-subprotocol');
      expect(codes).toContain('handshake.incomplete');
      expect(connections[0]!.handshake).toMatchObject({ state: 'incomplete', httpStatus: 101 });
      expect(connections[0]!.handshake.extensions).toBeUndefined();
    },
  );

  it('takes what the options say', async () => {
    const extensions = 'permessage-deflate; server_max_window_bits=9';
    const { connections } = await readCapture(cutAt(beforeExtensions), { extensions });
    expect(connections[0]!.handshake).toMatchObject({ extensions, deflate: { serverMaxWindowBits: 9 } });
  });

  it('after the line of its extensions has told them', async () => {
    const length = RESPONSE.indexOf('\r\n', beforeExtensions) + 2;
    const { connections } = await readCapture(cutAt(length), { extensions: 'x' });
    expect(connections[0]!.handshake).toMatchObject({ extensions: FIELDS.extensions });
  });

  it('after a request that was cut too is no less one', async () => {
    const talk = new Talk()
      .open()
      .send(0, REQUEST.slice(0, 60))
      .lose(0, REQUEST.length - 60);
    talk.send(1, RESPONSE.slice(0, afterStatus + 5)).lose(1, RESPONSE.length - afterStatus - 5);
    for (let i = 0; i < 80; i++) {
      talk.send(0, encodeFrame({ rsv1: true, payload: compressed(`client ${i}`), maskingKey: 0x37fa213d }));
    }
    const { messages } = await readCapture(talk.finish().pcap());
    expect(messages).toHaveLength(80);
  });
});
