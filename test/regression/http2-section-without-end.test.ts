import { describe, expect, it } from 'vitest';
import { readCapture } from '../hostile/read-capture.js';
import { Talk } from '../hostile/talk.js';
import {
  answer,
  CLIENT_START,
  connect,
  CONNECT_FIELDS,
  headerBlock,
  http2Frame,
  SERVER_START,
} from '../support/http2.js';

const begun = (): Talk => new Talk().open().send(0, CLIENT_START).send(1, SERVER_START);

describe('a header section of which the end did not come is told', () => {
  it.each([
    ['a request that is cut', begun().send(0, connect(1).subarray(0, 40))],
    ['a request without END_HEADERS', begun().send(0, http2Frame(1, 0, 1, headerBlock(CONNECT_FIELDS)))],
    ['an answer that is cut', begun().send(0, connect(1)).send(1, answer(1).subarray(0, 12))],
    ['a request beside a socket', begun().send(0, connect(1)).send(1, answer(1)).send(0, connect(3).subarray(0, 40))],
  ])('%s', async (_name, talk) => {
    const { findings, codes } = await readCapture(talk.finish().pcap());
    expect(codes).toContain('http2.header-lost');
    expect(findings.filter(({ code }) => code === 'http2.header-lost')).toHaveLength(1);
  });

  it('and a whole one is not', async () => {
    const talk = begun().send(0, connect(1)).send(1, answer(1));
    expect((await readCapture(talk.finish().pcap())).codes).toEqual([]);
  });
});
