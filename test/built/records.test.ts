import { createReadStream, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type * as CheckModule from '../../src/check/check.js';
import type * as DissectModule from '../../src/dissect.js';
import { JsonOutput } from '../../src/output/json/json.js';
import type * as KeyLogModule from '../../src/tls/key-log/key-log.js';
import { fixtures, ROOT, runBuilt, type Fixture } from './built-command.js';

type Library = typeof DissectModule & typeof KeyLogModule & typeof CheckModule;

const library = (await import(join(ROOT, 'dist', 'index.js'))) as Library;

const COMMANDS = [
  ['frames', 'frame'],
  ['messages', 'message'],
  ['connections', 'connection'],
] as const;

function dissectOptions({ options: [, path] }: Fixture): DissectModule.DissectOptions {
  if (path === undefined) return {};
  const keyLog = new library.KeyLog();
  keyLog.push(readFileSync(path, 'latin1'));
  keyLog.end();
  return { keyLog };
}

async function recordsOf(fixture: Fixture, type: 'frame' | 'message' | 'connection'): Promise<string> {
  const output = new JsonOutput(type, undefined);
  const options = dissectOptions(fixture);
  const chunks: Uint8Array[] = [];
  for await (const event of library.dissect(createReadStream(fixture.path), options)) {
    output.event(event);
    if (output.length > 0) chunks.push(Buffer.from(output.take()));
  }
  return Buffer.concat(chunks).toString('utf8');
}

describe('of every fixture', () => {
  it.each(COMMANDS)('the built command %s prints the records of the built library', async (command, type) => {
    let records = 0;
    for (const fixture of fixtures()) {
      const { stdout } = await runBuilt([command, '--json', ...fixture.options, fixture.path]);
      const expected = await recordsOf(fixture, type);
      expect(stdout, fixture.name).toBe(expected);
      records += expected.split('\n').length - 1;
    }
    expect(records).toBeGreaterThan(fixtures().length);
  });

  it('the built command check finds the violations of the built library', async () => {
    let violations = 0;
    for (const fixture of fixtures()) {
      const { stdout } = await runBuilt(['check', '--json', ...fixture.options, fixture.path]);
      const expected = await library.check(createReadStream(fixture.path), { dissect: dissectOptions(fixture) });
      const lines = stdout.trimEnd().split('\n');
      const printed = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
      const places = printed.filter(({ type }) => type === 'violation').map(({ code, packet }) => [code, packet]);
      expect(places, fixture.name).toEqual(expected.violations.map(({ finding }) => [finding.code, finding.packet]));
      const { passed, connections } = expected;
      expect(printed.find(({ type }) => type === 'capture')).toMatchObject({ passed, connections });
      violations += places.length;
    }
    expect(violations).toBeGreaterThan(30);
  });
});
