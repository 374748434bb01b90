// texts.mjs: what was said, and what could not be read
import { dissect } from 'wsdissect';

for await (const event of dissect(process.argv[2])) {
  if (event.type !== 'message') continue;
  const { closeCode, status, text, payload } = event.message;
  if (status !== 'ok') console.log(event.direction, `not read: ${status}`);
  else if (closeCode !== undefined) console.log(event.direction, `close ${closeCode} ${text ?? ''}`.trimEnd());
  else console.log(event.direction, text ?? `${payload.length} bytes`);
}
