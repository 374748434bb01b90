import {
  MEANING_KINDS,
  PROTOCOLS,
  RECOGNISED_BY,
  type DecodedMessage,
  type Meaning,
} from '../../subprotocol/sub-protocol.js';
import { any, list, text, type RecordField, type RecordValue } from './record-field.js';
import { within } from './shared-fields.js';

/** What a message, or one of several things in it, means. */
const MEANING: readonly RecordField<Meaning>[] = [
  text('kind', 'What it is for, in words that all protocols share.', ({ kind }) => kind, { values: MEANING_KINDS }),
  text('name', "The protocol's own word: a command, packet type, method or event.", ({ name }) => name),
  any(
    'id',
    'What a reply answers by. A number that readers of JSON cannot be trusted to keep is a string of its digits.',
    ({ id }) => id,
    { bounds: { type: ['string', 'number'] } },
  ),
  text('channel', 'A topic, destination, room or namespace.', ({ channel }) => channel),
  any(
    'value',
    'JSON of the message itself, as it was sent: its large numbers and repeated members too.',
    ({ value }) => (value === undefined ? undefined : (JSON.parse(value) as RecordValue)),
  ),
  text('raw', 'What JSON cannot hold, as text.', ({ raw }) => raw),
];

const NOTHING = {} as Meaning;

interface Item {
  readonly item: Meaning;
  readonly outer: string;
}

/** The fields of one of several things in a message. */
export const ITEM: readonly RecordField<Item>[] = [
  text(
    'protocol',
    "The sub-protocol that it is decoded by, where it is another one than the message's.",
    ({ item, outer }: Item) => (item.protocol === outer ? undefined : item.protocol),
    { values: PROTOCOLS },
  ),
  ...within(({ item }: Item) => item, MEANING),
];

/** The fields of `decoded`. */
export const DECODED: readonly RecordField<DecodedMessage>[] = [
  text(
    'protocol',
    'The sub-protocol that it is decoded by.',
    ({ protocol, items }) => (items.length === 1 ? items[0]!.protocol : undefined) ?? protocol,
    { values: PROTOCOLS, isRequired: true },
  ),
  text(
    'by',
    'How the protocol was told: by Sec-WebSocket-Protocol, by the URL, by the messages, or by --decode.',
    ({ by }) => by,
    { values: RECOGNISED_BY, isRequired: true },
  ),
  // Of a message that means one thing it is the message that means it.
  ...within(({ items }: DecodedMessage) => (items.length === 1 ? items[0]! : NOTHING), MEANING),
  list(
    'items',
    'Where one message holds several things: each of them.',
    ({ protocol, items }) => (items.length === 1 ? undefined : items.map((item) => ({ item, outer: protocol }))),
    ITEM,
  ),
];
