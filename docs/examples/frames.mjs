// frames.mjs: the frames of a capture with their headers as they were sent
import { dissect, headerBytes, opcodeName } from 'wsdissect';

for await (const event of dissect(process.argv[2], { want: { messages: false, connections: false } })) {
  if (event.type !== 'frame') continue;
  const { frame } = event;
  console.log(frame.at.packet, opcodeName(frame.opcode), headerBytes(frame).toString('hex'), frame.payloadLength);
}
