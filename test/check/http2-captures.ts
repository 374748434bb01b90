import type { FindingCode } from '../../src/common/finding-codes.js';
import { encodeFrame } from '../../src/websocket/encode-frame.js';
import { Talk } from '../hostile/talk.js';
import {
  answer,
  CLIENT_START,
  connect,
  CONNECT_FIELDS,
  data,
  headerBlock,
  http2Frame,
  SERVER_START,
  settings,
} from '../support/http2.js';
import type { Built } from './captures.js';

const text = (payload: string): Buffer => encodeFrame({ maskingKey: 0x37fa213d, payload });
const begun = (): Talk => new Talk().open().send(0, CLIENT_START).send(1, SERVER_START);
const asked = (): Talk => begun().send(0, connect(1)).send(1, answer(1));
const built = (talk: Talk): Built => ({ bytes: talk.finish().pcap() });

/** Captures for what is found of HTTP/2, and no recorded fixture has. */
export const HTTP2_CAPTURES: Partial<Record<FindingCode, () => Built>> = {
  'http2.connect-not-enabled': () =>
    built(new Talk().open().send(0, CLIENT_START).send(1, settings()).send(0, connect(1)).send(1, answer(1))),
  'http2.field-of-http1': () =>
    built(
      begun()
        .send(0, connect(1, { connection: 'Upgrade' }))
        .send(1, answer(1)),
    ),
  'http2.early-data': () =>
    built(
      begun()
        .send(0, Buffer.concat([connect(1), data(1, text('early'))]))
        .send(1, answer(1)),
    ),
  'http2.data-after-end': () =>
    built(
      asked()
        .send(0, data(1, text('last'), 1))
        .send(0, data(1, text('more'))),
    ),
  'http2.cut-data': () => built(asked().send(0, data(1, text('one and two')).subarray(0, -3))),
  'http2.other-protocol': () =>
    built(
      begun()
        .send(0, connect(1, { ':protocol': 'connect-udp' }))
        .send(1, answer(1)),
    ),
  'http2.header-lost': () => {
    const request = connect(1);
    return built(begun().send(0, request.subarray(0, 40)).lose(0, 20).send(0, request.subarray(60)));
  },
  'http2.not-decoded': () => built(asked().lose(0, 20).send(0, Buffer.alloc(40, 0xee))),
  'limit.header-list': () => ({ bytes: asked().finish().pcap(), limits: { headerList: 100 } }),
  'limit.hpack-table': () => {
    const fields = headerBlock({ ...CONNECT_FIELDS, cookie: 'x'.repeat(200) }, true);
    return { ...built(begun().send(0, http2Frame(1, 4, 1, fields))), limits: { hpackTable: 200 } };
  },
  'limit.http2-streams': () => ({
    bytes: asked().send(0, connect(3)).finish().pcap(),
    limits: { http2Streams: 1 },
  }),
};
