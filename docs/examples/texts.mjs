// texts.mjs: what was said, and what could not be read
import { createReadStream } from 'node:fs';
import { dissect } from 'wsdissect';

for await (const event of dissect(createReadStream(process.argv[2]))) {
  if (event.type !== 'message') continue;
  const { opcode, closeCode, status, isText, payload } = event.message;
  if (status !== 'ok') console.log(event.direction, `not read: ${status}`);
  else if (opcode === 8) console.log(event.direction, `close ${closeCode ?? ''}`);
  else console.log(event.direction, isText ? payload.toString() : `${payload.length} bytes`);
}
