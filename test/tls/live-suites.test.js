import { describe, expect, it } from 'vitest';
import { ECDSA, RSA } from './certificates.js';
import { keyLogOf, record, replay, send } from './recording.js';
const SMALL = Buffer.from('GET /chat HTTP/1.1\r\nHost: localhost\r\n\r\n');
const LARGE = Buffer.alloc(40_000, 'large ');
/** SSL_OP_NO_ENCRYPT_THEN_MAC and SSL_OP_NO_EXTENDED_MASTER_SECRET of OpenSSL, which node has no names for. */
const NO_ENCRYPT_THEN_MAC = 0x8_0000;
const NO_EXTENDED_MASTER_SECRET = 1;
async function exchange(suite, version, secureOptions = 0) {
    const identity = suite.includes('ECDSA') ? ECDSA : RSA;
    const options = {
        ciphers: `${suite}:AES128-SHA:@SECLEVEL=0`,
        minVersion: version,
        maxVersion: version,
        secureOptions,
    };
    return record({ ...options, ...identity, dhparam: 'auto' }, options, async (client, server) => {
        await send(client, server, SMALL);
        await send(server, client, LARGE);
        await send(client, server, LARGE);
        await send(server, client, SMALL);
    });
}
function expectAll(recording, keyLog = recording.keyLog) {
    const got = replay(recording.wire, keyLogOf(keyLog));
    expect(got.text(0) === SMALL.toString() + LARGE.toString()).toBe(true);
    expect(got.text(1) === LARGE.toString() + SMALL.toString()).toBe(true);
    expect(got.events.filter((event) => !event.startsWith('bytes'))).toEqual(['end 0 fin', 'end 1 fin']);
    expect(got.reported).toEqual([]);
    return got;
}
describe('TLS 1.3 suites', () => {
    it.each([
        'TLS_AES_128_GCM_SHA256',
        'TLS_AES_256_GCM_SHA384',
        'TLS_CHACHA20_POLY1305_SHA256',
        'TLS_AES_128_CCM_SHA256',
        'TLS_AES_128_CCM_8_SHA256',
    ])('%s is decrypted on both sides', async (suite) => {
        const got = expectAll(await exchange(suite, 'TLSv1.3'));
        expect(got.tls?.summary).toEqual({ version: 'TLS 1.3', cipher: suite, sni: 'localhost' });
        expect(got.tls?.client).toBe(0);
    });
});
const TLS12 = [
    ['ECDHE-ECDSA-AES128-GCM-SHA256', 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256'],
    ['ECDHE-RSA-AES128-GCM-SHA256', 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256'],
    ['ECDHE-RSA-AES256-GCM-SHA384', 'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384'],
    ['DHE-RSA-AES256-GCM-SHA384', 'TLS_DHE_RSA_WITH_AES_256_GCM_SHA384'],
    ['ECDHE-RSA-CHACHA20-POLY1305', 'TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256'],
    ['ECDHE-ECDSA-AES128-CCM', 'TLS_ECDHE_ECDSA_WITH_AES_128_CCM'],
    ['ECDHE-ECDSA-AES256-CCM8', 'TLS_ECDHE_ECDSA_WITH_AES_256_CCM_8'],
    ['ECDHE-RSA-AES128-SHA', 'TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA'],
    ['ECDHE-RSA-AES128-SHA256', 'TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256'],
    ['ECDHE-RSA-AES256-SHA384', 'TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384'],
    ['ECDHE-RSA-CAMELLIA128-SHA256', 'TLS_ECDHE_RSA_WITH_CAMELLIA_128_CBC_SHA256'],
    ['ECDHE-ARIA256-GCM-SHA384', 'TLS_ECDHE_RSA_WITH_ARIA_256_GCM_SHA384'],
    ['AES128-GCM-SHA256', 'TLS_RSA_WITH_AES_128_GCM_SHA256'],
    ['AES256-SHA256', 'TLS_RSA_WITH_AES_256_CBC_SHA256'],
];
describe('TLS 1.2 suites', () => {
    it.each(TLS12)('%s is decrypted on both sides', async (suite, name) => {
        const got = expectAll(await exchange(suite, 'TLSv1.2'));
        expect(got.tls?.summary).toEqual({ version: 'TLS 1.2', cipher: name, sni: 'localhost' });
    });
    it.each(['ECDHE-RSA-AES128-SHA', 'ECDHE-RSA-AES128-SHA256', 'ECDHE-RSA-AES256-SHA384'])('%s is decrypted with the MAC inside the encryption', async (suite) => {
        expectAll(await exchange(suite, 'TLSv1.2', NO_ENCRYPT_THEN_MAC));
    });
});
describe('TLS 1.0 and 1.1', () => {
    it.each([
        ['TLSv1', 0],
        ['TLSv1', NO_ENCRYPT_THEN_MAC],
        ['TLSv1.1', 0],
        ['TLSv1.1', NO_ENCRYPT_THEN_MAC],
    ])('%s with CBC is decrypted (options %i)', async (version, secureOptions) => {
        const got = expectAll(await exchange('ECDHE-RSA-AES128-SHA', version, secureOptions));
        expect(got.tls?.summary?.version).toBe(version === 'TLSv1' ? 'TLS 1.0' : 'TLS 1.1');
    });
});
describe('RSA key exchange', () => {
    const rsaLines = (keyLog) => keyLog.replace(/^CLIENT_RANDOM.*\n/gm, '');
    it('is decrypted with the RSA line alone, by the extended master secret', async () => {
        const recording = await exchange('AES128-GCM-SHA256', 'TLSv1.2');
        expectAll(recording, rsaLines(recording.keyLog));
    });
    it('is decrypted with the RSA line alone, by the plain master secret', async () => {
        const recording = await exchange('AES128-SHA', 'TLSv1.2', NO_EXTENDED_MASTER_SECRET);
        expectAll(recording, rsaLines(recording.keyLog));
    });
    it('is decrypted with the RSA line alone in TLS 1.1', async () => {
        const recording = await exchange('AES128-SHA', 'TLSv1.1');
        expectAll(recording, rsaLines(recording.keyLog));
    });
    it('is decrypted with the premaster secret by client random', async () => {
        const recording = await exchange('AES256-GCM-SHA384', 'TLSv1.2');
        const random = /^CLIENT_RANDOM (\w+)/m.exec(recording.keyLog)[1];
        const premaster = /^RSA \w+ (\w+)/m.exec(recording.keyLog)[1];
        expectAll(recording, `PMS_CLIENT_RANDOM ${random} ${premaster}`);
    });
});
