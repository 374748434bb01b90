import type { Side } from '../../src/common/sink.js';
import { encodeFrame } from '../../src/websocket/encode-frame.js';
import { requestText, responseText } from '../hostile/talk.js';
import type { Sent } from './recording.js';
import { clientHello, sealers, serverHello } from './tls13-script.js';

/** A WebSocket connection over TLS 1.3, whose secrets `scriptKeyLog()` has: a text of each side. */
export function wssTalk(fromClient = 'secret', fromServer = 'secret as well'): Sent[] {
  const { client, server } = sealers();
  const sent = (side: Side, bytes: Buffer): Sent => ({ side, bytes });
  return [
    sent(0, clientHello()),
    sent(1, serverHello()),
    sent(0, client.data(requestText())),
    sent(1, server.data(responseText())),
    sent(0, client.data(encodeFrame({ opcode: 1, payload: fromClient, maskingKey: 0x01020304 }))),
    sent(1, server.data(encodeFrame({ opcode: 1, payload: fromServer }))),
  ];
}
