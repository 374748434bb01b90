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
  'h2c-upgrade.pcap snap:2651,6450,7018 dropEach:1510,1208,3733',
  // A request with control characters came in two segments.
  'terminal-attack.pcap overlap:2232,3572,900',
  'terminal-attack.pcap cutEnd:3171,667,2251 overlap:6233,4719,5254',
  // A head was cut twice: the line end after the first gap was taken for its empty line.
  'violations/rsv1-on-continuation.pcap probe:1003,5449,6199 split:9351,209,2285 snap:4624,1093,561',
  // Acknowledgments of a side that is not in the capture came in another order, and how much was missing was not told.
  'send-raw.pcap oneWay:4594,8948,277 swap:7343,3896,7325',
  // A stream of HTTP/2 that was reset by the side that came last, after the other one: it was not read at all.
  'h2c-haproxy.pcap apart:5880,3664,566 dropSome:7564,5350,1040',
  // A SYN that came late told bytes to be missing that were still to come.
  'h2c-refused.pcap apart:404,2248,4988 overlap:3415,2963,1934 reverse:2699,7422,2217',
  // A 101 was taken for the answer to CONNECT.
  'http-connect-407.pcap apart:3725,14,370 swap:4959,9702,5212',
  'http-connect-407.pcap reverse:6105,638,5686 cutStart:6014,100,9569',
  // A FIN was recorded so early that it was not believed, and what it showed to be missing was not told.
  'frames-65536.pcap swap:1370,3903,6622 cutEnd:8399,3113,9745',
  // The rest of a cut request came in small segments, and was taken for another request: the connection ended as "reused".
  'http-split.pcap dropEach:3869,7491,4048',
  // The same of a 101 that was cut, and of a frame of HTTP/2 whose header came in two segments.
  'http-h2c.pcap snap:8279,9162,8797 split:5805,2,7468',
  'http-h2c.pcap split:4772,4075,6212 snap:8039,9231,3177',
  // HTTP/2 was begun a second time, after its request to change to it was lost.
  'h2c-upgrade.pcap dropEach:7637,2972,1173',
  // The server's frames came first, and then the client's request, of which only the first word was kept.
  'frames-segments.pcap snap:1222,2578,4756 apart:4309,2154,3256',
  // The end came first, FINs and all: its beginning was taken for another connection.
  'violations/length-top-bit.pcap reverse:8990,7419,488 reverse:7686,8964,8200',
  'close-none.pcap reverse:1721,9195,9818 reverse:3586,1947,2842',
  // Bytes of a page were missing, which is no loss of the WebSocket connections beside it.
  'loss-h2c-headers.pcap overlap:2547,8443,9568 cutEnd:5966,8745,8815 snap:9473,3572,197',
  'loss-h2c-headers.pcap cutEnd:6814,9626,2146 snap:4296,9819,5535',
  'loss-h2c-headers.pcap cutEnd:2617,6566,2781 snap:8298,3181,3640',
  // A FIN that is not believed is told, and proves no loss.
  'loss-h2c-headers.pcap probe:9534,7362,6079 duplicate:4158,2151,4998 cutEnd:6318,5640,7430',
  // Ports used again, 68,000 numbers further: the second connection was taken for the first one, or its packets for those of it.
  'port-reuse.pcap reverse:9557,4657,7448',
  'port-reuse.pcap reverse:7973,1198,8158',
  'port-reuse.pcap drop:6015,6236,8103 reverse:2213,3849,3589',
  'port-reuse.pcap reverse:9024,3619,8663',
  'port-reuse.pcap reverse:8116,7259,8032',
  'port-reuse.pcap dropEach:1544,9480,5015 drop:2093,2771,205',
  'port-reuse.pcap duplicate:2743,4913,6429 dropSome:6878,3369,6416',
  // The same, and the second one was told before the first.
  'port-reuse.pcap skew:8476,2310,5136',
  'port-reuse.pcap skew:9840,4020,9770',
  // A response before the request for WebSocket was called its refusal, after a loss and at the end of the capture.
  'http-keep-alive.pcap reverse:3418,9296,1114 cutEnd:9449,9911,54',
  // Bytes from before the beginning came after the end, and moved the beginning before they could be told.
  'send-null.pcap swap:4815,5869,213 cutStart:2570,3791,5044',
  'violations/handshake-missing-header.pcap cutEnd:5976,8108,8343 swap:1140,5374,7587 cutStart:5570,4012,9087',
  // The 101 was recorded long after what followed it, and nothing of the connection was printed; a message after frames that
  // were passed over was called damaged.
  'deflate-cork.pcap cutStart:341,3354,6238 delayFar:4716,5026,1373',
  // The server came first, and proved HTTP/2: the client's preface after it was told as bytes that are not decoded.
  'h2c-refused.pcap skew:9298,3987,5352 delay:8316,1723,7812',
  'h2c-haproxy.pcap duplicate:4433,2570,9391 apart:4869,5102,8488 swap:2903,9065,7758',
  // The server came first, and the client's request after it: its first frame was searched for, though it follows the request.
  'h2c-haproxy.pcap apart:6413,3039,5009 split:3122,7573,5015',
  'h2c-hypercorn.pcap apart:9441,1408,3582 overlap:3246,2708,8164',
  // The request that changed to HTTP/2 came after its 101, and with the preface it was told as bytes that are not decoded.
  'h2c-upgrade.pcap apart:8943,4249,8381 swap:2176,5462,7055',
  // A line from the middle of a cut head was read as a frame.
  'violations/deflate-window-exceeded.pcap overlap:5031,4640,9970 snap:3427,4713,4582',
  // The server's frames were recorded before the request, whose answer is missing: nothing told of them.
  'send-ppp.pcap apart:4115,6717,2505 delayFar:3290,9304,9893 dropEach:190,7815,2025',
];

const recordings = new Map(loadRecordings().map((recording) => [recording.name, recording]));

it.each(CASES)('%s', async (text) => {
  const { faults } = await readCase(parseCase(text), recordings);
  expect(faults).toEqual([]);
});
