import { createRequire } from 'node:module';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { check } from '../../src/check/check.js';
import { SummaryCount } from '../../src/check/report.js';
import { createReporter } from '../../src/check/reporters/create-reporter.js';
import { FINDING_REPORTERS } from '../../src/check/reporters/reporter.js';
import { CODES } from '../../src/check/rules/rule-selection.js';
import { plainStyle } from '../../src/output/style.js';
import { fixture } from './captures.js';
import { checkFrames } from './frames.js';
import { HOSTILE, written } from './written.js';
import { parseXml, type Element } from './xml.js';

describe('every reporter', () => {
  it.each(FINDING_REPORTERS)('%s writes nothing that is not safe on a terminal or in a log', async (name) => {
    const text = await written(name);
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e\uffff]/);
    if (name === 'json' || name === 'sarif') return;
    expect(text).not.toMatch(/##\[|##vso\[/);
    const commands = text.split('\n').filter((line) => /^\s*::/.test(line));
    if (name !== 'github') expect(commands).toEqual([]);
    else expect(commands).toEqual(text.trimEnd().split('\n'));
  });
});

describe('the text reporter', () => {
  it('names the capture, what, the section, the packet, the connection and the bytes at fault', async () => {
    const reporter = await createReporter('text', { style: plainStyle('->'), isQuiet: false, version: '' });
    const report = await check([fixture('violations/server-masked.pcap')], { file: 'v.pcap' });
    const [, client] = /"client":"(.*?)"/.exec(JSON.stringify(report.violations))!;
    const [, server] = /"server":"(.*?)"/.exec(JSON.stringify(report.violations))!;
    expect(reporter.capture(report)).toBe(
      [
        'v.pcap',
        '  error       the server masked this frame (ws.server-masked, RFC 6455 5.1)',
        `              packet 10, stream 0, ${server!} -> ${client!}, server to client`,
        '              header   81 86 01 02 03 04',
        '              payload  6d 61 73 6b 65 64  "masked"',
        '',
        '',
      ].join('\n'),
    );
  });

  it('shows the lines of a handshake that are at fault', async () => {
    const reporter = await createReporter('text', { style: plainStyle('->'), isQuiet: false, version: '' });
    const text = reporter.capture(await check([fixture('violations/handshake-bad-key.pcap')], { file: 'v.pcap' }));
    expect(text).toContain('request  Sec-WebSocket-Key: not base64!\n');
  });

  it('shows the header of each length as it was on the wire', async () => {
    const shapes = [7, 16, 64] as const;
    const report = await checkFrames(
      shapes.map((lengthForm) => ({ opcode: 3, fin: false, rsv2: true, lengthForm, payload: 'x' })),
    );
    const headers = report.violations
      .filter(({ finding }) => finding.code === 'ws.reserved-bit')
      .map(({ evidence }) => evidence[0]!.hex);
    expect(headers).toEqual(['238101020304', '23fe000101020304', '23ff000000000000000101020304']);
  });

  it('lists only what fails where it is quiet, and ends with a line of counts', async () => {
    const [all, quiet] = [await written('text'), await written('text', true)];
    expect(all).toContain('  note  ');
    expect(quiet).not.toContain('  note  ');
    expect(quiet).not.toContain('wrong-accept');
    expect(all.trimEnd().split('\n').at(-1)).toMatch(
      /^5 captures, \d+ WebSocket connections: 3 errors, 1 warning, 1 note, 1 allowed, 1 failed expectation, 2 golden differences, 1 unreadable: FAILED$/,
    );
  });

  it('says nothing of a capture without findings', async () => {
    const reporter = await createReporter('text', { style: plainStyle('->'), isQuiet: false, version: '' });
    expect(reporter.capture(await check([fixture('send-both.pcap')]))).toBe('');
  });
});

describe('findings of a kind', () => {
  const broken = Array.from({ length: 12 }, () => ({ opcode: 3 }));

  it.each(['text', 'github', 'markdown'] as const)('are told together by the %s reporter', async (name) => {
    const reporter = await createReporter(name, { style: plainStyle('->'), isQuiet: false, version: '' });
    const text = reporter.capture(await checkFrames(broken));
    const all = text + reporter.end({ summary: new SummaryCount().summary, claims: [], passed: false });
    const whole = name === 'text' ? 3 : 1;
    expect(all.match(/opcode 3 is reserved/g)).toHaveLength(whole);
    expect(all).toContain(`and ${12 - whole} more of this kind`);
    // The first ones, and as many places after them as are named.
    expect(all.match(/packet \d+, stream 0/g)).toHaveLength(whole + 5);
  });
});

describe('the Markdown reporter', () => {
  it('begins with the verdict, and tells of each capture that failed what is wrong', async () => {
    const text = await written('markdown');
    expect(text.split('\n', 3)).toEqual(['## wsdissect check: FAILED', '', expect.stringMatching(/^5 captures, /)]);
    expect(text).toContain(
      '- **error**: opcode 3 is reserved (`ws.reserved-opcode, RFC 6455 5.2`), packet 2, stream 0',
    );
    expect(text).toContain('**failed**: expectation ');
    expect(text).toContain('- unreadable&#58; ');
    // What passed, or is only allowed, is nothing to look at.
    expect(text).not.toContain('late.pcap');
    expect(text).not.toContain('wrong-accept');
  });

  it('lets captured text and names be nothing but text', async () => {
    const text = await written('markdown');
    expect(text.replaceAll(/<\/?pre>|<br>/g, '').replaceAll(/`[a-z0-9.-]+(, RFC [0-9 .]+)?`/g, '')).not.toMatch(
      /[<>`@|\\[\]]|&(?!#\d+;)|:\/\//,
    );
  });

  it('describes twenty captures, and counts the others', async () => {
    const reporter = await createReporter('markdown', { style: plainStyle('->'), isQuiet: false, version: '' });
    const report = await checkFrames([{ opcode: 3 }]);
    for (let i = 0; i < 23; i++) reporter.capture({ ...report, file: `${i}.pcap` });
    const text = reporter.end({ summary: new SummaryCount().summary, claims: [], passed: false });
    expect(text.match(/^### /gm)).toHaveLength(20);
    expect(text).toContain('3 more captures failed');
  });

  it('shows the diagram that it is given', async () => {
    const reporter = await createReporter('markdown', { style: plainStyle('->'), isQuiet: false, version: '' });
    reporter.capture(await checkFrames([{ opcode: 3 }]), 'sequenceDiagram\n');
    const text = reporter.end({ summary: new SummaryCount().summary, claims: [], passed: false });
    expect(text).toContain('\n```mermaid\nsequenceDiagram\n```\n');
  });
});

describe('findings that are counted and not listed', () => {
  it.each([
    ['text', '  ...         more findings that are not listed: 3 ws.reserved-opcode\n'],
    ['json', '"unlisted":[{"code":"ws.reserved-opcode","verdict":"failing","count":3}]'],
    ['github', '::error file=frames.hex,title=ws.reserved-opcode::3 more are not listed\n'],
    ['markdown', '- 3 more findings `ws.reserved-opcode` are not listed'],
    ['junit', '(and 1002 more)'],
    ['sarif', '3 more findings ws.reserved-opcode are not listed'],
  ] as const)('are told by the %s reporter', async (name, expected) => {
    const reporter = await createReporter(name, { style: plainStyle('->'), isQuiet: false, version: '' });
    const counts = new SummaryCount();
    const report = await checkFrames(Array.from({ length: 1003 }, () => ({ opcode: 3 })));
    counts.add(report);
    const text = reporter.capture(report) + reporter.end({ summary: counts.summary, claims: [], passed: false });
    expect(text).toContain(expected);
  });
});

describe('the JSON reporter', () => {
  it('writes an object a line: violations and claims, the capture that they are of, the summary', async () => {
    const objects = (await written('json'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(objects.filter(({ type }) => type === 'capture')).toHaveLength(5);
    expect(objects.find(({ type, verdict }) => type === 'violation' && verdict === 'allowed')).toMatchObject({
      file: 'a b/ä.pcap',
      packet: 6,
      stream: 0,
      direction: 'server-to-client',
      code: 'handshake.wrong-accept',
      severity: 'error',
      rfc: 'RFC 6455 4.2.2',
    });
    expect(objects.find(({ code }) => code === 'ws.reserved-opcode')).toMatchObject({
      file: HOSTILE,
      verdict: 'failing',
      evidence: [{ name: 'header', hex: '838001020304' }],
    });
    expect(objects.at(-1)).toMatchObject({ type: 'summary', captures: 5, unreadable: 1, allowed: 1, passed: false });
  });
});

describe('the GitHub reporter', () => {
  /** Reads a workflow command as the runner does. */
  function read(line: string): { command: string; properties: Record<string, string>; message: string } {
    const [, command = '', list = '', message = ''] = /^::(\w+) ([^:]*)::(.*)$/.exec(line)!;
    const decode = (text: string): string =>
      text
        .replaceAll('%2C', ',')
        .replaceAll('%3A', ':')
        .replaceAll('%0A', '\n')
        .replaceAll('%0D', '\r')
        .replaceAll('%25', '%');
    const properties: Record<string, string> = {};
    for (const pair of list.split(',')) {
      const [name = '', value = ''] = pair.split('=', 2);
      properties[name] = decode(value);
    }
    return { command, properties, message: decode(message) };
  }

  it('writes one workflow command for each finding and each claim that is not met', async () => {
    const commands = (await written('github')).trimEnd().split('\n').map(read);
    expect(commands.find(({ properties }) => properties.title === 'ws.reserved-opcode, RFC 6455 5.2')).toMatchObject({
      command: 'error',
      message: 'opcode 3 is reserved\npacket 2, stream 0, client to server\nheader   83 80 01 02 03 04',
    });
    expect(new Set(commands.map(({ command }) => command))).toEqual(new Set(['error', 'warning', 'notice']));
    expect(commands.find(({ properties }) => properties.title === 'expectation')!.properties.line).toBe('1');
    expect(commands.some(({ properties }) => properties.title === 'unreadable')).toBe(true);
    expect(commands.some(({ properties }) => properties.title?.includes('wrong-accept'))).toBe(false);
  });
});

describe('the JUnit reporter', () => {
  const outcomeOf = (suite: Element, name: string): Element | undefined =>
    suite.children.find(({ attributes }) => attributes.name === name)!.children[0];

  it('has a suite for each capture and in it a test case for each rule that was broken and each claim', async () => {
    const { name, attributes, children: suites } = parseXml(await written('junit'));
    expect([name, suites.length]).toEqual(['testsuites', 6]);
    const names = suites[1]!.children.map((testCase) => testCase.attributes.name);
    expect(names).toEqual(['handshake.not-captured', 'connection: WebSocket connection']);
    const broken = suites[0]!.children.map((testCase) => testCase.attributes.name);
    expect(broken).toEqual([
      ...CODES.filter((code) => ['ws.invalid-utf8', 'ws.reserved-opcode'].includes(code)),
      'connection: WebSocket connection',
      expect.stringMatching(/^\(escaped\) expectation: /),
      expect.stringMatching(/^\(escaped\) golden: /),
    ]);
    const cases = suites.flatMap(({ children }) => children);
    const number = (outcome: string): string =>
      String(cases.filter(({ children }) => children[0]?.name === outcome).length);
    expect(attributes).toEqual({
      name: 'wsdissect check',
      tests: String(cases.length),
      failures: number('failure'),
      errors: '1',
      skipped: '1',
    });
    expect([number('error'), number('skipped')]).toEqual(['1', '1']);
  });

  it('has one test case for all rules where none was broken', async () => {
    const reporter = await createReporter('junit', { style: plainStyle('->'), isQuiet: false, version: '' });
    reporter.capture(await check([fixture('send-both.pcap')], { file: 'send.pcap' }));
    const { children: suites } = parseXml(
      reporter.end({ summary: new SummaryCount().summary, claims: [], passed: true }),
    );
    const [rules, connection] = suites[0]!.children;
    expect(rules!.attributes.name).toBe(`rules: ${CODES.length} kept`);
    expect(rules!.children).toEqual([]);
    expect(connection!.attributes.name).toBe('connection: WebSocket connection');
  });

  it('fails the rule that is broken, skips the one that is allowed, and tells of a note that does not fail', async () => {
    const { children: suites } = parseXml(await written('junit'));
    expect(outcomeOf(suites[0]!, 'ws.invalid-utf8')).toMatchObject({
      name: 'failure',
      attributes: { message: 'a text message of 69 bytes is not UTF-8 from byte 68 on: ff (and 1 more)' },
    });
    expect(outcomeOf(suites[0]!, 'ws.reserved-opcode')!.text).toBe(
      'error: opcode 3 is reserved (ws.reserved-opcode, RFC 6455 5.2)\n' +
        '  packet 2, stream 0, client to server\n  header   83 80 01 02 03 04',
    );
    expect(outcomeOf(suites[2]!, 'handshake.wrong-accept')).toMatchObject({
      name: 'skipped',
      attributes: { message: expect.stringMatching(/^allowed: /) as string },
    });
    expect(outcomeOf(suites[1]!, 'handshake.not-captured')).toMatchObject({
      name: 'system-out',
      text: expect.stringContaining('note: Neither the request') as string,
    });
    expect(outcomeOf(suites[4]!, 'readable')!.name).toBe('error');
  });
});

describe('the SARIF reporter', () => {
  it('writes a document that its schema accepts', async () => {
    const require = createRequire(import.meta.url);
    const schema = require('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json') as Record<string, unknown>;
    // The schema is one of draft 4, of which it uses nothing that later drafts changed but these two names.
    const { $schema, id, ...rest } = schema;
    expect([$schema, typeof id]).toEqual(['http://json-schema.org/draft-04/schema#', 'string']);
    const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false });
    formats.default(ajv);
    const validate = ajv.compile(rest);
    const text = await written('sarif');
    validate(JSON.parse(text));
    expect(validate.errors ?? []).toEqual([]);
    expect(validate({ version: '2.1.0', runs: [{ tool: { driver: { name: 'x' } }, results: [{}] }] })).toBe(false);
  });

  it('has a result for each finding with its rule, level, place and suppression', async () => {
    const { runs } = JSON.parse(await written('sarif')) as {
      runs: {
        tool: { driver: { rules: { id: string }[] } };
        results: Record<string, unknown>[];
        invocations: object[];
      }[];
    };
    const { tool, results, invocations } = runs[0]!;
    for (const { ruleId, ruleIndex } of results) {
      if (ruleIndex !== undefined) expect(tool.driver.rules[ruleIndex as number]!.id).toBe(ruleId);
      else expect(tool.driver.rules.map(({ id }) => id)).toContain(ruleId);
    }
    expect(results.find(({ ruleId }) => ruleId === 'handshake.wrong-accept')).toMatchObject({
      level: 'error',
      locations: [{ physicalLocation: { artifactLocation: { uri: 'a%20b/%C3%A4.pcap' } } }],
      suppressions: [{ kind: 'external', justification: '--allow' }],
    });
    expect(results.find(({ ruleId }) => ruleId === 'capture.cut-record')).toMatchObject({
      level: 'warning',
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: 'file:///tmp/cut.pcap' },
            region: { byteOffset: expect.any(Number) as number },
          },
        },
      ],
    });
    expect(invocations[0]).toMatchObject({ executionSuccessful: false, exitCode: 2 });
  });
});
