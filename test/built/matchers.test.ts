import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type {} from '../../src/matchers/vitest.js';

const ROOT = new URL('../../', import.meta.url);
const CHAT = fileURLToPath(new URL('fixtures/send-both.pcap', ROOT));

/** Runs a script in a process of its own, from the folder of the package, whose name then leads to itself. */
function node(script: string): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    cwd: fileURLToPath(ROOT),
    encoding: 'utf8',
  });
  return { status, output: `${stdout}${stderr}` };
}

describe('the built matchers', () => {
  const attempt = `
    await expect(${JSON.stringify(CHAT)}).toObeyWebSocketRfcs();
    await expect(${JSON.stringify(CHAT)}).toHaveMessage({ text: 'ma2saka' });
    await expect(${JSON.stringify(CHAT)}).toHaveMessage({ text: 'ma3saka' }).catch(({ message }) => console.log(message));`;
  const said = 'nearest: packet 8: text is "ma2saka"';

  it("are added to Jest's expect, by import and by require", () => {
    const load =
      "import { expect } from 'expect'; import { createRequire } from 'node:module'; globalThis.expect = expect;";
    for (const add of [
      "await import('wsdissect/jest');",
      "createRequire(process.cwd() + '/x.js')('wsdissect/jest');",
    ]) {
      const { status, output } = node(load + add + attempt);
      expect(output).toContain(said);
      expect(status).toBe(0);
    }
  });

  it("say what to do where Jest's expect is not global", () => {
    expect(node("import 'wsdissect/jest';").output).toContain('call expect.extend(captureMatchers)');
  });

  it('are there for any expect.extend', () => {
    const load =
      "import { expect } from 'expect'; import { captureMatchers } from 'wsdissect/matchers'; expect.extend(captureMatchers);";
    const { status, output } = node(load + attempt);
    expect(output).toContain(said);
    expect(status).toBe(0);
  });

  it("are added to Vitest's expect", async () => {
    const name = 'wsdissect/vitest';
    await import(name);
    await expect(CHAT).toHaveMessage({ text: 'ma2saka' });
    await expect(CHAT).not.toHaveMessage({ text: 'ma3saka' });
  });
});
