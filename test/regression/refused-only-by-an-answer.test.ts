import { describe, expect, it } from 'vitest';
import { KeyLog } from '../../src/tls/key-log/key-log.js';
import { encodeFrame } from '../../src/websocket/encode-frame.js';
import { readCapture } from '../hostile/read-capture.js';
import { requestText, responseText, Talk } from '../hostile/talk.js';
import { clientHello, scriptKeyLog, sealers, serverHello } from '../tls/tls13-script.js';

const toServer = encodeFrame({ payload: 'to the server', maskingKey: 0x0badcafe });
const toClient = encodeFrame({ payload: 'to the client' });
const DAMAGED = responseText().replace('HTTP', 'HTTQ');

/** Where bytes of the server are missing, the answer may be among them: nothing says that it was no. */
describe('a request for WebSocket is called refused', () => {
  it.each([
    ['stray bytes', '\x05\0\0\x01\0\0\0\0\0P', responseText().length],
    ['the beginning of a damaged answer', DAMAGED.slice(0, 50), DAMAGED.length - 50],
  ])('not where bytes are missing after %s', async (_name, before, missing) => {
    const talk = new Talk().open().send(0, requestText()).send(1, before).lose(1, missing).lose(0, toServer.length);
    talk.send(1, toClient).finish();
    const { connections } = await readCapture(talk.pcap());
    expect(connections.map(({ handshake }) => handshake.state)).toEqual(['incomplete']);
    expect(connections[0]!.server.missingBytes).toBe(missing);
  });

  it('not where the client of a SOCKS proxy was not captured whole', async () => {
    const talk = new Talk().open().send(0, '\x05\x01\x02').send(1, '\x05\x02').lose(0, 11).send(1, '\x01\0');
    talk.send(0, '\x05\x01\0\x03\x0cexample.test\0P').send(1, '\x05\0\0\x01\0\0\0\0\0P');
    talk.send(0, requestText()).lose(1, responseText().length).lose(0, toServer.length).send(1, toClient);
    const { connections } = await readCapture(talk.finish().pcap());
    expect(connections.map(({ handshake }) => handshake.state)).toEqual(['incomplete']);
  });

  it('not where the answer is in records that are none of TLS', async () => {
    const { client, server } = sealers();
    const talk = new Talk().open().send(0, clientHello()).send(1, serverHello()).send(0, client.data(requestText()));
    talk.send(1, Buffer.concat([Buffer.from('\n'), server.data(responseText())]));
    const keyLog = new KeyLog();
    keyLog.push(Buffer.from(scriptKeyLog()));
    keyLog.close();
    const { connections, codes } = await readCapture(talk.finish().pcap(), { keyLog });
    expect(connections.map(({ handshake }) => handshake.state)).toEqual(['incomplete']);
    expect(codes).toContain('tls.malformed');
  });

  it('still where the server said nothing, and all of it was captured', async () => {
    const { connections } = await readCapture(new Talk().open().send(0, requestText()).finish().pcap());
    expect(connections.map(({ handshake }) => handshake.state)).toEqual(['refused']);
  });
});

/** A status line that cannot be read is told by the fields after it, wherever segments end. */
it.each([1, 3, 9, 20, 40, 110, 1400])('a damaged answer is read in segments of %i bytes', async (length) => {
  const talk = new Talk().open().send(0, requestText()).sendAll(1, Buffer.from(DAMAGED), length);
  const { connections, messages } = await readCapture(talk.send(0, toServer).send(1, toClient).finish().pcap());
  expect(connections.map(({ handshake }) => handshake.state)).toEqual(['accepted']);
  expect(connections[0]!.findings.map(({ code }) => code)).toEqual(['handshake.bad-status']);
  expect(messages.map(({ message }) => message.status)).toEqual(['ok', 'ok']);
});
