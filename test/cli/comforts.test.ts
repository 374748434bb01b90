import { afterEach, describe, expect, it } from 'vitest';
import { run, type Outcome } from './fake-io.js';

/** Text frames of a client: `{"n":1}`, `日本語`, and an unmasked ping of a server with `hi`. */
const JSON_FRAME = '818700000000' + '7b226e223a317d';
const WIDE_FRAME = '818900000000' + 'e697a5e69cace8aa9e';
const PING = '89026869';
const STDIN = [`${JSON_FRAME}\n`, `${WIDE_FRAME}\n`, `${PING}\n`];

function frames(...argv: readonly string[]): Promise<Outcome> {
  return run(['-q', ...argv], { stdin: STDIN });
}

async function packets(...argv: readonly string[]): Promise<number[]> {
  const { code, stdout } = await frames('--json', ...argv);
  expect(code).toBe(0);
  const lines = stdout.split('\n').filter((line) => line !== '');
  return lines.map((line) => (JSON.parse(line) as { packet: number }).packet);
}

describe('--count', () => {
  it('stops after so many frames', async () => {
    expect(await packets('-c', '2')).toEqual([1, 2]);
    expect(await packets('--count', '99')).toEqual([1, 2, 3]);
  });

  it('reads no further, also where the input has no end', async () => {
    let reads = 0;
    const endless = {
      *[Symbol.iterator]() {
        for (;;) {
          reads++;
          yield `${JSON_FRAME}\n`;
        }
      },
    };
    const { code, stdout } = await run(['-q', '--json', '-c', '3'], { stdin: endless as unknown as string[] });
    expect(code).toBe(0);
    expect(stdout.trimEnd().split('\n')).toHaveLength(3);
    expect(reads).toBe(3);
  });

  it('counts over all inputs, and opens none that it does not need', async () => {
    expect(await packets('-c', '1', '-', 'missing.pcap')).toEqual([1]);
  });

  it('counts those that are selected', async () => {
    expect(await packets('-c', '1', '--opcode', 'ping')).toEqual([3]);
  });

  it('shows the message that the last frame completes', async () => {
    const fragments = `0182000000006161\n8082000000006262\n${STDIN[0]!}`;
    const { stdout } = await run(['-q', '-c', '2'], { stdin: [fragments] });
    expect(stdout).toMatch(/#2 [\s\S]*Message +text, 4 bytes, 2 frames\n +aabb\n$/);
  });

  it('counts messages and connections', async () => {
    expect((await run(['messages', '-q', '--json', '-c1'], { stdin: STDIN })).stdout.split('\n')).toHaveLength(2);
    expect((await run(['connections', '-q', '--json', '-c1'], { stdin: STDIN })).stdout.split('\n')).toHaveLength(2);
  });
});

describe('a selection', () => {
  it.each([
    [['--opcode', 'ping'], [3]],
    [
      ['-o', 'text,9'],
      [1, 2, 3],
    ],
    [['--from', 'server'], [3]],
    [['--match', '日本'], [2]],
    [['-m', '"N"', '-i'], [1]],
    [
      ['--packet', '2-'],
      [2, 3],
    ],
    [
      ['--packet', '-2'],
      [1, 2],
    ],
    [['--packet', '2'], [2]],
    [['--packet', '2-2', '--from', 'server'], []],
  ])('%j shows the frames of packets %j', async (argv, shown) => {
    expect(await packets(...argv)).toEqual(shown);
  });

  it('is one of messages too', async () => {
    const { stdout } = await run(['messages', '-q', '--json', '--match', '日'], { stdin: STDIN });
    expect(JSON.parse(stdout)).toMatchObject({ type: 'message', text: '日本語' });
  });

  it('keeps the numbers of frames and messages', async () => {
    expect((await frames('--packet', '2-3')).stdout).toMatch(/^#2 [\s\S]*\n\n#3 /);
    expect((await run(['messages', '-q', '--packet', '3'], { stdin: STDIN })).stdout).toMatch(/^#3 /);
  });

  it.each([
    [
      ['--opcode', 'txt'],
      /^wsdissect: option '-o, --opcode <list>' argument 'txt' is invalid\. It must be continuation, text, /,
    ],
    [
      ['--match', '('],
      /^wsdissect: option .* is invalid\. It must be a regular expression of JavaScript: .*Unterminated group/,
    ],
    [['--packet', '9-4'], /^wsdissect: option .* is invalid\. It must be packets, counted from 1, such as 4, 4-9/],
    [['--packet', '-'], /It must be packets/],
    [['--packet', '0'], /It must be packets/],
    [['--packet', '1-2-3'], /It must be packets/],
    [['--count', '0'], /It must be a whole number of at least 1/],
    [['--from', 'me'], /Allowed choices are client, server/],
  ])('that cannot be meant is wrong usage: %j', async (argv, line) => {
    const { code, stdout, stderr } = await frames(...argv);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(line);
    expect(stderr.trimEnd()).not.toContain('\n');
  });
});

describe('--pretty', () => {
  it('shows JSON in lines of its own, in text only', async () => {
    expect((await frames('--pretty', '-c', '1')).stdout).toContain(
      '    Payload      {\n                   "n": 1\n                 }\n',
    );
    expect((await frames('--pretty', '--json', '-c', '1')).stdout).toContain('"text":"{\\"n\\":1}"');
  });

  it('shows as much of it as --max-payload says', async () => {
    const { stdout } = await frames('--pretty', '-c', '1', '--max-payload', '4');
    expect(stdout).toContain('    Payload      {\n                   "n"\n    ...          3 more bytes not shown');
  });

  it('leaves alone what is no JSON, or not whole', async () => {
    expect((await frames('--pretty', '--packet', '2')).stdout).toContain('Payload      日本語\n');
    const { stdout } = await run(['-q', '--pretty'], { stdin: ['818900000000' + '7b226e223a317d\n'] });
    expect(stdout).toContain('Payload      {"n":1}\n');
  });

  it('leaves alone what is not UTF-8', async () => {
    const { stdout } = await run(['-q', '--pretty'], { stdin: ['818500000000' + '5b22ff225d\n'] });
    expect(stdout).toContain(String.raw`Payload      (escaped) ["\xff"]`);
  });

  it('lets no control character through', async () => {
    const { stdout } = await run(['-q', '--pretty'], { stdin: ['818700000000' + '5b22c29b31225d\n'] });
    expect(stdout).toContain(String.raw`["\u{9b}1"]`.slice(1, -1));
  });
});

describe('wide characters', () => {
  it('do not make a line longer than the terminal', async () => {
    const payload = Buffer.from('日本語'.repeat(20));
    const stdin = [`81fe${payload.length.toString(16).padStart(4, '0')}00000000${payload.toString('hex')}\n`];
    const argv = ['-q', '--brief', '--color', 'never'];
    const { stdout } = await run(argv, { stdin, terminals: ['stdout'], columns: 60 });
    const characters = Array.from(stdout.trimEnd().split('\n').at(-1)!);
    const columns = characters.reduce((sum, character) => sum + (character > '\u3000' ? 2 : 1), 0);
    expect(stdout).toMatch(/日本語.*\.\.\.\n$/);
    expect([59, 60]).toContain(columns);
  });
});

describe('--time', () => {
  it.each([
    ['absolute', /^#1 {2}packet \d+ {2}stream 0 {2}\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}Z {2}/],
    ['utc', /^#1 {2}packet \d+ {2}stream 0 {2}\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}Z {2}/],
    ['relative', /^#1 {2}packet \d+ {2}stream 0 {2}\+0\.000000 {2}/],
    ['delta', /^#1 {2}packet \d+ {2}stream 0 {2}\+0\.000000 {2}/],
    ['epoch', /^#1 {2}packet \d+ {2}stream 0 {2}\d+\.\d{6} {2}/],
  ])('%s is how text shows times', async (form, heading) => {
    expect((await run(['-q', '--time', form, 'fixtures/send.pcap'])).stdout).toMatch(heading);
  });

  describe('on a terminal', () => {
    const zone = process.env['TZ'];
    afterEach(() => {
      if (zone === undefined) delete process.env['TZ'];
      else process.env['TZ'] = zone;
    });

    it('is local unless something else is asked for, and nowhere else', async () => {
      process.env['TZ'] = 'Asia/Tokyo';
      const of = async (...argv: string[]): Promise<string> => {
        const world = argv.includes('--pipe') ? {} : { terminals: ['stdout'] as const, columns: 200 };
        const words = argv.filter((word) => word !== '--pipe');
        return (await run(['-q', '--color', 'never', ...words, 'fixtures/send.pcap'], world)).stdout;
      };
      expect(await of()).toContain('  2026-11-22 19:32:31.090191+09:00  ');
      expect(await of('--time', 'utc')).toContain('  2026-11-22 10:32:31.090191Z  ');
      expect(await of('--brief')).toMatch(/^2026-11-22, UTC\+09:00\n/);
      expect(await of('--brief')).toContain('  19:32:31.090191  ');
      expect(await of('--pipe')).toContain('  2026-11-22 10:32:31.090191Z  ');
      expect(await of('--pipe', '--time', 'local')).toContain('  2026-11-22 19:32:31.090191+09:00  ');
      expect(await of('--json')).toContain('"time":"2026-11-22T10:32:31.090191Z"');
    });
  });

  it('is for lines and tables as well', async () => {
    expect((await run(['-q', '--brief', '--time', 'epoch', 'fixtures/send.pcap'])).stdout).toMatch(
      /^ +\d+ +\d{10}\.\d{6} /,
    );
    expect((await run(['connections', '--time', 'relative', 'fixtures/send.pcap'])).stdout).toMatch(/\+0\.000000\n/);
  });

  it('leaves JSON as it is', async () => {
    const given = await run(['-q', '--json', 'fixtures/send.pcap']);
    expect(await run(['-q', '--json', '--time', 'delta', 'fixtures/send.pcap'])).toEqual(given);
  });
});
