import { describe, expect, it } from 'vitest';
import { keyLogOf, moment, replay, stageWith, type Collected, type Sent } from './recording.js';
import * as script from './tls13-script.js';

const client = (...records: Buffer[]): Sent => ({ side: 0, bytes: Buffer.concat(records) });
const server = (...records: Buffer[]): Sent => ({ side: 1, bytes: Buffer.concat(records) });
const texts = (got: Collected): string[] => [got.text(0), got.text(1)];
const noted = (got: Collected): string[] => got.events.filter((event) => !/^(bytes|end)/.test(event));

describe('TLS 1.3 behind the handshake', () => {
  const begin = (): { wire: Sent[]; keys: ReturnType<typeof script.sealers> } => {
    const keys = script.sealers();
    const wire = [
      client(script.clientHello()),
      server(script.serverHello(), script.DUMMY_CHANGE_CIPHER_SPEC),
      server(keys.serverHandshake.seal(22, Buffer.concat([script.encryptedExtensions(), script.FINISHED]))),
      client(script.DUMMY_CHANGE_CIPHER_SPEC, keys.clientHandshake.seal(22, script.FINISHED)),
    ];
    return { wire, keys };
  };

  it('follows KeyUpdates of both sides, several in a row too', () => {
    const { wire, keys } = begin();
    wire.push(client(keys.client.data('one '), keys.client.keyUpdate(), keys.client.data('two ')));
    wire.push(server(keys.server.keyUpdate(), keys.server.keyUpdate(), keys.server.data('three')));
    wire.push(client(keys.client.keyUpdate(), keys.client.data('four')));
    const got = replay(wire, keyLogOf(script.scriptKeyLog()));
    expect(texts(got)).toEqual(['one two four', 'three']);
    expect(noted(got)).toEqual([]);
  });

  it('goes on under the next key where the KeyUpdate itself is missing', () => {
    const { wire, keys } = begin();
    const update = keys.client.keyUpdate();
    const { stage, got } = stageWith(keyLogOf(script.scriptKeyLog()));
    for (const { side, bytes } of wire) stage.bytes(side, bytes, moment(1));
    const first = script.sealers().client;
    stage.bytes(0, first.data('before '), moment(2));
    stage.gap(0, update.length, moment(3));
    stage.bytes(0, keys.client.data('after'), moment(4));
    stage.end(0, 'fin', moment(5));
    stage.end(1, 'fin', moment(5));
    expect(got.text(0)).toBe('before after');
    expect(noted(got)).toEqual(['finding 0 tls.gap', 'gap 0 ?']);
  });

  it('takes padding away, and gives one chunk for each record with content', () => {
    const { wire, keys } = begin();
    wire.push(client(keys.client.data('padded', 100), keys.client.data('', 3), keys.client.data('x')));
    const got = replay(wire, keyLogOf(script.scriptKeyLog()));
    expect(got.plaintext[0].map(String)).toEqual(['padded', 'x']);
  });

  it('takes a record of nothing but padding for a bad one', () => {
    const { wire, keys } = begin();
    wire.push(client(keys.client.data('x'), keys.client.seal(0, Buffer.alloc(0), 5), keys.client.data('y')));
    const got = replay(wire, keyLogOf(script.scriptKeyLog()));
    expect(got.text(0)).toBe('xy');
    expect(noted(got)).toEqual(['finding 0 tls.bad-record', 'gap 0 ?']);
  });

  it('passes over messages after the handshake, and fatal alerts', () => {
    const { wire, keys } = begin();
    const ticket = script.message(4, Buffer.alloc(60_000, 7));
    wire.push(
      server(keys.server.seal(22, ticket.subarray(0, 16_000)), keys.server.seal(22, ticket.subarray(16_000, 32_000))),
    );
    wire.push(
      server(keys.server.seal(22, ticket.subarray(32_000, 48_000)), keys.server.seal(22, ticket.subarray(48_000))),
    );
    wire.push(server(keys.server.data('data'), keys.server.seal(21, Buffer.from([2, 40]))));
    const got = replay(wire, keyLogOf(script.scriptKeyLog()));
    expect(texts(got)).toEqual(['', 'data']);
    expect(noted(got)).toEqual([]);
  });

  it('says nothing of a connection that carried no data', () => {
    const { wire } = begin();
    const got = replay(wire, keyLogOf(script.scriptKeyLog()));
    expect(got.made).toBe(0);
    expect(got.reported).toEqual([]);
  });

  it('gives up on a side after many records that no secret opens', () => {
    const { wire, keys } = begin();
    wire.push(...Array.from({ length: 80 }, () => client(keys.server.data('not the secret of the client'))));
    const wrong = script.scriptKeyLog().replace(/^(CLIENT\w+ \w+ )\w+$/gm, `$1${'ee'.repeat(32)}`);
    const got = replay(wire, keyLogOf(wrong));
    expect(got.reported.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^no CLIENT_TRAFFIC_SECRET_0 that fits for client random c1{1}c1/),
    ]);
  });
});

describe('early data', () => {
  const wireWith = (accepted: boolean, keys = script.sealers()): Sent[] => [
    client(script.clientHello(script.EARLY_DATA), script.DUMMY_CHANGE_CIPHER_SPEC, keys.early.data('early ')),
    server(script.serverHello()),
    server(
      keys.serverHandshake.seal(
        22,
        Buffer.concat([script.encryptedExtensions(...(accepted ? [script.EARLY_DATA] : [])), script.FINISHED]),
      ),
    ),
    client(
      ...(accepted ? [keys.early.seal(22, script.END_OF_EARLY_DATA)] : []),
      keys.clientHandshake.seal(22, script.FINISHED),
      keys.client.data('late'),
    ),
  ];

  it('is passed on where the server took it', () => {
    const got = replay(wireWith(true), keyLogOf(script.scriptKeyLog()));
    expect(got.text(0)).toBe('early late');
    expect(noted(got)).toEqual([]);
  });

  it('is left out where the server refused it, for the client sends it again', () => {
    const got = replay(wireWith(false), keyLogOf(script.scriptKeyLog()));
    expect(got.text(0)).toBe('late');
    expect(noted(got)).toEqual([]);
  });

  it('is a gap and a finding where its secret is missing', () => {
    const got = replay(wireWith(true), keyLogOf(script.scriptKeyLog('CLIENT_EARLY_TRAFFIC_SECRET')));
    expect(got.text(0)).toBe('late');
    expect(noted(got)).toEqual(['finding 0 tls.no-secrets', 'gap 0 ?']);
    expect(got.findings[0]?.message).toMatch(/^no CLIENT_EARLY_TRAFFIC_SECRET: \d+ bytes of early data/);
  });

  it('is passed on where the answer of the server cannot be read', () => {
    const got = replay(wireWith(true), keyLogOf(script.scriptKeyLog('SERVER_HANDSHAKE_TRAFFIC_SECRET')));
    expect(got.text(0)).toBe('early late');
  });

  it('is passed on in the end where the answer of the server does not come', () => {
    const wire = wireWith(true).filter((_, index) => index !== 2);
    const got = replay(wire, keyLogOf(script.scriptKeyLog()));
    expect(got.text(0)).toBe('early late');
  });

  it('is left out behind a HelloRetryRequest, whichever side comes first', () => {
    const keys = script.sealers();
    const retry = script.serverHello(undefined, { random: script.RETRY_RANDOM });
    const wire = [
      client(script.clientHello(script.EARLY_DATA), keys.early.data('early ')),
      server(retry),
      client(script.DUMMY_CHANGE_CIPHER_SPEC, script.clientHello()),
      server(script.serverHello()),
      client(keys.clientHandshake.seal(22, script.FINISHED), keys.client.data('late')),
    ];
    expect(replay(wire, keyLogOf(script.scriptKeyLog())).text(0)).toBe('late');
    const serverFirst = [...wire].sort((a, b) => b.side - a.side);
    expect(replay(serverFirst, keyLogOf(script.scriptKeyLog())).text(0)).toBe('late');
  });
});

describe('what is not decrypted', () => {
  const data = script.tlsRecord(23, Buffer.alloc(40));

  it.each([
    [{ version: 0x0300, suite: 0x0035 }, 'SSL 3.0 is not decrypted'],
    [{ version: 0x0303, suite: 0x0005 }, 'cipher suite TLS_RSA_WITH_RC4_128_SHA is not decrypted in TLS 1.2'],
    [{ version: 0x0303, suite: 0xfefe }, 'cipher suite 0xfefe is not decrypted in TLS 1.2'],
    [{ version: 0x0303, suite: 0x1301 }, 'cipher suite TLS_AES_128_GCM_SHA256 is not decrypted in TLS 1.2'],
    [{ version: 0x0305, suite: 0x1301 }, 'TLS version 0x0305 is not decrypted'],
  ])('is reported with its name: %o', (hello, reason) => {
    const wire = [
      client(script.clientHello()),
      server(script.serverHello([], hello), script.DUMMY_CHANGE_CIPHER_SPEC, data),
    ];
    const got = replay(wire, keyLogOf(''));
    expect(got.made).toBe(0);
    expect(got.reported.map(({ code, message }) => [code, message])).toEqual([
      ['tls.unsupported', `${reason}: 45 bytes stayed encrypted`],
    ]);
  });

  it('is reported once where a ClientHello is answered in plain text', () => {
    const wire = [client(script.clientHello()), server(Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'))];
    const got = replay(wire, keyLogOf(''));
    expect(got.reported.map(({ code, message }) => [code, message])).toEqual([
      ['tls.malformed', 'the bytes of the server are not TLS records'],
    ]);
  });

  it('is reported once where data comes before any key in TLS 1.2', () => {
    const wire = [client(script.clientHello()), server(script.serverHello([], { suite: 0xc02f }), data)];
    expect(replay(wire, keyLogOf('')).reported.map(({ code }) => code)).toEqual(['tls.malformed']);
  });

  it('is reported where the answer of the server was not captured', () => {
    const keys = script.sealers();
    const got = replay([client(script.clientHello(), keys.client.data('x'))], keyLogOf(''));
    expect(got.reported.map(({ message }) => message)).toEqual([
      'the ServerHello was not captured: 23 bytes stayed encrypted',
    ]);
  });

  it('is decrypted all the same in TLS 1.3, where only the client was captured and its secrets are logged', () => {
    const keys = script.sealers();
    const wire = [
      client(script.clientHello()),
      client(script.DUMMY_CHANGE_CIPHER_SPEC, keys.clientHandshake.seal(22, script.FINISHED)),
      client(keys.client.data('one way')),
    ];
    const got = replay(wire, keyLogOf(script.scriptKeyLog()));
    expect(texts(got)).toEqual(['one way', '']);
    expect(got.tls?.summary).toEqual({ version: 'TLS 1.3', cipher: 'TLS_AES_128_GCM_SHA256' });
    expect(got.reported).toEqual([]);
  });

  it('is held no longer than the limits allow', () => {
    const keys = script.sealers();
    const wire = [client(script.clientHello()), server(script.serverHello())];
    const many = Array.from({ length: 20 }, () => client(keys.client.data('a line of text that waits')));
    const keyLog = keyLogOf('');
    const { stage, got } = stageWith(keyLog, { limits: { heldBytes: 700 } });
    for (const { side, bytes } of [...wire, ...many]) stage.bytes(side, bytes, moment(1));
    keyLog.push(script.scriptKeyLog());
    stage.end(0, 'fin', moment(2));
    stage.end(1, 'fin', moment(2));
    expect(got.made).toBe(0);
    expect(got.reported.map(({ code }) => code)).toEqual(['tls.no-secrets']);
  });

  it('waits for nothing when the key log is complete', () => {
    const keys = script.sealers();
    const keyLog = keyLogOf('');
    keyLog.close();
    const { stage, got } = stageWith(keyLog);
    stage.bytes(0, script.clientHello(), moment(1));
    stage.bytes(1, script.serverHello(), moment(2));
    stage.bytes(0, keys.client.data('x'), moment(3));
    keyLog.push(script.scriptKeyLog());
    stage.bytes(0, keys.client.data('y'), moment(4));
    stage.end(0, 'fin', moment(5));
    stage.end(1, 'fin', moment(5));
    expect(got.reported.map(({ message }) => message)).toEqual([expect.stringMatching(/46 bytes stayed encrypted$/)]);
  });
});
