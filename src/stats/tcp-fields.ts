import { number, object, type RecordField } from '../output/records/record-field.js';
import { WHOLE } from '../output/records/shared-fields.js';
import type { TcpQuality, TcpSideQuality } from '../tcp/tcp-meter.js';
import { inSeconds } from './nanoseconds.js';
import { COUNTED, histogram, ofTimes, SECONDS } from './spread-fields.js';

const TCP_SIDE: readonly RecordField<TcpSideQuality>[] = [
  number('segments', 'Segments with data, each copy counted.', ({ segments }) => segments, COUNTED),
  number(
    'repeated',
    'Segments of which the capture had every byte before: sent again, or recorded twice. Keep-alive probes are none.',
    ({ repeated }) => repeated,
    COUNTED,
  ),
  number('repeatedBytes', 'Bytes of these.', ({ repeatedBytes }) => repeatedBytes, COUNTED),
  number(
    'late',
    'Segments that come after others with higher numbers: out of order, or sent again after a loss before the place of the capture.',
    ({ late }) => late,
    COUNTED,
  ),
  number(
    'unsure',
    'Segments of which it is not known whether they are repeated or late. Absent where there are none.',
    ({ unsure }) => unsure || undefined,
    { bounds: WHOLE },
  ),
  number(
    'zeroWindows',
    'Times that it closed its window: the application did not read what came.',
    ({ zeroWindows }) => zeroWindows,
    COUNTED,
  ),
  number(
    'zeroWindowSeconds',
    'How long it stayed closed, until it was seen to open. Absent where it never closed.',
    ({ zeroWindows, zeroWindowTime }) => (zeroWindows === 0 ? undefined : inSeconds(zeroWindowTime)),
    SECONDS,
  ),
  histogram(
    'acknowledged',
    'From a segment of this side to the acknowledgment of it by the other one, at the place of the capture: the way there and back, and how long the receiver put the acknowledgment off. One segment is timed at a time, and none that was sent again.',
    ({ acknowledged }) => acknowledged,
    ofTimes,
  ),
];

/** The fields of a TCP connection. */
export const TCP: readonly RecordField<TcpQuality>[] = [
  number(
    'roundTrip',
    'Seconds from the SYN to the acknowledgment of its SYN/ACK. Absent where these were not captured, or sent again.',
    ({ roundTrip }) => (roundTrip === undefined ? undefined : inSeconds(roundTrip)),
    SECONDS,
  ),
  object('fromClient', 'What the client sent.', ({ client }) => client, TCP_SIDE),
  object('fromServer', 'What the server sent.', ({ server }) => server, TCP_SIDE),
];
