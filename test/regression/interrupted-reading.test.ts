import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { main } from '../../src/cli/main.js';
import { fakeIo } from '../cli/fake-io.js';

const CAPTURE = readFileSync(new URL('../../fixtures/two-connections.pcap', import.meta.url));
const PROGRAM = fileURLToPath(new URL('../../bin/wsdissect.js', import.meta.url));

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly isForgotten: boolean;
}

/** Runs a command line; Ctrl-C comes after so many bytes of the input, which goes on or never gives anything again. */
async function interrupted(argv: readonly string[], bytes: number, goesOn: boolean): Promise<Outcome> {
  const { io, writes, reports } = fakeIo();
  let press = (): void => undefined;
  let isForgotten = false;
  async function* read(): AsyncGenerator<Buffer> {
    await Promise.resolve();
    yield CAPTURE.subarray(0, bytes);
    press();
    if (goesOn) yield CAPTURE.subarray(bytes);
    else await new Promise(() => undefined);
  }
  const code = await main(argv, {
    ...io,
    read,
    onInterrupt: (listener) => {
      press = listener;
      return () => (isForgotten = true);
    },
  });
  return { code, stdout: writes.join(''), stderr: reports.join(''), isForgotten };
}

const rowsOf = (stdout: string): unknown[] =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);

describe('Ctrl-C', () => {
  const half = Math.floor(CAPTURE.length / 2);

  it('has the rows of open connections printed, of a live capture that is silent', async () => {
    const { code, stdout, stderr, isForgotten } = await interrupted(['connections', '--json', '-'], half, false);
    expect(rowsOf(stdout)).toHaveLength(2);
    expect(stderr).not.toContain('Ctrl-C');
    expect([code, isForgotten]).toEqual([0, true]);
  });

  it('leaves out nothing that the program before the pipe still writes', async () => {
    const { code, stdout } = await interrupted(['frames', '--json', '-q'], half, true);
    const { io, writes } = fakeIo({ stdin: [CAPTURE] });
    await main(['frames', '--json', '-q'], io);
    expect(stdout).toBe(writes.join(''));
    expect(code).toBe(0);
  });

  it.each(['connections', 'messages', 'check'])(
    'stops a file, tells it, and prints what is known: %s',
    async (command) => {
      const { code, stdout, stderr } = await interrupted([command, 'a.pcap', 'b.pcap'], half, true);
      expect(code).toBe(2);
      expect(stderr).toContain('wsdissect: a.pcap: stopped by Ctrl-C: the rest was not read\n');
      expect(stderr).not.toContain('b.pcap');
      expect(stdout).not.toBe('');
      expect(stdout).not.toMatch(/\bpassed\b.*\n$/);
    },
  );

  it('ends the real program by the signal, once it has printed, where its input stays open', async () => {
    const child = spawn(process.execPath, [PROGRAM, 'frames', '--json', '-q'], { stdio: ['pipe', 'pipe', 'inherit'] });
    let stdout = '';
    child.stdout.on('data', (text: Buffer) => {
      if (stdout === '') child.kill('SIGINT');
      stdout += text.toString('utf8');
    });
    child.stdin.write(CAPTURE.subarray(0, half));
    const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
    child.stdin.destroy();
    expect([code, signal]).toEqual([null, 'SIGINT']);
    expect(rowsOf(stdout).length).toBeGreaterThan(0);
  });
});
