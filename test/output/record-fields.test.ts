import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FIXTURES, stemOf } from '../../fixtures/record/scenario.js';
import { dissect } from '../../src/dissect.js';
import { KeyLog } from '../../src/tls/key-log/key-log.js';
import type { DissectEvent } from '../../src/events.js';
import { JsonOutput } from '../../src/output/json/json.js';
import type { RecordType } from '../../src/output/records/record-field.js';
import { columnsOf, RECORD_FIELDS, RECORD_TYPES, toRecord } from '../../src/output/records/record-fields.js';
import { safeJson } from '../../src/output/json/safe-json.js';
import { FILES } from '../fixtures/sent.js';
import { AT, connection, frame, message, printed } from './events.js';

const CAPTURES = FILES.filter((name) => /\.(pcap|pcapng|gz|hex)$/.test(name));

async function eventsOf(name: string): Promise<DissectEvent[]> {
  const keyLog = new KeyLog();
  const keys = new URL(`${stemOf(name)}.keys.log`, FIXTURES);
  if (existsSync(keys)) keyLog.push(readFileSync(keys));
  keyLog.end();
  const events: DissectEvent[] = [];
  for await (const event of dissect([readFileSync(new URL(name, FIXTURES))], { keyLog })) events.push(event);
  return events;
}

/** What `--json` prints of an event, and the same from the table of fields. */
function bothWays(event: DissectEvent, file?: string): [string, string] {
  return [printed(new JsonOutput(event.type as RecordType, file), [event]), `${safeJson(toRecord(event, file))}\n`];
}

describe('the fast path of JSON', () => {
  it.each(CAPTURES)('prints every record of %s as the table of fields says it', async (name) => {
    for (const event of await eventsOf(name)) {
      if (event.type !== 'frame' && event.type !== 'message') continue;
      for (const file of [undefined, 'a "file".pcap']) {
        const [fast, slow] = bothWays(event, file);
        expect(fast).toBe(slow);
      }
    }
  });

  const bytes = fc.uint8Array({ maxLength: 40 }).map((given) => Buffer.from(given));
  const payload = fc.oneof(
    bytes,
    fc.string({ unit: 'binary' }).map((given) => Buffer.from(given)),
    fc.constantFrom('', '\u001b[2J', 'é\u202e\u2028', '03e8').map((given) => Buffer.from(given)),
    fc.string({ unit: 'binary' }).map((given) => Buffer.concat([Buffer.of(3, 0xe8), Buffer.from(given)])),
  );
  const count = fc.oneof(
    fc.nat(),
    fc.constantFrom(0, 2 ** 31, Number.MAX_SAFE_INTEGER),
    fc.bigInt(2n ** 53n, 2n ** 63n),
  );
  const gaps = fc.array(fc.record({ offset: fc.nat(50), length: fc.nat(50) }), { maxLength: 2 });
  const at = fc.constantFrom<typeof AT>(AT, { ...AT, precision: 9 }, { ...AT, precision: 0 }, { ...AT, seconds: 1e18 });
  const common = { payload, at, missing: count, gaps, compressed: fc.boolean() };

  it('prints any frame as the table of fields says it', () => {
    const changes = fc.record({
      ...common,
      opcode: fc.nat(15),
      messageOpcode: fc.constantFrom(0, 1, 2, 8),
      fin: fc.boolean(),
      rsv1: fc.boolean(),
      rsv2: fc.boolean(),
      mask: fc.boolean(),
      payloadLength: count,
      status: fc.constantFrom('ok', 'gap', 'truncated'),
    });
    fc.assert(
      fc.property(changes, fc.option(fc.nat(), { nil: undefined }), (given, http2Stream) => {
        const ends = { stream: 7, client: '[::1]:4', server: undefined };
        const event = frame(given, http2Stream === undefined ? ends : { ...ends, http2Stream });
        const [fast, slow] = bothWays(event);
        expect(fast).toBe(slow);
      }),
      { numRuns: 1000 },
    );
  });

  it('prints any message as the table of fields says it', () => {
    const statuses = RECORD_FIELDS.message.find(({ name }) => name === 'status')!.values!;
    const changes = fc.record({
      ...common,
      opcode: fc.constantFrom(0, 1, 2, 8, 9, 10),
      isText: fc.boolean(),
      closeReason: bytes,
      frames: fc.nat(),
      wireLength: count,
      length: fc.option(count, { nil: undefined }),
      status: fc.constantFrom(...statuses),
    });
    fc.assert(
      fc.property(changes, fc.option(fc.nat(65_535), { nil: undefined }), (given, closeCode) => {
        const event = message({ ...given, ...(closeCode === undefined ? {} : { closeCode }) } as Parameters<
          typeof message
        >[0]);
        const [fast, slow] = bothWays(event);
        expect(fast).toBe(slow);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('toRecord', () => {
  it('gives plain data of every event of every fixture that has a record, and nothing of the others', async () => {
    const seen = new Set<string>();
    for (const name of CAPTURES) {
      for (const event of await eventsOf(name)) {
        const record = toRecord(event);
        seen.add(`${event.type} ${record === undefined ? 'has none' : 'has one'}`);
        if (record === undefined) continue;
        expect(structuredClone(record)).toEqual(record);
        expect(JSON.parse(JSON.stringify(record))).toEqual(record);
      }
    }
    const known = ['frame', 'message', 'connection', 'finding'].map((type) => `${type} has one`);
    expect([...seen].sort()).toEqual([...known, 'gap has none', 'learned has none', 'open has none'].sort());
  });

  it('has the members in the order of the table, each at most once', () => {
    for (const type of RECORD_TYPES) {
      const names = RECORD_FIELDS[type].map(({ name }) => name);
      expect(new Set(names).size).toBe(names.length);
    }
    const names = RECORD_FIELDS.frame.map(({ name }) => name);
    const members = Object.keys(toRecord(frame(), 'a.pcap'));
    expect(members).toEqual(names.filter((name) => members.includes(name)));
  });

  it('names a finding that belongs to no record', () => {
    const found = { code: 'tcp.gap', severity: 'warning', message: 'm', stream: 3, packet: 9, offset: 12 } as const;
    expect(toRecord({ type: 'finding', packet: 9, number: 0, finding: found })).toEqual({ type: 'finding', ...found });
  });
});

describe('columnsOf', () => {
  it('has a column for each field, with those of an object apart', () => {
    const names = columnsOf('connection').map(({ name }) => name);
    expect(names).toContain('tls.version');
    expect(names).not.toContain('tls');
    expect(names).toContain('findings');
    expect(new Set(names).size).toBe(names.length);
  });

  it('reads every member of a record', () => {
    const tls = { version: 'TLS 1.3', cipher: 'TLS_AES_128_GCM_SHA256', sni: 'a.example' };
    const record = toRecord(connection({ tls }), 'a.pcap');
    const read = columnsOf('connection').flatMap((column) => {
      const value = column.read(record);
      return value === undefined ? [] : [[column.name, value] as const];
    });
    const rest = Object.fromEntries(Object.entries(record).filter(([name]) => name !== 'tls'));
    expect(Object.fromEntries(read)).toEqual({
      ...rest,
      'tls.version': 'TLS 1.3',
      'tls.cipher': 'TLS_AES_128_GCM_SHA256',
      'tls.sni': 'a.example',
    });
  });
});

describe('the handshake of an event', () => {
  it('is plain data, the heads of its request and response included', async () => {
    let heads = 0;
    for (const name of CAPTURES) {
      for (const event of await eventsOf(name)) {
        if (event.type !== 'connection') continue;
        for (const head of [event.handshake.request, event.handshake.response]) {
          if (head === undefined) continue;
          heads++;
          expect(Object.keys({ ...head })).toEqual(expect.arrayContaining(['startLine', 'fields']));
          expect(structuredClone(head)).toEqual(head);
          expect((JSON.parse(JSON.stringify(head)) as typeof head).fields).toEqual(head.fields);
        }
      }
    }
    expect(heads).toBeGreaterThan(100);
  });
});
