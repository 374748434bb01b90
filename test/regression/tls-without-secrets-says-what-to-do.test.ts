import { expect, it } from 'vitest';
import { run, type World } from '../cli/fake-io.js';

const CAPTURE = 'fixtures/tls-no-keys.pcap';
const WRONG = 'fixtures/tls12-rsa.keys.log';

async function told(argv: readonly string[], env: NonNullable<World['env']> = {}): Promise<string> {
  const { code, stdout, stderr } = await run([...argv, CAPTURE], { env });
  expect([code, stdout]).toEqual([0, '']);
  return stderr;
}

it('names the server, what the client asked for, and --keylog', async () => {
  const stderr = await told([]);
  expect(stderr).toMatch(/stayed encrypted, server 127\.0\.0\.1:33381, SNI localhost \(tls\.no-secrets\)\n/);
  expect(stderr).toContain('tls-no-keys.pcap: --keylog FILE takes');
});

it('names the application protocols that the client offers', async () => {
  const { stderr } = await run(['fixtures/h2-chromium.pcap']);
  expect(stderr).toMatch(
    /stayed encrypted, server 127\.0\.0\.1:\d+, SNI localhost, ALPN h2 http\/1\.1 \(tls\.no-secrets\)\n/,
  );
});

it('says that SSLKEYLOGFILE is set and was not used', async () => {
  const hint = 'SSLKEYLOGFILE is set and was not used: --keylog "$SSLKEYLOGFILE"';
  expect(await told([], { SSLKEYLOGFILE: '/tmp/keys.log' })).toContain(hint);
  expect(await told(['-k', WRONG], { SSLKEYLOGFILE: '/tmp/keys.log' })).toContain(hint);
  expect(await told(['-k', WRONG], { SSLKEYLOGFILE: WRONG })).not.toContain('SSLKEYLOGFILE');
  expect(await told(['-k', WRONG])).not.toContain('--keylog FILE');
});

it('says it once, and not at all where nobody wants findings', async () => {
  expect((await told(['--findings', 'summary'])).split('--keylog FILE')).toHaveLength(2);
  expect(await told(['--findings', 'none'])).not.toContain('--keylog FILE');
  expect(await told(['-q'])).toBe('');
});

it('says nothing of secrets where none are wanting', async () => {
  expect((await run(['fixtures/send.pcap'], { env: { SSLKEYLOGFILE: 'x' } })).stderr).not.toContain('SSLKEYLOGFILE');
});
