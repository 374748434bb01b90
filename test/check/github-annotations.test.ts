import { describe, expect, it } from 'vitest';
import { check } from '../../src/check/check.js';
import { GithubReporter } from '../../src/check/reporters/github-reporter.js';
import { SummaryCount } from '../../src/check/report.js';
import { clientFrames } from './frames.js';

type Frame = Parameters<typeof clientFrames>[number];

async function annotations(captures: readonly (readonly Frame[])[]): Promise<string[]> {
  const reporter = new GithubReporter({ isQuiet: false });
  const counts = new SummaryCount();
  let text = '';
  for (const [index, frames] of captures.entries()) {
    const report = await check([clientFrames(...frames)], { file: `capture${index}.hex` });
    counts.add(report);
    text += reporter.capture(report);
  }
  text += reporter.end({ summary: counts.summary, claims: [], passed: counts.passed });
  return text.split('\n').filter((line) => line !== '');
}

describe('annotations on GitHub', () => {
  it('are one for findings of one kind in a capture, with the first places of the others', async () => {
    const frames = Array.from({ length: 9 }, () => ({ opcode: 3 }));
    const lines = (await annotations([frames])).filter((line) => line.includes('ws.reserved-opcode'));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('and 8 more of this kind:%0Apacket 2, stream 0, client to server%0Apacket 3');
    expect(lines[0]!.match(/%0Apacket/g)).toHaveLength(6);
    expect(lines[0]).toMatch(/%0A\.\.\.$/);
  });

  it('are ten of a level, and a last line says how many there are besides', async () => {
    const lines = await annotations(Array.from({ length: 14 }, () => [{ opcode: 3 }]));
    expect(lines.filter((line) => line.startsWith('::error '))).toHaveLength(10);
    expect(lines.at(-1)).toBe(
      '::notice title=wsdissect check::4 more of level error: GitHub shows 10 of each; --reporter text has all',
    );
  });

  it('begin with the worst', async () => {
    const lines = await annotations([
      [
        { fin: false, payload: 'a' },
        { opcode: 1, payload: 'b' },
      ],
      [{ opcode: 3 }, { opcode: 9, payload: 'x'.repeat(126) }],
    ]);
    const levels = lines.map((line) => ['error', 'warning', 'notice'].indexOf(/^::(\w+)/.exec(line)![1]!));
    expect(levels.length).toBeGreaterThan(1);
    expect(levels).toEqual([...levels].sort());
  });
});
