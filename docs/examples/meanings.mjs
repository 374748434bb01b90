// meanings.mjs: what the messages of a sub-protocol mean
import { dissect } from 'wsdissect';

for await (const event of dissect(process.argv[2])) {
  if (event.type !== 'message' || event.decoded === undefined) continue;
  for (const { kind, name, value } of event.decoded.items) console.log(event.decoded.protocol, kind, name, value);
}
