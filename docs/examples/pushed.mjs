// pushed.mjs: bytes pushed as they come, without a promise
import { readFileSync } from 'node:fs';
import { Dissector } from 'wsdissect';

const dissector = new Dissector({ ports: [8008] });
const take = () => {
  for (let batch = dissector.take(); batch.length > 0; batch = dissector.take())
    for (const event of batch) if (event.type === 'message') console.log(event.message.text);
};
dissector.push(readFileSync(process.argv[2]));
take();
dissector.end();
take();
