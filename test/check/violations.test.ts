import { describe, expect, it } from 'vitest';
import { checkFrames } from './frames.js';

describe('the findings of one capture', () => {
  it('are listed up to a limit and counted behind it', async () => {
    const report = await checkFrames(Array.from({ length: 1500 }, () => ({ opcode: 3 })));
    expect(report.violations).toHaveLength(1000);
    expect(report.unlisted).toEqual([{ code: 'ws.reserved-opcode', verdict: 'failing', count: 500 }]);
    expect(report.counts).toEqual({ error: 1500, warning: 0, note: 0, allowed: 0, failing: 1500 });
  });

  it('hold no view of the capture', async () => {
    const report = await checkFrames([{ opcode: 3, payload: Buffer.alloc(100_000, 'x') }], { maxPayload: 4 });
    const [, payload] = report.violations[0]!.evidence;
    expect(payload).toMatchObject({ name: 'payload', hex: '78787878', more: 99_996 });
  });

  it('of a message show the frame that completed it and what both say', async () => {
    const report = await checkFrames([
      { fin: false, payload: 'abc' },
      { opcode: 0, payload: Buffer.from([0xff]) },
    ]);
    expect(
      report.violations.map(({ finding, evidence }) => [
        finding.code,
        ...evidence.map(({ name, hex }) => `${name} ${hex!}`),
      ]),
    ).toEqual([['ws.invalid-utf8', 'header 808101020304', 'payload ff', 'message 616263ff']]);
  });

  it('leave a capture failed only where one of them fails', async () => {
    expect((await checkFrames([{ opcode: 3 }])).passed).toBe(false);
    expect((await checkFrames([{ opcode: 3 }], { allow: ['ws.reserved-opcode'] })).passed).toBe(true);
    expect((await checkFrames([{ opcode: 3 }], { rules: ['rfc7692'] })).passed).toBe(true);
  });
});
