import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { finding } from '../../src/common/finding.js';
import { JsonOutput } from '../../src/output/json/json.js';
import { AT, connection, CONNECTION, frame, message, printed, totals } from './events.js';

const SENT =
  '"packet":4,"time":"2015-12-05T03:00:00.123456Z","stream":0,"direction":"client-to-server",' +
  '"client":"127.0.0.1:50123","server":"127.0.0.1:8008"';
const HEADER = '"fin":true,"rsv1":false,"rsv2":false,"rsv3":false';

function frameLine(...changes: Parameters<typeof frame>): string {
  return printed(new JsonOutput('frame'), [frame(...changes)]);
}

function frameRecord(...changes: Parameters<typeof frame>): Record<string, unknown> {
  return JSON.parse(frameLine(...changes)) as Record<string, unknown>;
}

function messageRecord(...changes: Parameters<typeof message>): Record<string, unknown> {
  return JSON.parse(printed(new JsonOutput('message'), [message(...changes)])) as Record<string, unknown>;
}

describe('the record of a frame', () => {
  it('has the members of the contract in their order', () => {
    expect(frameLine()).toBe(
      `{"type":"frame",${SENT},${HEADER},"opcode":1,"opcodeName":"text","mask":true,"payloadLength":7,` +
        `"maskingKey":"e1a4c61d","text":"ma2saka","status":"ok"}\n`,
    );
  });

  it('has no masking key where the frame is not masked, and the server as the sender', () => {
    const record = frameRecord({ mask: false });
    expect(record).not.toHaveProperty('maskingKey');
    expect(record['direction']).toBe('server-to-client');
  });

  it('keeps the zeros in front of a masking key', () => {
    expect(frameRecord({ maskingKey: 0x0000000a })['maskingKey']).toBe('0000000a');
  });

  it('names the file where there is more than one', () => {
    expect(printed(new JsonOutput('frame', 'a"b\u202e.pcap'), [frame()])).toMatch(
      /^\{"type":"frame","file":"a\\"b\\u202e\.pcap","packet":4,/,
    );
  });

  it('has no time and no endpoints where the capture has none', () => {
    const at = { ...AT, precision: 0 as const };
    expect(frameLine({ at }, { stream: 3, client: undefined, server: undefined })).toMatch(
      /^\{"type":"frame","packet":4,"stream":3,"direction":"client-to-server","fin"/,
    );
  });

  it('has nine digits of the second where the capture has them', () => {
    const at = { ...AT, nanoseconds: 1, precision: 9 as const };
    expect(frameRecord({ at })['time']).toBe('2015-12-05T03:00:00.000000001Z');
  });

  it('has the time of each frame when seconds and precisions change', () => {
    const at = (seconds: number, nanoseconds: number, precision: 0 | 6 | 9) => ({
      packet: 1,
      seconds,
      nanoseconds,
      precision,
    });
    const output = new JsonOutput('frame');
    const moments = [
      at(0, 5000, 6),
      at(0, 999_999_999, 6),
      at(1, 0, 6),
      at(1, 0, 0),
      at(1, 7, 9),
      at(1e18, 7, 9),
      at(1, 7, 9),
    ];
    const records = printed(
      output,
      moments.map((moment) => frame({ at: moment })),
    ).split('\n');
    expect(records.map((line) => /"time":"([^"]*)"/.exec(line)?.[1])).toEqual([
      '1970-01-01T00:00:00.000005Z',
      '1970-01-01T00:00:00.999999Z',
      '1970-01-01T00:00:01.000000Z',
      undefined,
      '1970-01-01T00:00:01.000000007Z',
      undefined,
      '1970-01-01T00:00:01.000000007Z',
      undefined,
    ]);
  });

  it('has lengths above 2^53 as decimal strings', () => {
    const huge = 0x7fff_ffff_ffff_ffffn;
    const record = frameRecord({ payloadLength: huge, missing: huge, payload: '', status: 'truncated' });
    expect(record).toMatchObject({ payloadLength: '9223372036854775807', missing: '9223372036854775807' });
  });

  it.each([0, 9, 10, 65_536, 2_147_483_647, 2_147_483_648, Number.MAX_SAFE_INTEGER])('has the length %d', (length) => {
    expect(frameRecord({ payloadLength: length })['payloadLength']).toBe(length);
  });

  it('has base64 for binary, for a control frame, for a compressed text and for text that is not UTF-8', () => {
    expect(frameRecord({ opcode: 2, payload: 'hi' })).toMatchObject({ base64: 'aGk=' });
    expect(frameRecord({ opcode: 9, payload: 'hi' })).toMatchObject({ opcodeName: 'ping', base64: 'aGk=' });
    expect(frameRecord({ compressed: true, payload: 'hi' })).toMatchObject({ base64: 'aGk=' });
    expect(frameRecord({ payload: Buffer.from([0x61, 0xff]) })).toMatchObject({ base64: 'Yf8=' });
    for (const opcode of [2, 9]) expect(frameRecord({ opcode })).not.toHaveProperty('text');
  });

  it('has a continuation as text where its message is text', () => {
    expect(frameRecord({ opcode: 0, payload: 'hi' })).toMatchObject({ opcodeName: 'continuation', text: 'hi' });
    expect(frameRecord({ opcode: 0, messageOpcode: 2, payload: 'hi' })).toMatchObject({ base64: 'aGk=' });
    expect(frameRecord({ opcode: 0, messageOpcode: undefined, payload: 'hi' })).toMatchObject({ base64: 'aGk=' });
  });

  it('has an empty payload as such, and none where it was not kept', () => {
    expect(frameRecord({ payload: '' })).toMatchObject({ text: '' });
    expect(frameRecord({ opcode: 2, payload: '' })).toMatchObject({ base64: '' });
    const record = frameRecord({ payload: undefined, payloadLength: 1e9 });
    expect(record).not.toHaveProperty('text');
    expect(record).not.toHaveProperty('base64');
  });

  it('has code and reason of a close', () => {
    expect(frameLine({ opcode: 8, payload: Buffer.from('03e8627965', 'hex') })).toContain(
      '"maskingKey":"e1a4c61d","closeCode":1000,"closeReason":"bye","status":"ok"}',
    );
    expect(frameLine({ opcode: 8, payload: Buffer.from('03e8', 'hex') })).toContain(',"closeCode":1000,"status"');
    expect(frameLine({ opcode: 8, payload: '' })).toContain('"maskingKey":"e1a4c61d","status":"ok"}');
  });

  it('has a close that cannot be told in base64', () => {
    expect(frameRecord({ opcode: 8, payload: Buffer.from('03e8ff', 'hex') })).toMatchObject({
      closeCode: 1000,
      base64: 'A+j/',
    });
    const oneByte = frameRecord({ opcode: 8, payload: Buffer.from('03', 'hex') });
    expect(oneByte).toMatchObject({ base64: 'Aw==' });
    expect(oneByte).not.toHaveProperty('closeCode');
  });

  it('makes no close code of bytes that did not stand where the code stands', () => {
    const cut = { opcode: 8, status: 'gap', missing: 1, payloadLength: 4 } as const;
    const payload = Buffer.from('e86279', 'hex');
    const first = frameRecord({ ...cut, payload, gaps: [{ offset: 0, length: 1 }] });
    expect(first).not.toHaveProperty('closeCode');
    expect(first).toMatchObject({ base64: '6GJ5' });
    const later = frameRecord({ ...cut, payload: Buffer.from('03e862', 'hex'), gaps: [{ offset: 3, length: 1 }] });
    expect(later).toMatchObject({ closeCode: 1000, base64: 'A+hi' });
  });

  it('says how many bytes are missing and where', () => {
    const gaps = [{ offset: 2, length: 20 }];
    expect(frameLine({ payload: 'maka', payloadLength: 24, status: 'gap', missing: 20, gaps })).toContain(
      '"text":"maka","status":"gap","missing":20,"gaps":[{"offset":2,"length":20}]}',
    );
  });

  it('has findings', () => {
    const findings = [
      finding('ws.reserved-opcode', 'opcode 3 "has" no meaning', { packet: 4 }),
      finding('limit.message', '\u001b'),
    ];
    expect(frameLine({ opcode: 3, payload: '', findings })).toMatch(
      /"status":"ok","findings":\[\{"code":"ws.reserved-opcode","severity":"error","rfc":"RFC 6455 5.2","message":"opcode 3 \\"has\\" no meaning"\},\{"code":"limit.message","severity":"warning","message":"\\u001b"\}\]\}\n$/,
    );
  });

  it('escapes what is not safe on a terminal and nothing else', () => {
    const payload = 'é 日本 😀 "\\/\b\t\n\f\r\u0000\u001b\u007f\u009b\u202e\u2028\u{e0041}';
    expect(frameLine({ payload })).toContain(
      String.raw`"text":"é 日本 😀 \"\\/\b\t\n\f\r\u0000\u001b\u007f\u009b\u202e\u2028\udb40\udc41"`,
    );
    expect(frameRecord({ payload })['text']).toBe(payload);
  });

  it.each([16_383, 16_384, 16_385, 100_000])('has a text of %d characters whole', (length) => {
    for (const unit of ['a', 'é', '日', '😀', '\u001b', '\u{e0041}']) {
      const text = unit.repeat(length) + 'z';
      expect(frameRecord({ payload: `a${text}` })['text']).toBe(`a${text}`);
    }
  });

  it('has a long binary payload whole', () => {
    const payload = Buffer.alloc(200_001, 'abcdefg');
    expect(frameRecord({ opcode: 2, payload })['base64']).toBe(payload.toString('base64'));
  });

  it('is JSON that gives the payload back, for any bytes', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array(),
          fc.string({ unit: 'binary' }).map((text) => Buffer.from(text)),
        ),
        (bytes) => {
          const payload = Buffer.from(bytes);
          const { text, base64 } = frameRecord({ payload });
          const back = typeof text === 'string' ? Buffer.from(text) : Buffer.from(String(base64), 'base64');
          expect(back).toEqual(payload);
          expect(text === undefined).not.toBe(base64 === undefined);
        },
      ),
    );
  });

  it('keeps the connections of frames that alternate apart', () => {
    const other = { stream: 1, client: '[::1]:4', server: '[::1]:5' };
    const text = printed(new JsonOutput('frame'), [
      frame(),
      frame({}, other),
      frame({ mask: false }),
      frame({}, other),
    ]);
    expect([...text.matchAll(/"stream":\d,"direction":"[^"]*","client":"[^"]*"/g)].map(([part]) => part)).toEqual([
      '"stream":0,"direction":"client-to-server","client":"127.0.0.1:50123"',
      '"stream":1,"direction":"client-to-server","client":"[::1]:4"',
      '"stream":0,"direction":"server-to-client","client":"127.0.0.1:50123"',
      '"stream":1,"direction":"client-to-server","client":"[::1]:4"',
    ]);
  });

  it('stays right over more connections than are kept ready', () => {
    const output = new JsonOutput('frame');
    for (let stream = 0; stream < 10_050; stream++) output.event(frame({}, { ...CONNECTION, stream }));
    const records = Buffer.from(output.take()).toString().trimEnd().split('\n');
    expect(records).toHaveLength(10_050);
    expect(records.at(-1)).toContain('"stream":10049,');
  });
});

describe('the record of a message', () => {
  it('has the members of the contract in their order', () => {
    expect(printed(new JsonOutput('message'), [message()])).toBe(
      `{"type":"message",${SENT},"opcode":1,"opcodeName":"text","frames":1,"compressed":false,` +
        `"wireLength":7,"length":7,"text":"ma2saka","status":"ok"}\n`,
    );
  });

  it('has base64 for binary and for text that is not UTF-8', () => {
    expect(messageRecord({ opcode: 2 })).toMatchObject({ base64: 'bWEyc2FrYQ==' });
    expect(messageRecord({ isText: false, payload: Buffer.from('ff', 'hex') })).toMatchObject({ base64: '/w==' });
  });

  it('has no length and no payload where it cannot be inflated', () => {
    const record = messageRecord({ compressed: true, length: undefined, payload: undefined, status: 'lost-context' });
    expect(record).toMatchObject({ status: 'lost-context', compressed: true });
    for (const name of ['length', 'text', 'base64', 'missing']) expect(record).not.toHaveProperty(name);
  });

  it.each(['unfinished', 'bad-deflate', 'too-large'] as const)('shows no payload of one that is %s', (status) => {
    expect(messageRecord({ status })).not.toHaveProperty('text');
  });

  it.each(['gap', 'truncated'] as const)(
    'shows what was seen of one with status %s, unless it was compressed',
    (status) => {
      const lost = { status, missing: 3, gaps: [{ offset: 7, length: 3 }], length: 10 };
      expect(messageRecord(lost)).toMatchObject({ text: 'ma2saka', missing: 3, gaps: [{ offset: 7, length: 3 }] });
      expect(messageRecord({ ...lost, compressed: true })).not.toHaveProperty('text');
    },
  );

  it('has code and reason of a close', () => {
    const close = { opcode: 8, closeCode: 1000 };
    const bye = { ...close, payload: Buffer.from('03e8627965', 'hex'), closeReason: Buffer.from('bye'), isText: true };
    expect(messageRecord(bye)).toMatchObject({ closeCode: 1000, closeReason: 'bye' });
    expect(messageRecord(bye)).not.toHaveProperty('text');
    expect(messageRecord({ ...bye, status: 'gap', missing: 1 })).toMatchObject({ closeCode: 1000, base64: 'A+hieWU=' });
    const bad = { ...close, payload: Buffer.from('03e8ff', 'hex'), closeReason: Buffer.from([0xff]) };
    expect(messageRecord(bad)).toMatchObject({ closeCode: 1000, base64: 'A+j/' });
    const none = messageRecord({ ...close, payload: Buffer.from('03e8', 'hex'), closeReason: Buffer.alloc(0) });
    expect(none).not.toHaveProperty('base64');
    expect(none).not.toHaveProperty('closeReason');
  });

  it('has nothing of a close that says nothing', () => {
    const record = messageRecord({ opcode: 8, payload: '' });
    for (const name of ['closeCode', 'closeReason', 'text', 'base64']) expect(record).not.toHaveProperty(name);
  });
});

describe('the record of a connection', () => {
  it('has the members of the contract in their order', () => {
    const event = connection({
      handshake: {
        state: 'accepted',
        client: 0,
        httpStatus: 101,
        url: 'ws://localhost:8008/\u009b',
        origin: 'http://localhost',
        subprotocol: 'chat',
        extensions: 'permessage-deflate',
        findings: [],
      },
      client: totals({ frames: 3, messages: 2, bytes: 28, missingBytes: 5, compressedBytes: 21, inflatedBytes: 38 }),
      closeCode: 1000,
      closedBy: 'client',
      tls: { version: 'TLS 1.3', cipher: 'TLS_AES_128_GCM_SHA256', alpn: 'http/1.1', sni: 'a.example' },
      findings: [finding('handshake.bad-key', 'bad', { packet: 4, direction: 'client-to-server', stream: 0 })],
    });
    expect(printed(new JsonOutput('connection'), [event])).toBe(
      '{"type":"connection","stream":0,"time":"2015-12-05T03:00:00.123456Z","endTime":"2015-12-05T03:00:00.623456Z",' +
        '"duration":0.5,"client":"127.0.0.1:50123","server":"127.0.0.1:8008",' +
        '"communityId":"1:LQU9qZlK+B5F3KDmev6m5PMibrg=","handshake":"accepted","httpStatus":101,"url":"ws://localhost:8008/\\u009b",' +
        '"origin":"http://localhost","subprotocol":"chat","extensions":"permessage-deflate",' +
        '"clientFrames":3,"serverFrames":0,"clientMessages":2,"serverMessages":0,"clientBytes":28,"serverBytes":0,' +
        '"clientMissingBytes":5,"serverMissingBytes":0,' +
        '"clientCompressedBytes":21,"clientInflatedBytes":38,"clientRatio":1.81,' +
        '"closeCode":1000,"closedBy":"client","end":"fin",' +
        '"tls":{"version":"TLS 1.3","cipher":"TLS_AES_128_GCM_SHA256","alpn":"http/1.1","sni":"a.example"},' +
        '"findings":[{"code":"handshake.bad-key","severity":"error","rfc":"RFC 6455 4.1","message":"bad",' +
        '"packet":4,"direction":"client-to-server"}]}\n',
    );
  });

  it('leaves out what is not known', () => {
    const event = connection({ handshake: { state: 'not-captured', client: 0, findings: [] }, end: undefined });
    const record = JSON.parse(printed(new JsonOutput('connection'), [event])) as object;
    for (const name of ['httpStatus', 'url', 'closeCode', 'closedBy', 'end', 'tls', 'clientRatio', 'findings']) {
      expect(record).not.toHaveProperty(name);
    }
  });
});

it('shows events of its own type only', () => {
  const events = [
    frame(),
    message(),
    connection(),
    { type: 'finding', packet: 4, number: 0, finding: finding('tcp.gap', '') } as const,
  ];
  for (const type of ['frame', 'message', 'connection'] as const) {
    expect(printed(new JsonOutput(type), events).match(/"type":"\w+"/g)).toEqual([`"type":"${type}"`]);
  }
});
