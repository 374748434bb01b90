import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { FIXTURES } from '../../fixtures/record/scenario.js';
import { FIELDS } from '../../src/check/expectations/fields.js';
import { Records, type RecordValue } from '../../src/check/records.js';
import { dissect } from '../../src/dissect.js';
import { fixture } from './captures.js';

/** Dotted names of all fields in a value, with the kind of each. */
function* namesOf(value: RecordValue, name: string): Generator<[string, string]> {
  if (FIELDS.get(name)?.kind === 'any') {
    // What stands there, the sender chose.
    yield [name, 'any'];
  } else if (Array.isArray(value)) {
    yield [name, 'list'];
    for (const item of value as readonly RecordValue[]) yield* namesOf(item, name);
  } else if (typeof value === 'object' && value !== null) {
    const prefix = name === '' ? '' : `${name}.`;
    for (const [key, member] of Object.entries(value)) yield* namesOf(member, prefix + key);
  } else {
    yield [name, { string: 'text', number: 'number', boolean: 'flag' }[typeof value as 'string']];
  }
}

it('the table of fields has every field of every record of the fixtures, with its kind and values', async () => {
  const names = readdirSync(FIXTURES, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.pcap'));
  const wrong = new Set<string>();
  for (const name of names) {
    const records = new Records(['frame', 'message', 'connection'], name);
    for await (const event of dissect([fixture(name)])) {
      const record = records.of(event);
      if (record === undefined) continue;
      for (const [field, kind] of namesOf(record, '')) {
        const known = FIELDS.get(field);
        if (!known?.records.includes(record.type)) wrong.add(`${record.type}.${field} is not there`);
        else if (kind !== known.kind && !(kind === 'text' && known.kind === 'number'))
          wrong.add(`${field} is a ${kind}`);
        else if (known.values !== undefined && !field.includes('.')) {
          if (!known.values.includes(record[field] as string))
            wrong.add(`${field} may be ${JSON.stringify(record[field])}`);
        }
      }
    }
  }
  expect([...wrong]).toEqual([]);
});
