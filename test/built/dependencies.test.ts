import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { builtFiles, requireBuilt, ROOT } from './built-command.js';
import { membersUsed } from './members-used.js';

/** A package that a built file requires, and what it uses of it. */
interface Use {
  readonly file: string;
  readonly name: string;
  readonly members: readonly string[];
  /** What the built file has for the package. */
  readonly value: unknown;
}

/** It takes what it is started with from the thread that starts it. */
const THREAD = 'worker.cjs';
const REQUIRE = /(?:\b(?:let|const|var) |,)(\w+)=require\("([^"./][^"]*)"\)/g;

/** What is imported when it is used. */
const IMPORT = /\bimport\([`"]([^`"./][^`"]*)[`"]\)/g;

const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  dependencies: Record<string, string>;
};
const { __toESM } = requireBuilt('./rolldown-runtime.cjs') as { __toESM: (module: unknown, mode: number) => unknown };

const uses: Use[] = [...builtFiles()].flatMap(([file, text]) =>
  [...text.matchAll(REQUIRE)]
    .map(([, variable, name]) => ({ variable: variable!, name: name! }))
    .filter(({ name }) => !isBuiltin(name))
    .map(({ variable, name }) => {
      const isWrapped = new RegExp(`\\b${variable}=[^;]*__toESM\\(${variable},1\\)`).test(text);
      const required: unknown = requireBuilt(name);
      const members = membersUsed(text, variable);
      return { file, name, members, value: isWrapped ? __toESM(required, 1) : required };
    }),
);

describe('the built command', () => {
  it('requires each dependency of the package, and no other package', () => {
    const late = [...builtFiles().values()]
      .flatMap((text) => [...text.matchAll(IMPORT)].map((match) => match[1]!))
      .filter((name) => !isBuiltin(name));
    const all = [...uses.map(({ name }) => name), ...late];
    const names = new Set(all.map((name) => /^(?:@[^/]+\/)?[^/]+/.exec(name)![0]));
    expect([...names].sort()).toEqual(Object.keys(dependencies).sort());
  });

  it.each(uses)('finds in $name what $file uses of it', ({ members, value }) => {
    expect(members).not.toEqual([]);
    const types = members.map((member) => [member, typeof (value as Record<string, unknown>)[member]]);
    expect(types).toEqual(members.map((member) => [member, 'function']));
  });

  it('loads each of its files alone', () => {
    for (const name of builtFiles().keys()) {
      // Without Jest there is nothing that Jest's entry can be added to.
      if (name !== THREAD && name !== 'jest.cjs')
        expect(() => requireBuilt(`./${name}`) as unknown, name).not.toThrow();
    }
  });

  it('loads the file of a thread in a thread', async () => {
    const workerData = { env: {}, terminals: {}, columns: {} };
    const thread = new Worker(join(ROOT, 'dist', 'cli', THREAD), { workerData });
    const ended = new Promise((resolve, reject) => {
      thread.on('error', reject);
      thread.on('exit', resolve);
    });
    await once(thread, 'online');
    // It listens, and does nothing before it is told to.
    thread.postMessage({ say: 'taken' });
    await thread.terminate();
    expect(await ended).toBe(1);
  });
});
