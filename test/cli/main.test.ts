import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WsdissectError } from '../../src/common/error.js';
import { ClosedPipe } from '../../src/cli/terminal/standard-streams.js';
import { lines } from '../output/events.js';
import { run } from './fake-io.js';

/** The article's frame: a masked text frame, `ma2saka`. */
const FRAME = '8187e1a4c61d8cc5f46e80cfa7\n';
/** The same frame without its last three bytes. */
const CUT = '8187e1a4c61d8cc5f46e\n';

let folder: string;
let good: string;
let bad: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'wsdissect-'));
  good = join(folder, 'good.hex');
  bad = join(folder, 'bad.txt');
  writeFileSync(good, FRAME);
  writeFileSync(bad, 'no capture\n');
});

afterAll(() => rmSync(folder, { recursive: true }));

describe('frames', () => {
  it('is the default command and reads standard input', async () => {
    const { code, stdout } = await run(['-q'], { stdin: [FRAME] });
    expect(code).toBe(0);
    expect(stdout).toBe(
      lines(
        '#1  packet 1  stream 0  client to server',
        '    FIN          1',
        '    RSV1-3       0 0 0',
        '    opcode       1 (text)',
        '    Mask         1',
        '    Payload len  7',
        '    Masking-key  e1a4c61d',
        '    Payload      ma2saka',
      ),
    );
  });

  it.each([[['frames', '-q']], [['-q', '-']], [['frames', '-', '--quiet']]])('is %j too', async (argv) => {
    const { stdout } = await run(argv, { stdin: [FRAME] });
    expect(stdout).toBe((await run(['-q'], { stdin: [FRAME] })).stdout);
  });

  it('reads a file', async () => {
    expect((await run([good])).stdout).toContain('Payload      ma2saka');
  });

  it('gives JSON lines', async () => {
    const { stdout } = await run(['--json', good]);
    expect(JSON.parse(stdout)).toMatchObject({ type: 'frame', packet: 1, stream: 0, text: 'ma2saka', status: 'ok' });
    expect(stdout).not.toContain('"file"');
  });

  it('gives a line for each with --brief, as wide as the terminal', async () => {
    const long = Buffer.from(`81fe00c800000000${'61'.repeat(200)}`, 'utf8');
    const world = { stdin: [long], terminals: ['stdout'] as const, columns: 70 };
    const { stdout } = await run(['--brief', '--color', 'never', '-q', '-'], world);
    expect(stdout).toMatch(/\n {5}1 {4}0 {2}c>s .*a{10,}\.\.\.\n$/);
    expect(stdout.split('\n')[1]).toHaveLength(70);
  });

  it('prints a frame when it has come, not at the end', async () => {
    const { writes } = await run(['--json', '-q'], { stdin: [FRAME, FRAME] });
    expect(writes.map((text) => text.split('\n').length - 1)).toEqual([1, 1]);
  });

  it('shows as many bytes as --max-payload says', async () => {
    expect((await run(['--max-payload', '3', good])).stdout).toContain('ma2\n    ...          4 more bytes not shown');
  });
});

describe('the other commands', () => {
  it('give messages', async () => {
    expect(JSON.parse((await run(['messages', '--json', good])).stdout)).toMatchObject({
      type: 'message',
      text: 'ma2saka',
    });
    expect((await run(['messages', good])).stdout).toContain('Message      text, 7 bytes, 1 frame');
  });

  it('give connections', async () => {
    expect(JSON.parse((await run(['connections', '--json', good])).stdout)).toMatchObject({
      type: 'connection',
      handshake: 'not-captured',
      clientFrames: 1,
    });
    expect((await run(['connections', good])).stdout).toMatch(/^stream {2}client \/ server .*\n0 /);
  });
});

describe('options', () => {
  it('choose a connection', async () => {
    expect((await run(['--json', '--stream', '1', good])).code).toBe(0);
  });

  it('are passed on to the dissection', async () => {
    const argv = [
      '--json',
      '-q',
      '--port',
      '1',
      '-p',
      '65535',
      '--extensions',
      'permessage-deflate',
      '--max-message',
      '64k',
    ];
    const { stdout, code } = await run([...argv, good]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ text: 'ma2saka' });
  });

  it('name files of secrets, which are read while a live capture comes', async () => {
    const log = join(folder, 'keys.log');
    writeFileSync(log, '# nothing yet\n');
    for (const argv of [[good], []]) {
      const { code, stdout } = await run(['--json', '-q', '--keylog', log, ...argv], { stdin: [FRAME, FRAME] });
      expect(code).toBe(0);
      expect(stdout).toContain('ma2saka');
    }
  });

  it('colour the text', async () => {
    expect((await run(['--color', 'always', good])).stdout).toContain('\u001b[1m#1\u001b[22m');
    expect((await run([good], { terminals: ['stdout'] })).stdout).toContain('\u001b[');
    expect((await run([good], { terminals: ['stdout'], env: { NO_COLOR: '1' } })).stdout).not.toContain('\u001b[');
    expect((await run([good])).stdout).not.toContain('\u001b[');
  });

  it.each([
    [['--jsn'], "wsdissect: unknown option '--jsn' (Did you mean --json?)\n"],
    [
      ['--port', '0', 'x'],
      "wsdissect: option '-p, --port <number>' argument '0' is invalid. It must be a port from 1 to 65535.\n",
    ],
    [
      ['--stream', 'x', 'x'],
      "wsdissect: option '-s, --stream <number>' argument 'x' is invalid. It must be a number from 0, or that and a stream of HTTP/2, such as 0.5.\n",
    ],
    [
      ['--color', '\u001b'],
      "wsdissect: (escaped) option '--color <when>' argument '\\x1b' is invalid. Allowed choices are auto, always, never.\n",
    ],
    [
      ['--max-payload', '1x'],
      "wsdissect: option '--max-payload <bytes>' argument '1x' is invalid. It must be a number of bytes, such as 4096, 64k or 2M.\n",
    ],
    [['--keylog'], "wsdissect: option '-k, --keylog <file>' argument missing\n"],
  ])('that are wrong end with 2 and one line: %j', async (argv, line) => {
    expect(await run(argv)).toEqual({ code: 2, stdout: '', stderr: line, writes: [] });
  });
});

describe('help and version', () => {
  it('name commands, examples and exit codes', async () => {
    const { code, stdout, stderr } = await run(['--help']);
    expect(code).toBe(0);
    expect(stderr).toBe('');
    for (const part of [
      'Usage: wsdissect [command]',
      '  messages       whole messages',
      'Examples:\n',
      'Exit codes:\n',
    ]) {
      expect(stdout).toContain(part);
    }
  });

  it('name the options of a command', async () => {
    for (const argv of [
      ['help', 'frames'],
      ['frames', '--help'],
    ]) {
      const { code, stdout } = await run(argv);
      expect(code).toBe(0);
      for (const part of ['--brief', '--max-payload <bytes>', '(default: 4k)', 'wsdissect --brief send.pcap']) {
        expect(stdout).toContain(part);
      }
    }
  });

  it.each(['-V', '--version'])('name versions with %s', async (option) => {
    const { code, stdout } = await run([option]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^wsdissect \d+\.\d+\.\d+\nNode \d.*, zlib \d.*, OpenSSL \d.*\n$/);
  });
});

describe('inputs that cannot be read', () => {
  it.each([
    ['no-such-thing.pcap', /^wsdissect: no-such-thing\.pcap: no such file; check its path\n$/],
    ['mesages', /^wsdissect: mesages: no such file, nor such a command: did you mean messages\?\n$/],
    ['a\u001bb', /^wsdissect: \(escaped\) a\\x1bb: no such file; check its path\n$/],
  ])('end with 2 and one line: %s', async (name, line) => {
    const { code, stdout, stderr } = await run([name]);
    expect(stderr).toMatch(line);
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });

  it('say how to write a command that stands behind an option', async () => {
    const { stderr } = await run(['--json', 'messages', good]);
    expect(stderr).toContain(
      'wsdissect: messages: no such file; a command comes before its options: wsdissect messages ...\n',
    );
  });

  it('are no captures', async () => {
    const { code, stderr } = await run([bad]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^wsdissect: .*bad\.txt: [^\n]+\n$/);
  });

  it('are empty', async () => {
    const { code, stderr } = await run([]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^wsdissect: stdin: [^\n]+\n$/);
  });

  it('are a terminal, where nobody types a capture', async () => {
    const { code, stderr } = await run([], { terminals: ['stdin'] });
    expect(code).toBe(2);
    expect(stderr).toBe('wsdissect: no capture: name a file, pipe one in, or see wsdissect --help\n');
  });

  it('are a key log', async () => {
    const { code, stderr } = await run(['--keylog', join(folder, 'none'), good]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/good\.hex: key log .*none: no such file; check its path\n$/);
  });

  it('do not keep the others from being read', async () => {
    const { code, stdout, stderr } = await run(['--json', '-q', 'missing', good, bad, good]);
    expect(code).toBe(2);
    expect(stdout.trimEnd().split('\n')).toHaveLength(2);
    expect(stdout).toMatch(/^\{"type":"frame","file":".*good\.hex"/);
    expect(stderr.trimEnd().split('\n')).toHaveLength(2);
  });

  it('do not keep what stands before the fault from being printed', async () => {
    const { code, stdout, stderr } = await run(['--json', '-q'], { stdin: [FRAME, 'zz\n'] });
    expect(code).toBe(2);
    expect(stdout).toContain('ma2saka');
    expect(stderr).toMatch(/^wsdissect: stdin: .*line 2/);
  });
});

describe('several inputs', () => {
  it('are told apart in text', async () => {
    const { stdout } = await run(['--brief', '-q', good, 'missing', good]);
    expect(stdout).toMatch(/^==> .*good\.hex <==\n.*ma2saka\n\n==> .*good\.hex <==\n.*ma2saka\n$/);
  });
});

describe('loss', () => {
  it('is said on stderr or in the record, and is no failure', async () => {
    const { code, stdout } = await run(['--json'], { stdin: [CUT] });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ status: 'truncated', missing: 3, text: 'ma2s' });
  });

  it.each(['frames', 'messages', 'connections'])('is a failure of %s with --strict', async (command) => {
    expect((await run([command, '--strict', '--json'], { stdin: [CUT] })).code).toBe(1);
    expect((await run([command, '--strict', '--json'], { stdin: [FRAME] })).code).toBe(0);
  });
});

describe('stdout', () => {
  it('that nobody reads any more ends it quietly', async () => {
    const onWrite = (): void => {
      throw new ClosedPipe();
    };
    expect(await run([good, good], { onWrite })).toMatchObject({ code: 0, stdout: '' });
  });

  it('that cannot be written ends with 2 and one line', async () => {
    const onWrite = (): void => {
      throw new WsdissectError('unwritable', 'standard output cannot be written: no space');
    };
    const { code, stderr } = await run(['-q', good, good], { onWrite });
    expect(code).toBe(2);
    expect(stderr).toBe('wsdissect: standard output cannot be written: no space\n');
  });

  it('is not to blame for a bug, which is thrown as it is', async () => {
    const onWrite = (): void => {
      throw new TypeError('a bug');
    };
    await expect(run([good], { onWrite })).rejects.toThrow(TypeError);
  });
});
