// validate.mjs: lines of JSON on standard input against a schema of wsdissect
import { createInterface } from 'node:readline';
import { Ajv2020 } from 'ajv/dist/2020.js';

const name = process.argv[2] ?? 'record';
const { default: schema } = await import(`wsdissect/schema/${name}.schema.json`, { with: { type: 'json' } });
const validate = new Ajv2020({ strict: false }).compile(schema);
let lines = 0;
for await (const line of createInterface({ input: process.stdin })) {
  if (!validate(JSON.parse(line))) throw new Error(JSON.stringify(validate.errors));
  lines++;
}
console.log(`${lines} records are valid`);
