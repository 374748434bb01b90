import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import '../../src/matchers/vitest.js';
import { run } from '../cli/fake-io.js';

const fixture = (name: string): string => fileURLToPath(new URL(`../../fixtures/${name}`, import.meta.url));
const CHAT = fixture('send-both.pcap');
const EMPTY = fixture('tls-no-keys.pcap');

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'wsdissect-matchers-'))));
afterAll(() => rmSync(folder, { recursive: true }));

/** What a matcher says where it fails. */
async function failure(attempt: () => Promise<void>): Promise<string> {
  const error: unknown = await attempt().then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(Error);
  return (error as Error).message;
}

describe('toObeyWebSocketRfcs', () => {
  it('takes a path, bytes, and chunks of bytes', async () => {
    const bytes = readFileSync(CHAT);
    await expect(CHAT).toObeyWebSocketRfcs();
    await expect(bytes).toObeyWebSocketRfcs();
    await expect([bytes.subarray(0, 100), bytes.subarray(100)]).toObeyWebSocketRfcs();
  });

  it('fails on a violation, and says which, where and with which bytes', async () => {
    const path = fixture('violations/server-masked.pcap');
    await expect(path).not.toObeyWebSocketRfcs();
    const message = await failure(() => expect(path).toObeyWebSocketRfcs());
    expect(message).toContain(`expected ${path} to obey the WebSocket RFCs\n`);
    expect(message).toContain('error       the server masked this frame (ws.server-masked, RFC 6455 5.1)');
    expect(message).toContain('header   81 86 01 02 03 04');
    await expect(path).toObeyWebSocketRfcs({ allow: ['ws.server-masked'] });
    await expect(path).toObeyWebSocketRfcs({ rules: ['rfc7692'] });
  });

  it('fails on a capture without a WebSocket connection, with .not too', async () => {
    const said = 'no WebSocket connection in this capture';
    expect(await failure(() => expect(EMPTY).toObeyWebSocketRfcs())).toContain(said);
    expect(await failure(() => expect(EMPTY).not.toObeyWebSocketRfcs())).toContain(said);
  });

  it('fails where bytes are missing, if it is strict', async () => {
    const path = fixture('loss-cut-record.pcap');
    await expect(path).toObeyWebSocketRfcs();
    expect(await failure(() => expect(path).toObeyWebSocketRfcs({ strict: true }))).toContain('bytes are missing');
  });

  it('decrypts with files of secrets', async () => {
    const [path, keylog] = [fixture('tls13-aes128-gcm.pcap'), fixture('tls13-aes128-gcm.keys.log')];
    await expect(path).toObeyWebSocketRfcs({ keylog });
    await expect(path).toObeyWebSocketRfcs({ keylog: [keylog] });
    expect(await failure(() => expect(path).toObeyWebSocketRfcs())).toContain('no WebSocket connection');
  });

  it('rejects what cannot be read, with .not too', async () => {
    await expect(expect('none.pcap').toObeyWebSocketRfcs()).rejects.toThrow('none.pcap: no such file');
    await expect(expect('none.pcap').not.toObeyWebSocketRfcs()).rejects.toThrow('none.pcap: no such file');
    await expect(expect(Buffer.from('no capture')).toObeyWebSocketRfcs()).rejects.toThrow('not a capture');
    await expect(expect(CHAT).toObeyWebSocketRfcs({ allow: ['ws.no-such'] })).rejects.toThrow('there is no rule');
  });
});

describe('toHaveMessage, toHaveConnection and toHaveCall', () => {
  it('compare fields of records as expectations do', async () => {
    await expect(CHAT).toHaveMessage({ text: 'ma2saka', direction: 'client-to-server' });
    await expect(CHAT).toHaveMessage({ text__startswith: 'ma2' });
    await expect(CHAT).toHaveMessage({ text: /^ma\dsaka$/u });
    await expect(CHAT).not.toHaveMessage({ text: 'ma3saka' });
    await expect(CHAT).toHaveConnection({ handshake: 'accepted' }, { count: 1 });
    await expect(fixture('socketio-deflate.pcap')).not.toHaveCall({ outcome: 'error' });
  });

  it('count, and take an expression', async () => {
    await expect(CHAT).toHaveMessage({}, { where: 'length == 7', min: 1, max: 3 });
    await expect(CHAT).toHaveMessage({ text: 'no such text' }, { max: 0 });
    await expect(CHAT).not.toHaveMessage({}, { count: 1000 });
  });

  it('tell what came nearest', async () => {
    const message = await failure(() => expect(CHAT).toHaveMessage({ text: /ma3/ }));
    expect(message).toBe(
      `expected ${CHAT} to have a message that matches {"text":"/ma3/"}\n\n` +
        'at least 1 record expected, 0 found\n  type: "message": 3 records\n  text__regex: "ma3": 0 of them\n' +
        '  nearest: packet 8: text is "ma2saka"',
    );
  });

  it('name a field that does not exist, and what may be meant', async () => {
    await expect(expect(CHAT).toHaveMessage({ tex: 'x' })).rejects.toThrow(
      /^tex is not a field of a message: did you mean text\?$/,
    );
    await expect(expect(CHAT).toHaveMessage({ text: /x/i })).rejects.toThrow('can have no flag but u here');
    await expect(expect(CHAT).toHaveMessage({}, { where: 'lenght == 7' })).rejects.toThrow('length');
  });

  it('show captured text in a form that is safe', async () => {
    const hostile = '\u001b[31mred';
    expect(await failure(() => expect(CHAT).toHaveMessage({ text: hostile }))).not.toContain('\u001b');
  });
});

describe('toHaveConversation', () => {
  it('compares with what check --update wrote, and shows what differs', async () => {
    const golden = join(folder, 'chat.jsonl');
    await run(['check', '--golden', golden, '--update', CHAT]);
    await expect(CHAT).toHaveConversation(golden);
    const changed = readFileSync(golden, 'utf8').replace('ma2saka', 'ma3saka');
    writeFileSync(golden, changed);
    const message = await failure(() => expect(CHAT).toHaveConversation(golden));
    expect(message).toMatch(/\n {2}-.*ma3saka.*\n {2}\+.*ma2saka/);
    await expect(CHAT).not.toHaveConversation(golden);
  });

  it('leaves out what a file says is not compared', async () => {
    const golden = join(folder, 'ignored.jsonl');
    await run(['check', '--golden', golden, '--update', CHAT]);
    writeFileSync(golden, readFileSync(golden, 'utf8').replaceAll('ma2saka', 'ma3saka'));
    const ignore = join(folder, 'ignore.yaml');
    writeFileSync(ignore, 'ignore: [{pattern: "ma[0-9]"}]');
    await expect(CHAT).toHaveConversation(golden, { ignore });
  });

  it('tells how a file that is not there is written', async () => {
    await expect(expect(CHAT).toHaveConversation('none.jsonl')).rejects.toThrow(
      `none.jsonl: no such file; npx wsdissect check --golden none.jsonl --update ${CHAT} writes it`,
    );
  });
});
