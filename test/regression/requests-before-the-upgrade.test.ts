import { expect, it } from 'vitest';
import { parseCase, readCase } from '../fuzz/loss/campaign.js';
import { writtenConversations } from '../fuzz/loss/conversations.js';

/** Cases of connections on which other requests came before that for WebSocket. Each printed what was never sent. */
const CASES = [
  // The 101 was recorded before a request that it does not answer: that had its URL, and the server was accused of the answer.
  'written-refusedTwice cutStart:6628,2005,869 skew:7691,8248,1250',
  'written-refusedTwice-small truncate:6561,5435,1012 skew:3560,8698,6467',
  'written-refusedTwice dropSome:1769,9242,2933 shuffle:6148,5938,5678',
  // The same, and the request that it answers is missing.
  'written-refusedTwice probe:5348,5870,8563 dropSome:5114,6007,88',
  // The same, and nothing is missing: requests that were refused were not told.
  'written-refusedTwice swap:9781,2701,2859 apart:757,6027,2146',
  // The end of a head after missing bytes was taken for all of it, and the client accused of what it lacks.
  'written-refusedTwice-small dropEach:8626,8438,5532',
  // The next request came in several segments after one without an answer, and its frames had the URL of that.
  'written-refusedTwice-small dropEach:1924,634,249 oneWay:960,6515,4735',
  // The server's frames were recorded before three requests, and had the URL of the first.
  'written-refusedTwice-small apart:4793,5840,9741 cutStart:2611,1280,4416',
  // The requests of a 101 that was recorded before them were cut: it had the URL of the first.
  'written-refusedTwice snap:6097,5483,9729 apart:2747,5340,8764',
  // The beginning of the first line of a request was captured, and read as a frame.
  'written-pages-small snap:8013,2275,6084 apart:6401,8725,483',
  // What went through a tunnel had been taken for something else before: its end seemed to be all that the server sent.
  'written-proxies truncate:1525,5902,1968 drop:7599,7682,8787',
  // A refusal may be the answer to the request whose frames seem to follow, after missing bytes.
  'written-refusedTwice dropEach:3300,3547,5407',
  // The answer of the first of two proxies was taken for that of the second, and the second's for a refusal: all was lost.
  'written-proxies reverse:252,4609,5246 probe:2421,5272,6365 delayFar:9696,9752,4359',
  'written-proxies-small cutStart:5457,9474,6991 apart:2619,2924,6303',
  // An answer inside a tunnel was passed over outside of it, and a cut 101 taken for one to another request: nothing was told.
  'written-proxy-small dropEach:7390,6880,2295',
  // A 101 came before what is missing after a request that it does not answer.
  'written-refusedTwice-small apart:1847,7475,7312 dropEach:1782,6239,2519',
];

const recordings = new Map(writtenConversations().map((recording) => [recording.name, recording]));

it.each(CASES)('%s', async (text) => {
  const { faults } = await readCase(parseCase(text), recordings);
  expect(faults).toEqual([]);
});
