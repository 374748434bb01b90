import { describe, expect, it } from 'vitest';
import { Progress } from '../../../src/cli/terminal/progress.js';
import { fakeIo, run, type World } from '../fake-io.js';

const FRAME = '8187e1a4c61d8cc5f46e80cfa7\n';
const CLEAR = '\r\u001b[K';
const LONG: World = { stdin: [FRAME, FRAME, FRAME], terminals: ['stderr'], size: 60_000_000, tick: 150, columns: 120 };

describe('the progress of a long input', () => {
  it('is a line on stderr that is taken away at the end', async () => {
    const { code, stdout, stderr } = await run(['--json'], { ...LONG, tick: 300 });
    expect(code).toBe(0);
    expect(stdout).not.toContain('\r');
    const lines = stderr.split(CLEAR);
    expect(lines[1]).toMatch(/^0 % {2}0 of 60 MB {2}1 frames {2}0 MB\/s {2}\d+:\d\d min left {2}stdin$/);
    expect(lines[2]).toContain('2 frames');
    expect(stderr.endsWith(CLEAR)).toBe(true);
  });

  it('counts connections as they open, not when their rows are there', async () => {
    const { stdout, stderr } = await run(['connections', '--json'], { ...LONG, tick: 300 });
    expect(stdout).toContain('"type":"connection"');
    expect(stderr.split(CLEAR)[1]).toContain('1 connections');
  });

  it('says how much is read, how fast, and how long the rest will take', async () => {
    const { io, reports } = fakeIo({ ...LONG, stdin: [Buffer.alloc(15_000_000)], tick: 500 });
    const progress = new Progress(io, 'message');
    const chunks = progress.io.read('-')[Symbol.asyncIterator]();
    await chunks.next();
    progress.count(7);
    await chunks.next();
    expect(reports[0]).toBe(`${CLEAR}25 %  15 of 60 MB  7 messages  30 MB/s  2 s left  stdin`);
  });

  it('is not drawn more often than can be read', async () => {
    const { stderr } = await run(['--json', '-'], { ...LONG, stdin: new Array<string>(20).fill(FRAME), tick: 20 });
    expect(stderr.split(' of 60 MB')).toHaveLength(3);
  });

  it('makes room for what is written beside it', async () => {
    const stdin = new Array<string>(9).fill(FRAME);
    const { io, reports, writes } = fakeIo({ ...LONG, stdin, terminals: ['stdout', 'stderr'], tick: 300 });
    const beside = new Progress(io, 'frame').io;
    const chunks = beside.read('-')[Symbol.asyncIterator]();
    const report = (): Promise<void> => {
      beside.report('finding\n');
      return Promise.resolve();
    };
    const print = async (): Promise<void> => beside.write(Buffer.from('frame\n'));
    for (const write of [report, print]) {
      await chunks.next();
      await chunks.next();
      reports.length = 0;
      await write();
      expect(reports[0]).toBe(CLEAR);
    }
    expect(writes).toEqual(['frame\n']);
  });

  it('fits into the line, however long the name is', async () => {
    const { stderr } = await run(['--json'], { ...LONG, tick: 300, columns: 20 });
    expect(stderr.split(CLEAR)[1]).toHaveLength(19);
  });

  it.each<[string, readonly string[], World]>([
    ['in a pipe', [], { ...LONG, terminals: ['stdout'] }],
    ['with --quiet', ['--quiet'], LONG],
    ['for a short input', [], { ...LONG, size: 50_000_000 }],
    ['for a pipe that is read', [], { stdin: [FRAME, FRAME], terminals: ['stderr'], tick: 300 }],
  ])('is not there %s', async (_, argv, world) => {
    expect((await run(['--json', '--color', 'never', ...argv], world)).stderr).not.toContain('\r');
  });
});
