import type { HttpHead } from '../../http/handshake.js';
import { isSecretField } from '../../http/messages/secret-fields.js';
import { list, text, type RecordField } from './record-field.js';

/** The option of the command that asks for them. */
export const HEADERS_OPTION = '--headers';

/** A field of HTTP. */
export const HEADER: readonly RecordField<readonly [name: string, value: string]>[] = [
  text('name', 'As it was sent.', ([name]) => name, { isRequired: true }),
  text(
    'value',
    'Without the white space around it, folded lines joined with a space. Absent where it is left out.',
    ([name, value]) => (isSecretField(name) ? undefined : value),
  ),
  {
    name: 'leftOut',
    kind: 'flag',
    meaning: 'Its value may be a secret, as the name tells, and is left out.',
    isRequired: false,
    read: ([name]) => isSecretField(name) || undefined,
  },
];

/** What the record of a connection has of the head of its request, or of its response. */
export const HEAD_FIELDS: readonly RecordField<HttpHead>[] = [
  text('line', 'The first line. Absent over HTTP/2, which has none.', ({ startLine }) => startLine || undefined),
  list('fields', 'The header fields, in their order.', ({ fields }) => fields, HEADER),
  {
    name: 'cut',
    kind: 'flag',
    meaning: 'Not all of the head is known: which other fields it has, if any, is not known either.',
    isRequired: false,
    read: ({ cut }) => cut,
  },
];
