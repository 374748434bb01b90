import { RECORD_FIELDS, RECORD_TYPES } from '../src/output/records/record-fields.js';
import type { FieldDescription } from '../src/output/records/record-field.js';
import { CAPTURE_STATS_FIELDS } from '../src/stats/capture-stats-fields.js';
import { CONNECTION_STATS_FIELDS } from '../src/stats/connection-stats-fields.js';

const END = '<!-- end of members -->';

/** What a table is written of, by the name that its mark has. */
const TABLES: readonly (readonly [of: string, fields: readonly FieldDescription[]])[] = [
  ...RECORD_TYPES.map((type) => [type, RECORD_FIELDS[type]] as const),
  ["connection's statistics", CONNECTION_STATS_FIELDS],
  ["capture's statistics", CAPTURE_STATS_FIELDS],
];

/** A document with the table of a record's members between each pair of its marks. */
export function withRecordTables(document: string): string {
  return TABLES.reduce((text, [type, fields]) => {
    const begin = `<!-- members of a ${type}: npm run docs writes what follows -->`;
    const from = text.indexOf(begin);
    const to = text.indexOf(END, from);
    if (from < 0 || to < 0) throw new Error(`the document has no place for the members of a ${type}`);
    return `${text.slice(0, from)}${begin}\n\n${table(fields)}\n\n${text.slice(to)}`;
  }, document);
}

function table(fields: readonly FieldDescription[]): string {
  const rows = fields.flatMap((field) => rowsOf(field, ''));
  return ['| member | is | meaning |', '| --- | --- | --- |', ...rows].join('\n');
}

function rowsOf(field: FieldDescription, outer: string): string[] {
  const { name, meaning, onlyWith, fields = [] } = field;
  const only = onlyWith === undefined ? '' : ` Only with \`${onlyWith}\`.`;
  const row = `| \`${outer}${name}\` | ${kindOf(field)} | ${meaning.replaceAll('|', '\\|')}${only} |`;
  return [row, ...fields.flatMap((inner) => rowsOf(inner, `${outer}${name}.`))];
}

function kindOf({ kind, form, values, isRequired, isOfCapture }: FieldDescription): string {
  const always = isRequired ? ', always' : isOfCapture === true ? ', always but for a HAR' : '';
  if (values !== undefined) return `${values.map((value) => `\`${value}\``).join(', ')}${always}`;
  return `${form === 'count' ? 'number or digits' : kind}${always}`;
}
