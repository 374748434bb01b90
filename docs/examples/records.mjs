// records.mjs: the objects that --json prints
import { dissect, toRecord } from 'wsdissect';

for await (const event of dissect(process.argv[2])) {
  const record = toRecord(event);
  if (record?.type === 'message') console.log(record.packet, record.direction, record.length, record.text);
}
