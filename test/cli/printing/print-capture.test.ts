import { describe, expect, it } from 'vitest';
import { CapturePrinter, type PrintOptions } from '../../../src/cli/commands/printing/capture-printer.js';
import { ReportedConsumer, type ReportOptions } from '../../../src/cli/commands/reading/reported-consumer.js';
import type { Io } from '../../../src/cli/terminal/io.js';
import { consume } from '../../../src/consumer.js';
import { finding } from '../../../src/common/finding.js';
import { WsdissectError } from '../../../src/common/error.js';
import type { DissectEvent } from '../../../src/events.js';
import { JsonOutput } from '../../../src/output/json/json.js';
import type { Output } from '../../../src/output/output.js';
import { TextConnections } from '../../../src/output/text/text-connections.js';
import { connection, frame, message, PLAIN, totals } from '../../output/events.js';
import { fakeIo, run } from '../fake-io.js';

const OPTIONS = {
  wants: { frames: true, messages: true, connections: true },
  heading: '',
  isLive: false,
  type: 'frame' as const,
  quota: { left: Infinity },
};

const GAP: DissectEvent = {
  type: 'finding',
  packet: 6,
  number: 0,
  finding: finding('tcp.gap', '9 bytes were not captured', { packet: 6, stream: 0 }),
};
const NOTE: DissectEvent = {
  type: 'finding',
  packet: 4,
  number: 0,
  finding: finding('handshake.not-captured', 'none'),
};

async function* batches(
  ...given: readonly (readonly DissectEvent[] | Error)[]
): AsyncGenerator<readonly DissectEvent[]> {
  for (const batch of given) {
    await Promise.resolve();
    if (batch instanceof Error) throw batch;
    yield batch;
  }
}

/** @returns whether anything is missing */
async function printCapture(
  given: AsyncIterable<readonly DissectEvent[]>,
  io: Io,
  output: Output,
  { report = {}, ...options }: PrintOptions & { readonly report?: ReportOptions },
): Promise<boolean> {
  const told = { isLossy: false, isUnreadable: false };
  const printer = new CapturePrinter(io, output, options);
  await consume(new ReportedConsumer(io, printer, 'a.pcap', report, told), given);
  return told.isLossy;
}

async function isLossy(event: DissectEvent): Promise<boolean> {
  return printCapture(batches([event]), fakeIo().io, new JsonOutput('frame'), OPTIONS);
}

describe('what is printed of a capture', () => {
  it('is written after each batch', async () => {
    const { io, writes } = fakeIo();
    await printCapture(batches([frame()], [frame(), frame()]), io, new JsonOutput('frame'), OPTIONS);
    expect(writes.map((text) => text.split('\n').length - 1)).toEqual([1, 2]);
  });

  it('is written in between where a batch is large', async () => {
    const { io, writes } = fakeIo();
    const large = frame({ payload: 'x'.repeat(70_000) });
    await printCapture(batches([large, large]), io, new JsonOutput('frame'), OPTIONS);
    expect(writes).toHaveLength(2);
  });

  it('waits for a write that takes time', async () => {
    const { io } = fakeIo();
    const order: string[] = [];
    const slow = {
      ...io,
      write: async () => {
        order.push('begin');
        await new Promise((resolve) => setTimeout(resolve, 1));
        order.push('end');
      },
    };
    await printCapture(batches([frame()], [frame()]), slow, new JsonOutput('frame'), OPTIONS);
    expect(order).toEqual(['begin', 'end', 'begin', 'end']);
  });

  it('has its heading before the first record, or not at all', async () => {
    const { io, writes } = fakeIo();
    const options = { ...OPTIONS, heading: '==> a <==\n' };
    await printCapture(batches([NOTE]), io, new JsonOutput('frame'), options);
    expect(writes).toEqual([]);
    await printCapture(batches([frame()], [frame()]), io, new JsonOutput('frame'), options);
    expect(writes.join('').match(/==>/g)).toHaveLength(1);
  });

  it('is not held back where the capture is live', async () => {
    const of = async (isLive: boolean): Promise<number> => {
      const { io, writes } = fakeIo();
      await printCapture(batches([connection()], [connection()]), io, new TextConnections(PLAIN), {
        ...OPTIONS,
        isLive,
      });
      return writes.length;
    };
    expect(await of(false)).toBe(1);
    expect(await of(true)).toBe(2);
  });

  it('is what came before an input could not be read any further', async () => {
    const { io, writes } = fakeIo();
    const broken = batches([connection()], new WsdissectError('bad-hex', 'line 2'));
    await expect(printCapture(broken, io, new TextConnections(PLAIN), OPTIONS)).rejects.toThrow('line 2');
    expect(writes.join('')).toContain('ws://localhost:8008/');
  });
});

describe('findings', () => {
  it('go to stderr, one line each', async () => {
    const { io, reports, writes } = fakeIo();
    await printCapture(batches([GAP, NOTE]), io, new JsonOutput('frame'), OPTIONS);
    expect(writes).toEqual([]);
    expect(reports.join('')).toBe(
      'wsdissect: a.pcap: packet 6, stream 0: 9 bytes were not captured (tcp.gap)\n' +
        'wsdissect: a.pcap: none (handshake.not-captured)\n',
    );
  });

  it('go nowhere with --quiet, and still count as loss', async () => {
    const { io, reports } = fakeIo();
    const lossy = await printCapture(batches([GAP]), io, new JsonOutput('frame'), {
      ...OPTIONS,
      report: { quiet: true },
    });
    expect(reports).toEqual([]);
    expect(lossy).toBe(true);
  });

  it('are listed up to 200 times, then counted', async () => {
    const { io, reports } = fakeIo();
    const many = [...Array.from({ length: 250 }, () => GAP), NOTE];
    await printCapture(batches(many), io, new JsonOutput('frame'), OPTIONS);
    const lines = reports.join('').trimEnd().split('\n');
    expect(lines).toHaveLength(201);
    expect(lines.at(-1)).toBe(
      'wsdissect: a.pcap: more findings that are not listed: 50 tcp.gap, 1 handshake.not-captured',
    );
  });
});

describe('a summary of findings', () => {
  const of = (
    packet: number,
    stream: number | undefined,
    code: 'tcp.gap' | 'ws.not-decoded' = 'tcp.gap',
  ): DissectEvent => ({
    type: 'finding',
    packet,
    number: 0,
    finding: finding(code, `what is wrong in packet ${packet}`, stream === undefined ? { packet } : { packet, stream }),
  });
  const told = async (
    events: readonly DissectEvent[],
    options: Partial<typeof OPTIONS> & { report?: ReportOptions } = {},
  ): Promise<string[]> => {
    const { io, reports } = fakeIo({ terminals: ['stderr'] });
    await printCapture(batches(events), io, new JsonOutput('frame'), { ...OPTIONS, ...options });
    return reports.join('').split('\n').slice(0, -1);
  };

  it('has a line for each kind and connection, with a count and the first place, and a last line', async () => {
    expect(
      await told([
        of(3, 0),
        of(4, 1),
        of(5, 0),
        of(6, 0, 'ws.not-decoded'),
        of(7, 0),
        of(8, undefined),
        of(9, undefined),
      ]),
    ).toEqual([
      'wsdissect: a.pcap: packet 3, stream 0: what is wrong in packet 3 (tcp.gap): 3 of this kind on this connection, this is the first',
      'wsdissect: a.pcap: packet 4, stream 1: what is wrong in packet 4 (tcp.gap)',
      'wsdissect: a.pcap: packet 6, stream 0: what is wrong in packet 6 (ws.not-decoded)',
      'wsdissect: a.pcap: packet 8: what is wrong in packet 8 (tcp.gap): 2 of this kind, this is the first',
      'wsdissect: a.pcap: 7 findings; --findings all lists each: 6 tcp.gap, 1 ws.not-decoded',
    ]);
  });

  it('is no more than the findings where each is of its own kind', async () => {
    expect(await told([of(3, 0), of(4, 1)])).toHaveLength(2);
  });

  it('has no more than 200 lines and one, and counts all', async () => {
    const lines = await told(Array.from({ length: 1000 }, (_, stream) => of(stream + 1, stream)));
    expect(lines).toHaveLength(201);
    expect(lines.at(-1)).toBe('wsdissect: a.pcap: 1000 findings; --findings all lists each: 1000 tcp.gap');
  });

  it.each<[ReportOptions, number]>([
    [{}, 2],
    [{ findings: 'summary' }, 2],
    [{ findings: 'all' }, 3],
    [{ findings: 'none' }, 0],
    [{ quiet: true }, 0],
    [{ quiet: true, findings: 'all' }, 0],
    [{ hasFindingRecords: false, findings: 'summary' }, 2],
    [{ hasFindingRecords: true, findings: 'all' }, 0],
  ])('is as %j says', async (report, lines) => {
    expect(await told([of(3, 0), of(4, 0), of(5, 0)], { report })).toHaveLength(lines);
  });
});

describe('findings among JSON records', () => {
  it('stand where they were found, whichever frames are chosen', async () => {
    const printedLines = async (...argv: string[]): Promise<Record<string, unknown>[]> => {
      const { stdout, stderr } = await run(['--json', '--findings', 'all', ...argv]);
      expect(stderr).toBe('');
      return stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, unknown>);
    };
    const all = await printedLines('fixtures/loss-mid-frame.pcap');
    expect(all.filter(({ type }) => type === 'finding').map(({ code }) => code)).toContain('tcp.gap');
    expect(all.findIndex(({ type }) => type === 'finding')).toBeLessThan(all.length - 1);
    const findings = all.filter(({ type }) => type === 'finding');
    expect(await printedLines('--match', 'in no frame at all', 'fixtures/loss-mid-frame.pcap')).toEqual(findings);
    expect((await run(['--json', 'fixtures/loss-mid-frame.pcap'])).stdout).not.toContain('"type":"finding"');
  });
});

describe('loss', () => {
  it.each<[string, DissectEvent]>([
    ['a frame with a gap', frame({ status: 'gap' })],
    ['a frame with a finding of loss', frame({ findings: [finding('limit.message', '')] })],
    ['a message without its context', message({ status: 'lost-context' })],
    ['a message with a finding of loss', message({ findings: [finding('deflate.bad-data', '')] })],
    ['bytes missing in a connection', connection({ server: totals({ missingBytes: 1 }) })],
    ['a connection with a finding of loss', connection({ findings: [finding('tls.no-secrets', '')] })],
    ['a finding of loss', GAP],
  ])('is %s', async (_, event) => {
    expect(await isLossy(event)).toBe(true);
  });

  it.each<[string, DissectEvent]>([
    ['a whole frame', frame()],
    ['a violation', frame({ findings: [finding('ws.reserved-bit', '')] })],
    ['a whole message', message()],
    ['a whole connection', connection()],
    ['a note', NOTE],
  ])('is not %s', async (_, event) => {
    expect(await isLossy(event)).toBe(false);
  });
});
