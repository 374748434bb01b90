import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeMessage } from '../../src/encode/encode-message.js';
import { run } from '../cli/fake-io.js';
import { requestText, responseText, Talk } from '../hostile/talk.js';

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'wsdissect-several-'))));
afterAll(() => rmSync(folder, { recursive: true }));

const SECRET = 'attack at dawn';
const RULES = ['pattern: "attack at dawn"', 'path: $.plan'];

const published = (payload: string): Buffer => {
  const body = Buffer.concat([Buffer.from([0, 1, 0x61]), Buffer.from(payload)]);
  return Buffer.concat([Buffer.from([0x30, body.length]), body]);
};
const CONNECTED = Buffer.from('100c00044d5154540402003c0000', 'hex');

/** A capture in which the client sends bytes in messages that end at these places. */
function capture(subprotocol: string, bytes: Buffer, cuts: readonly number[]): string {
  const talk = new Talk().upgrade(subprotocol === '' ? {} : { offered: subprotocol, subprotocol });
  // NATS is known by what is said.
  const said = subprotocol === '' ? ['INFO {"server_id":"a"}', 'MSG a 1 2\r\nhi', 'MSG a 1 2\r\nhi'] : [];
  for (const text of said) talk.send(1, Buffer.from([0x82, text.length + 2, ...Buffer.from(`${text}\r\n`)]));
  const ends = [...cuts, bytes.length];
  for (const [index, end] of ends.entries()) {
    const payload = bytes.subarray(ends[index - 1] ?? 0, end);
    for (const frame of encodeMessage({ payload, opcode: 2, maskingKey: () => Uint8Array.from([1, 2, 3, 4]) }))
      talk.send(0, frame);
  }
  const path = join(folder, 'talk.pcap');
  writeFileSync(path, talk.finish().pcap());
  return path;
}

const ENDS = published('the end');
const STREAMS: readonly (readonly [name: string, subprotocol: string, bytes: Buffer])[] = [
  ['MQTT', 'mqtt', Buffer.concat([CONNECTED, published(JSON.stringify({ plan: SECRET })), ENDS])],
  ['NATS', '', Buffer.from(`CONNECT {}\r\nPUB a ${SECRET.length}\r\n${SECRET}\r\nPING\r\n`)],
];

describe('what stands in several messages', () => {
  it.each(STREAMS)('of %s leaves nothing, wherever they are cut', async (_, subprotocol, bytes) => {
    const at = bytes.indexOf(SECRET);
    for (const rule of RULES) {
      if (subprotocol === '' && rule.startsWith('path')) continue;
      const rules = join(folder, 'rules.yaml');
      writeFileSync(rules, `redact:\n  - ${rule}\n`);
      for (let cut = at + 1; cut < at + SECRET.length; cut++) {
        for (const first of [[], [at - 3]]) {
          const path = capture(subprotocol, bytes, [...first, cut]);
          for (const command of ['messages', 'frames', 'follow', 'calls']) {
            const json = command === 'follow' ? [] : ['--json'];
            const { stdout, code } = await run([command, ...json, '-q', '--redact', rules, path]);
            expect(code).toBe(0);
            const bases = [...stdout.matchAll(/"base64":"([^"]*)"/g)].map(([, text]) => Buffer.from(text!, 'base64'));
            const said = stdout + Buffer.concat(bases).toString('latin1');
            const kept = Array.from({ length: SECRET.length - 3 }, (_each, from) => SECRET.slice(from, from + 4));
            expect(
              kept.filter((part) => said.includes(part)),
              `${command} ${rule} ${cut}`,
            ).toEqual([]);
          }
        }
      }
    }
  });

  it('is counted as replaced whole, and what is not shared stays as it is', async () => {
    const [, , bytes] = STREAMS[0]!;
    const rules = join(folder, 'rules.yaml');
    writeFileSync(rules, 'redact: [{pattern: "attack at dawn"}]\n');
    const path = capture('mqtt', bytes, [CONNECTED.length, bytes.indexOf(SECRET) + 5, bytes.length - ENDS.length]);
    const { stdout, stderr } = await run(['messages', '--json', '--redact', rules, path]);
    const sent = stdout
      .trim()
      .split('\n')
      .map((line) => Buffer.from((JSON.parse(line) as { base64: string }).base64, 'base64'));
    expect(sent[0]!.equals(CONNECTED)).toBe(true);
    expect(sent[3]!.equals(ENDS)).toBe(true);
    expect(stderr).toContain(', 2 payloads that could not be searched, whole');
  });

  it('of a zlib stream leaves nothing, wherever it is cut', async () => {
    const text = JSON.stringify({ op: 0, t: 'READY', d: { plan: SECRET } });
    const head = Buffer.from([0x78, 0x01, 0, text.length, 0, ~text.length & 0xff, 0xff]);
    // A stored block has its bytes as they are.
    const stream = Buffer.concat([head, Buffer.from(text), Buffer.from('000000ffff', 'hex')]);
    const at = stream.indexOf(SECRET);
    const target = '/?v=10&encoding=json&compress=zlib-stream';
    const request = requestText({ target }).replace(/^Host: .*$/m, 'Host: gateway.discord.gg');
    const rules = join(folder, 'rules.yaml');
    writeFileSync(rules, 'redact: [{path: $.plan}]\n');
    for (let cut = at; cut <= at + SECRET.length + 1; cut++) {
      const talk = new Talk().open().send(0, request).send(1, responseText({ target }));
      for (const part of [stream.subarray(0, cut), stream.subarray(cut)])
        talk.send(1, Buffer.from([0x82, part.length, ...part]));
      const path = join(folder, 'talk.pcap');
      writeFileSync(path, talk.finish().pcap());
      const { stdout } = await run(['messages', '--json', '-q', '--redact', rules, path]);
      const records = stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { base64: string; decoded?: object });
      expect(records.at(-1)!.decoded).toMatchObject({
        protocol: 'discord',
        name: 'READY',
        value: { plan: 'x'.repeat(SECRET.length) },
      });
      for (const { base64 } of records) expect(Buffer.from(base64, 'base64').toString('latin1')).toMatch(/^x+$/);
    }
  });
});
