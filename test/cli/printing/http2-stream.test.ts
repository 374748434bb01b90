import { describe, expect, it } from 'vitest';
import { run } from '../fake-io.js';

const FIXTURE = 'fixtures/h2c.pcap';

interface Told {
  readonly stream: number;
  readonly http2Stream?: number;
  readonly http?: string;
}

async function records(...argv: readonly string[]): Promise<Told[]> {
  const { code, stdout } = await run([...argv, '--json', FIXTURE]);
  expect(code).toBe(0);
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Told);
}

describe('a WebSocket over HTTP/2', () => {
  it('is named by the stream of TCP and that of HTTP/2, in every record', async () => {
    for (const command of ['frames', 'messages', 'connections']) {
      const told = await records(command);
      expect(new Set(told.map(({ stream, http2Stream }) => `${stream}.${http2Stream}`))).toEqual(
        new Set(['0.3', '0.5']),
      );
    }
    expect(new Set((await records('connections')).map(({ http }) => http))).toEqual(new Set(['2']));
  });

  it.each(['frames', 'messages', 'connections', 'calls'])(
    'is chosen by --stream 0.5 in %s, and all of them by --stream 0',
    async (command) => {
      const [whole, one, all] = [
        await run([command, '--json', FIXTURE]),
        await run([command, '--json', '--stream', '0.5', FIXTURE]),
        await run([command, '--json', '--stream', '0', FIXTURE]),
      ];
      const ofFive = whole.stdout.split('\n').filter((line) => line.includes('"http2Stream":5,'));
      expect(
        one.stdout
          .trimEnd()
          .split('\n')
          .filter((line) => line !== ''),
      ).toEqual(ofFive);
      expect(all.stdout).toBe(whole.stdout);
    },
  );

  it('is named so in text, each frame, message and connection', async () => {
    expect((await run([FIXTURE])).stdout).toMatch(/^#1 {2}packet \d+ {2}stream 0\.\d+ /m);
    expect((await run(['messages', FIXTURE])).stdout).toMatch(/stream 0\.5/);
    expect((await run(['connections', FIXTURE])).stdout).toMatch(/\b0\.5\b/);
  });
});
