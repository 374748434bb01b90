import { expect, it } from 'vitest';
import { parseCase, readCase } from '../fuzz/loss/campaign.js';
import { loadRecordings } from '../fuzz/loss/recording.js';

/** Cases of packets that are recorded in another order than they were sent: what is printed was sent, and what is missing is told. */
const CASES = [
  // The 101 was recorded so late that frames had been taken for the beginning: nothing was printed, and nothing told.
  'frames-65536.pcap delay:7061,5019,9425 cutStart:6306,8065,1924 probe:4849,7204,5548',
  'violations/length-top-bit.pcap cutStart:8810,4140,8443 drop:543,1448,992 delay:5734,2778,5136',
  'violations/length-top-bit.pcap delayFar:7061,1036,6329 cutStart:9509,5198,7479',
  'loss-server-only.pcap reverse:705,955,5721 reverse:2646,9165,3977',
  'deflate-cork.pcap duplicate:7369,7979,1326 cutStart:1431,5226,8777',
  // A reset was the first packet of its connection: what its number proves to be missing was not told.
  'close-rst.pcap swap:7812,8252,3599 dropSome:5353,5976,3530',
  'close-rst.pcap apart:6572,4916,656 dropSome:4194,8643,5434 dropSome:5745,3980,4830',
  // An acknowledgment without data came before the first data: the data was dropped, and then told to be missing.
  'deflate-long.pcap apart:7739,6417,606 cutStart:1776,8606,9911 reverse:459,5459,7179',
  // Ports used again: what was recorded before its SYN stayed with the connection before it, and was called its answer.
  'port-reuse.pcap reverse:5141,38,6144 delayFar:9799,2620,7973',
  'port-reuse.pcap swap:9444,3624,4961 apart:1820,4062,283',
  // The SYN/ACK was recorded after the end, and began a connection of its own.
  'deflate-final-blocks.pcap apart:5884,7310,6083 duplicate:2099,6578,1595 cutStart:634,9780,552',
  // The other side's first acknowledgment showed that something is missing before the first bytes.
  'two-connections.pcap skew:560,9653,8 dropSome:9331,9257,7897 delayFar:2976,4903,1619',
  // A later acknowledgment was recorded where the third packet of the handshake should be, and seemed to say where the server begins.
  'h2c.pcap shuffle:1249,9700,1410 shuffle:3904,9373,4107',
  // A request that was cut was taken for that of the handshake, and another one followed it.
  'http-keep-alive.pcap delay:5117,8659,3324 snap:4458,6887,6884',
  // A 101 that was cut before its Upgrade field was taken for the answer to CONNECT, which was one before it.
  'http-connect-407.pcap truncate:8993,2035,8281 delay:5241,6200,3408 dropSome:9291,9906,8724',
  // The end of a header with a length of 16 bits was taken for a shorter header with the same key.
  'loss-handshake.pcap split:8655,9893,5294 snap:8869,4982,9380',
  // Bytes inside the head of a request were missing, and its end was there: nothing said so.
  'violations/length-too-large.pcap cutEnd:1923,8018,3450 split:5290,3891,6200 snap:1912,7962,2842',
  // The client's SYN was recorded late, and what a SOCKS proxy answered was taken for frames.
  'http-socks5.pcap delay:4860,3755,6659 apart:5511,8337,476',
  // A status line came in two segments where the body of an answer to HEAD may stand or not: all after it was taken for that body.
  'http-keep-alive.pcap drop:6938,1141,8586 skew:3669,6719,7199 split:7940,509,6041',
  // What was found before a 101 was told to frames that it took the place of.
  'frames-one-byte-segments.pcap apart:8250,8287,6569 split:4850,5581,5719 cutStart:1268,2105,7495',
  // Of the first header of TLS a few bytes were captured: the connection was taken for none of TLS, and nothing was told.
  'tls12-aes128-ccm.pcap truncate:7388,6693,5005 apart:9179,6947,909',
  // A 101 was recorded late, and its end cut off: nothing was learned from what was captured of it.
  'deflate-window-15.pcap swap:574,9461,5438 cutStart:5945,9457,2914 snap:391,3772,8156',
  // The 101 that changes to HTTP/2 was read as HTTP/2, and told as bytes that are not decoded.
  'h2c-upgrade.pcap swap:5721,8416,7963 apart:9420,5594,2932',
  // Bytes that had been given up came after both sides had ended: nothing said that a packet holds them.
  'http-pipelined.pcap overlap:4011,1883,4438 snap:2275,8231,7246 delay:4662,461,7639',
  'frames-65536.pcap duplicate:8955,8701,7933 split:9263,6708,540 snap:3050,7231,9521',
  // A request that was cut had its answer before the 101, and its URL was told.
  'http-keep-alive.pcap skew:5062,8462,4673 snap:2667,8632,7913',
  // What is missing inside a body of which it is not known whether it is there: the 101 and frames were in it.
  'http-keep-alive.pcap apart:1490,166,4546 delayFar:8552,3180,843 cutEnd:9325,7165,5397',
  // All that is left of a side was acknowledged by a segment that nothing confirms.
  'frames-65535.pcap dropSome:5838,8439,3927 dropSome:5673,9136,1719',
  // A FIN and a RST were recorded first: the side seemed to have sent nothing, and its end to refuse the request.
  'subprotocol-mqtt5.pcap apart:5617,7828,9138 cutStart:2190,9598,7811',
  // The server's settings came before the client's preface, and neither's SYN: no request of HTTP/2 was read, and nothing told.
  'h2c-refused.pcap cutStart:6716,7757,6205 shuffle:2046,9508,6331 skew:7727,205,3490',
  // Ports used again without a SYN: the opening handshake of the next connection stood within the one before.
  'port-reuse.pcap snap:1066,1419,7034 dropSome:3296,9757,6316',
  'port-reuse.pcap delayFar:7855,2194,9572 cutStart:6291,3746,8744',
  // A frame came in two segments, the first of one byte: an earlier refusal was taken for the answer to the request before it.
  'http-401.pcap cutStart:2034,1949,8384 apart:7309,8230,6865 split:676,7430,9437',
  // Of TLS nothing but a part of the handshake was captured, and all that followed it was lost: nothing was told.
  'tls12-aes256-ccm8.pcap swap:6942,9459,573 cutEnd:3205,8868,8223 drop:4514,4623,1997',
  // The first byte of the request was not captured, so that its method was called ET.
  'send-nanosecond.pcap split:2355,5124,2396 cutStart:3229,8080,7352',
  // Ports used again, and all that ended one connection and opened the next one was lost: the 101 of one, the request of the other.
  'port-reuse.pcap dropEach:3365,6031,6514',
  'port-reuse.pcap drop:7,0,0 drop:7,0,0 drop:7,0,0 drop:7,0,0 drop:3,0,0',
  // Ports used again, the older connection recorded inside the newer one: an answer went to the one that it left a larger hole in.
  'port-reuse.pcap reverse:9960,1909,5125 swap:3902,9083,4807',
  // What a late 101 acknowledges was before the first bytes of the client that were captured: nothing said that it is missing.
  'deflate-blocks.pcap swap:3460,7089,385 cutStart:2138,6538,5249',
  // The client's side was captured from the middle of a frame on, and the 101 was recorded last: nothing said what it was.
  'loss-cut-record.pcap swap:2830,9074,9664 cutStart:140,1914,3074',
  // A probe was the first byte of a side: its TLS was taken for something else.
  'tls12-rsa.pcap dropEach:5447,1083,8936 probe:8162,1819,9454 apart:3333,2668,5134',
  // A 101 that was recorded late came after another answer in the same segment: nothing was printed, and nothing told.
  'http-pipelined.pcap oneWay:2891,7248,3310 dropEach:5462,6977,7350 delayFar:645,4132,6185',
  // An old acknowledgment, recorded once more, shows that bytes before the first ones of the other side are missing.
  'http-early-client.pcap duplicate:8866,5112,3888 cutStart:4942,8449,6254',
];

const recordings = new Map(loadRecordings().map((recording) => [recording.name, recording]));

it.each(CASES)('%s', async (text) => {
  const { faults } = await readCase(parseCase(text), recordings);
  expect(faults).toEqual([]);
});
