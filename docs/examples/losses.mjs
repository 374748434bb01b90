// losses.mjs: what is missing from a capture, and where
import { dissect } from 'wsdissect';

for await (const event of dissect(process.argv[2])) {
  if (event.type === 'gap') console.log('gap of', event.length, 'bytes,', event.direction);
  else if (event.type === 'finding') console.log(event.finding.code, event.finding.message);
  else if (event.type === 'message' && event.message.status === 'lost-context') console.log('not inflated');
}
