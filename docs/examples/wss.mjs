// wss.mjs: a capture of TLS with the secrets that the client wrote
import { readFileSync } from 'node:fs';
import { dissect, KeyLog } from 'wsdissect';

const keyLog = new KeyLog();
keyLog.push(readFileSync(process.argv[3]));
keyLog.end();
for await (const event of dissect(process.argv[2], { keyLog })) {
  if (event.type === 'open') console.log(event.handshake.url);
  if (event.type === 'message' && event.message.text) console.log(event.message.text);
}
