// socket.mjs: the bytes of a socket, where there is no capture
import { createFrameReader, encodeFrame } from 'wsdissect';

const reader = createFrameReader({ side: 'client' });
const sent = encodeFrame({ payload: 'ma2saka', maskingKey: 0xe1a4c61d });
for (const chunk of [sent.subarray(0, 5), sent.subarray(5)]) {
  for (const event of reader.push(chunk)) if (event.type === 'message') console.log(event.message.text);
}
for (const event of reader.end()) console.log(event.type);
