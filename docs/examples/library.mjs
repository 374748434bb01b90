// library.mjs: the library in ten lines
import { createReadStream } from 'node:fs';
import { dissect, encodeFrame, parseFrame } from 'wsdissect';

const frame = parseFrame(encodeFrame({ payload: 'ma2saka', maskingKey: 0xe1a4c61d }));
if (frame.complete) console.log(frame.payload.toString(), frame.headerLength);

for await (const event of dissect(createReadStream('fixtures/deflate-takeover.pcap'))) {
  if (event.type === 'connection') console.log(event.handshake.extensions, event.client.messages, event.end);
}
