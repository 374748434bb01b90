import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPager, type Pager } from '../../../src/cli/terminal/pager.js';
import { ClosedPipe } from '../../../src/cli/terminal/standard-streams.js';
import { run, type World } from '../fake-io.js';

const FRAME = '8187e1a4c61d8cc5f46e80cfa7\n';
/** The same frame without its last three bytes. */
const CUT = '8187e1a4c61d8cc5f46e\n';
const { PATH = '' } = process.env;

let folder: string;
let shown: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'wsdissect-'));
  shown = join(folder, 'shown');
});

afterAll(() => rmSync(folder, { recursive: true }));

/** A pager that keeps what it is given. */
function fakePager(write: Pager['write'] = () => Promise.resolve()): { pager: Pager; pages: string[] } {
  const pages: string[] = [];
  const pager: Pager = {
    write: (bytes) => {
      pages.push(Buffer.from(bytes).toString());
      return write(bytes);
    },
    end: () => {
      pages.push('(end)');
      return Promise.resolve();
    },
  };
  return { pager, pages };
}

describe('--pager', () => {
  it('shows the output in colours, and findings when the pager is done', async () => {
    const { pager, pages } = fakePager();
    const world: World = { terminals: ['stdout', 'stderr'], pager };
    const { code, stdout, stderr } = await run(['--pager', 'fixtures/send.pcap'], world);
    expect([code, stdout]).toEqual([0, '']);
    expect(pages.join('')).toMatch(/^2026-11-22, UTC.*\n\u001b\[1m#1[\s\S]*ma2saka\n\(end\)$/);
    expect(stderr).toContain('handshake.not-captured');
  });

  it('keeps the exit code', async () => {
    const { pager } = fakePager();
    const world: World = { stdin: [CUT], terminals: ['stdout'], pager };
    expect((await run(['--pager', '--strict'], world)).code).toBe(1);
    expect((await run(['--pager', 'missing.pcap'], world)).code).toBe(2);
  });

  it('ends quietly where its user has seen enough', async () => {
    const { pager, pages } = fakePager(() => Promise.reject(new ClosedPipe()));
    const { code, stderr } = await run(['--pager', '-q'], { stdin: [FRAME, FRAME], terminals: ['stdout'], pager });
    expect([code, stderr]).toEqual([0, '']);
    expect(pages).toHaveLength(2);
  });

  it('waits for its user before a bug ends it', async () => {
    const { pager, pages } = fakePager(() => Promise.reject(new TypeError('a bug')));
    await expect(run(['--pager', '-q'], { stdin: [FRAME], terminals: ['stdout'], pager })).rejects.toThrow('a bug');
    expect(pages.at(-1)).toBe('(end)');
  });

  it('is nothing where stdout is no terminal', async () => {
    expect((await run(['--pager', '-q', '--json'], { stdin: [FRAME] })).stdout).toContain('ma2saka');
  });
});

describe('the program in PAGER', () => {
  it('is given all bytes and waited for', async () => {
    const pager = await startPager({ PATH, PAGER: `cat > '${shown}'; echo "$LESS" >> '${shown}'` });
    await pager.write(Buffer.from('one\n'));
    await pager.write(Buffer.alloc(300_000, '.'));
    await pager.end();
    expect(readFileSync(shown, 'utf8')).toBe(`one\n${'.'.repeat(300_000)}R\n`);
  });

  it('keeps its own options of less', async () => {
    await (await startPager({ PATH, LESS: 'i', PAGER: `echo "$LESS" > '${shown}'` })).end();
    expect(readFileSync(shown, 'utf8')).toBe('i\n');
  });

  it('may end before it has taken everything', async () => {
    const pager = await startPager({ PATH, PAGER: 'true' });
    const writing = async (): Promise<void> => {
      for (;;) await pager.write(Buffer.alloc(100_000));
    };
    await expect(writing()).rejects.toThrow(ClosedPipe);
    await pager.end();
  });

  it('is an error where it cannot be run, with what to do', async () => {
    const pager = await startPager({ PATH, PAGER: 'wsdissect-no-such-pager 2> /dev/null' });
    await expect(pager.end()).rejects.toMatchObject({
      code: 'unwritable',
      message: expect.stringMatching(/wsdissect-no-such-pager.* cannot be run: name another one in PAGER/) as string,
    });
    expect(process.listenerCount('SIGINT')).toBe(0);
  });
});
