import { describe, expect, it } from 'vitest';
import type { Side } from '../../src/common/sink.js';
import { KeyLog } from '../../src/tls/key-log/key-log.js';
import { encodeFrame } from '../../src/websocket/encode-frame.js';
import { readCapture, type Reading } from '../hostile/read-capture.js';
import { requestText, responseText, Talk } from '../hostile/talk.js';
import { clientHello, encryptedExtensions, FINISHED, scriptKeyLog, sealers, serverHello } from '../tls/tls13-script.js';

interface Sent {
  readonly side: Side;
  readonly bytes: Buffer;
  readonly isData: boolean;
}

/** A WebSocket connection over TLS 1.3: the handshake of TLS, that of WebSocket, and a text of each side. */
function connection(text: string): Sent[] {
  const { client, server, clientHandshake, serverHandshake } = sealers();
  const sent = (side: Side, bytes: Buffer, isData = true): Sent => ({ side, bytes, isData });
  return [
    sent(0, clientHello(), false),
    sent(1, serverHello(), false),
    sent(1, serverHandshake.seal(22, Buffer.concat([encryptedExtensions(), FINISHED])), false),
    sent(0, clientHandshake.seal(22, FINISHED), false),
    sent(0, client.data(requestText())),
    sent(1, server.data(responseText())),
    sent(0, client.data(encodeFrame({ payload: text, maskingKey: 0x0badcafe }))),
    sent(1, server.data(encodeFrame({ payload: text }))),
  ];
}

/** A capture without some of what was sent; the acknowledgments of the other side prove that it was. */
async function read(
  isLost: (sent: Sent) => boolean,
  isAbsent?: Side,
  keys = scriptKeyLog(),
  text = 'a text',
): Promise<Reading> {
  const talk = new Talk().open();
  for (const sent of connection(text)) {
    if (isLost(sent)) talk.lose(sent.side, sent.bytes.length);
    else talk.send(sent.side, sent.bytes);
  }
  talk.acknowledge(0).acknowledge(1).finish();
  const isCaptured = (packet: Buffer): boolean => (packet.readUInt16BE(20) === 80 ? 1 : 0) !== isAbsent;
  const { packets } = talk;
  talk.packets.splice(0, packets.length, ...packets.filter(isCaptured));
  const keyLog = new KeyLog();
  keyLog.push(Buffer.from(keys));
  keyLog.close();
  return readCapture(talk.pcap(), { keyLog });
}

/** Nothing that comes after them says whether records carried data: that they may have is told at the end. */
describe('records of TLS that are missing, and none after them', () => {
  it('are told where a direction was not captured at all', async () => {
    const { messages, findings } = await read(({ side }) => side === 1, 1);
    expect(messages.map(({ message }) => message.status)).toEqual(['ok']);
    const told = findings.filter(({ code }) => code === 'tls.gap');
    expect(told).toMatchObject([{ direction: 'server-to-client' }]);
    expect(told[0]!.message).toContain('records that may have carried data were not captured');
  });

  it.each([
    ['the server', 1, 'server-to-client'],
    ['the client', 0, 'client-to-server'],
  ] as const)('are told where all data of %s is missing', async (_name, lost, direction) => {
    const { findings } = await read(({ side, isData }) => side === lost && isData);
    const told = findings.filter(({ code }) => code === 'tls.gap');
    expect(told).toMatchObject([{ direction }]);
  });

  it('are told where nothing of either side could be shown', async () => {
    const { codes, connections } = await read(({ isData }) => isData);
    expect(connections).toEqual([]);
    expect(codes).toContain('tls.gap');
  });

  it('are told where both heads of the opening handshake are among them, and what follows proves nothing', async () => {
    const { codes, frames } = await read(
      ({ bytes, isData }) => isData && bytes.length > 60,
      undefined,
      scriptKeyLog(),
      'x',
    );
    expect(frames).toEqual([]);
    expect(codes).toEqual(['tls.gap']);
  });

  it('are not told where the records after them show that they were the handshake', async () => {
    const { codes, messages } = await read(({ bytes, isData }) => !isData && bytes[0] === 23);
    expect(codes).toEqual([]);
    expect(messages.map(({ message }) => message.status)).toEqual(['ok', 'ok']);
  });

  it('are not told beside what stays encrypted', async () => {
    const { codes } = await read(({ side }) => side === 1, 1, '');
    expect(codes).toEqual(['tls.not-captured']);
  });

  it('are not told where nothing is missing', async () => {
    const { codes } = await read(() => false);
    expect(codes).toEqual([]);
  });
});
