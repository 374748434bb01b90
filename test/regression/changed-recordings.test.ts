import { expect, it } from 'vitest';
import { parseCase, readCase } from '../fuzz/loss/campaign.js';
import { loadRecordings } from '../fuzz/loss/recording.js';

/** Cases that the fuzz of changed recordings found: what is printed of each is what was sent, and what is missing is told. */
const CASES = [
  // The FIN came first, and hundreds of acknowledgments before the data: the side was taken to begin at its end.
  'send-null-v6.pcap reverse:9940,8889,6929 delayFar:5992,5382,1821',
  // Bytes from before the beginning came after the end, and were passed over without a word.
  'deflate-no-takeover.pcap swap:8026,4433,2623 cutStart:275,3487,6844',
  // A stream of HTTP/2 without its request: frames that waited for proof were lost where the answer was captured.
  'h2c.pcap drop:458,217,6577',
  'h2c.pcap dropEach:62,4489,6004',
  'h2c-padding.pcap skew:8464,8813,1524 drop:7590,7129,2256',
  'h2c-padding.pcap dropSome:6078,205,6020',
  // A 101 was cut before it said to which protocol it switches, and what followed was HTTP/2.
  'h2c-upgrade.pcap snap:8917,1096,3842',
  'h2c-upgrade.pcap snap:9236,7679,8337',
  'http-h2c.pcap snap:2429,620,1269 reverse:1021,8469,1236 drop:759,6520,1581',
  'http-h2c.pcap cutStart:9755,2577,2591 snap:9251,3844,7328',
  'http-h2c.pcap snap:9870,7988,1620 overlap:450,5856,6709 cutStart:1557,7941,3516',
  'h2c-upgrade.pcap snap:5714,8800,7340',
  // A request with control characters came in two segments.
  'terminal-attack.pcap overlap:2232,3572,900',
  'terminal-attack.pcap cutEnd:3171,667,2251 overlap:6233,4719,5254',
  // A head was cut twice: the line end after the first gap was taken for its empty line.
  'violations/rsv1-on-continuation.pcap probe:1003,5449,6199 split:9351,209,2285 snap:4624,1093,561',
];

const recordings = new Map(loadRecordings().map((recording) => [recording.name, recording]));

it.each(CASES)('%s', async (text) => {
  const { faults } = await readCase(parseCase(text), recordings);
  expect(faults).toEqual([]);
});
