import { inflateRatio } from '../events.js';
import { list, number, object, text, type RecordField } from '../output/records/record-field.js';
import { WHOLE, within } from '../output/records/shared-fields.js';
import { opcodeName, OPCODE_NAMES } from '../websocket/frame.js';
import type { SideStats } from './connection-stats.js';
import type { Amount, BothWays, NameCount, NameTally } from './name-tally.js';
import { COUNTED, histogram, ofBytes, SECONDS } from './spread-fields.js';
import { byName } from './stats-values.js';

const AMOUNT: readonly RecordField<Amount>[] = [
  number('messages', 'Messages.', ({ messages }) => messages, COUNTED),
  number('bytes', 'Bytes of them, inflated, as far as their length is known.', ({ bytes }) => bytes, COUNTED),
];

const WAYS: readonly RecordField<BothWays>[] = [
  object('fromClient', 'What the client sent of it.', ({ client }) => client, AMOUNT),
  object('fromServer', 'What the server sent of it.', ({ server }) => server, AMOUNT),
];

const OPCODE: readonly RecordField<Amount & { readonly opcode: number }>[] = [
  number('opcode', 'Of the first frame.', ({ opcode }) => opcode, {
    bounds: { ...WHOLE, maximum: 15 },
    isRequired: true,
  }),
  text(
    'opcodeName',
    'Its name; continuation where the frame that the message began with is not there.',
    ({ opcode }) => opcodeName(opcode),
    { values: OPCODE_NAMES, isRequired: true },
  ),
  ...AMOUNT,
];

/** A side, and whether what only packets tell is known of it. */
interface Side {
  readonly side: SideStats;
  readonly isCaptured: boolean;
}

function captured(name: string, meaning: string, read: (side: SideStats) => number | undefined): RecordField<Side> {
  return number(
    name,
    `${meaning} Absent for a HAR file, and where messages are selected.`,
    ({ side, isCaptured }) => (isCaptured ? read(side) : undefined),
    { bounds: WHOLE },
  );
}

const SIDE: readonly RecordField<Side>[] = [
  number(
    'messages',
    'Messages, whole or not, as connections --json counts them.',
    ({ side }) => side.totals.messages,
    COUNTED,
  ),
  number(
    'bytes',
    'Bytes of the messages, inflated, as far as their length is known.',
    ({ side }) => side.bytes,
    COUNTED,
  ),
  number(
    'incomplete',
    'Messages of which something is missing, or that could not be inflated. Absent where there are none.',
    ({ side }) => side.incomplete || undefined,
    { bounds: WHOLE },
  ),
  captured('frames', 'Frames, whole or not.', ({ totals }) => totals.frames),
  captured('wireBytes', 'Payload bytes of the frames as sent.', ({ totals }) => totals.bytes),
  captured('missingBytes', 'Bytes after the handshake that were not captured.', ({ totals }) => totals.missingBytes),
  number(
    'compressedBytes',
    'Payload bytes of the compressed messages as sent. Absent where there were none.',
    ({ side }) => side.totals.compressedBytes || undefined,
    { bounds: WHOLE },
  ),
  number(
    'inflatedBytes',
    'Bytes that these messages inflated to.',
    ({ side }) => (side.totals.compressedBytes === 0 ? undefined : side.totals.inflatedBytes),
    { bounds: WHOLE },
  ),
  number(
    'ratio',
    'Inflated bytes for each compressed byte; two digits.',
    ({ side }) => inflateRatio(side.totals),
    SECONDS,
  ),
  histogram('sizes', 'Sizes of the whole text and binary messages, inflated.', ({ side }) => side.sizes, ofBytes),
  list(
    'opcodes',
    'Messages by opcode.',
    ({ side }) => side.opcodes.flatMap((amount, opcode) => (amount === undefined ? [] : [{ ...amount, opcode }])),
    OPCODE,
  ),
];

/** The fields of both sides. */
export function sides<Source>(
  read: (source: Source) => { readonly client: SideStats; readonly server: SideStats },
  isCaptured: (source: Source) => boolean,
): RecordField<Source>[] {
  return [
    object(
      'fromClient',
      'What the client sent.',
      (from) => ({ side: read(from).client, isCaptured: isCaptured(from) }),
      SIDE,
    ),
    object(
      'fromServer',
      'What the server sent.',
      (from) => ({ side: read(from).server, isCaptured: isCaptured(from) }),
      SIDE,
    ),
  ];
}

const NAME: readonly RecordField<NameCount>[] = [
  text('protocol', 'The sub-protocol.', ({ protocol }) => protocol, { isRequired: true }),
  text('kind', 'What the message is for.', ({ kind }) => kind, { isRequired: true }),
  text('name', "The protocol's own word.", ({ name }) => name),
  ...within((both) => both, WAYS),
];

/** The fields of what messages mean. */
export function names<Source>(read: (source: Source) => NameTally): RecordField<Source>[] {
  return [
    list(
      'names',
      'Messages by what they mean, the most first. One that holds several things counts for each.',
      (from) => byName(read(from)),
      NAME,
    ),
    object(
      'otherNames',
      'What has other names than these, which are as many as are counted. Absent where there is none.',
      (from) => {
        const { others } = read(from);
        return others.client.messages + others.server.messages === 0 ? undefined : others;
      },
      WAYS,
    ),
  ];
}
