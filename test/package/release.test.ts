import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { releaseProblems, type Release } from '../../scripts/release-problems.js';

const ROOT = join(import.meta.dirname, '..', '..');
const WORKFLOWS = join(ROOT, '.github', 'workflows');
const url = 'https://example.test/wsdissect';
const READY: Release = {
  manifest: { version: '1.2.3', repository: { url }, homepage: url, bugs: { url } },
  changelog: '# Changelog\n\n## 1.2.3 (2026-12-01)\n',
  tag: 'v1.2.3',
};

describe('a release', () => {
  it('is published where all is there', () => {
    expect(releaseProblems(READY)).toEqual([]);
    expect(releaseProblems({ ...READY, tag: undefined })).toEqual([]);
  });

  it.each<[string, Release, string]>([
    ['another tag', { ...READY, tag: 'v1.2.4' }, 'the tag is v1.2.4'],
    ['no changes', { ...READY, changelog: '## Unreleased\n' }, 'CHANGELOG.md has no heading for 1.2.3'],
    ['no homepage', { ...READY, manifest: { ...READY.manifest, homepage: undefined! } }, 'no homepage'],
    [
      'a placeholder',
      { ...READY, manifest: { ...READY.manifest, bugs: { url: 'https://github.com/OWNER/wsdissect/issues' } } },
      'bugs in package.json is a placeholder',
    ],
  ])('is refused with %s', (_, release, problem) => {
    expect(releaseProblems(release)).toEqual([expect.stringContaining(problem)]);
  });

  it('is refused as this project stands: nobody owns it yet', async () => {
    const running = promisify(execFile)(process.execPath, ['--import', 'tsx', 'scripts/release-check.ts'], {
      cwd: ROOT,
    });
    await expect(running).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('placeholder') as string });
  });

  it('is checked by npm before it publishes', () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    expect(scripts['prepublishOnly']).toBe('tsx scripts/release-check.ts');
  });
});

describe('the workflows', () => {
  interface Step {
    readonly uses?: string;
    readonly run?: string;
  }
  interface Workflow {
    readonly permissions: Record<string, string>;
    readonly jobs: Record<string, { readonly steps: readonly Step[] }>;
  }
  const workflows = readdirSync(WORKFLOWS).map((name) => ({
    name,
    text: readFileSync(join(WORKFLOWS, name), 'utf8'),
    workflow: parse(readFileSync(join(WORKFLOWS, name), 'utf8')) as Workflow,
  }));

  it.each(workflows)('$name uses actions by the hash of their commit, with the version beside it', ({ text }) => {
    const uses = [...text.matchAll(/uses: (.*)/g)].map((match) => match[1]!);
    expect(uses.length).toBeGreaterThan(0);
    for (const use of uses) expect(use).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  it.each(workflows)('$name may read the repository, and nothing more as a whole', ({ workflow }) => {
    expect(workflow.permissions).toEqual({ contents: 'read' });
  });

  it('one action has one hash', () => {
    const uses = workflows.flatMap(({ text }) => [...text.matchAll(/uses: (\S+)@(\S+)/g)]);
    const hashes = new Map<string, Set<string>>();
    for (const [, action, hash] of uses) hashes.set(action!, (hashes.get(action!) ?? new Set()).add(hash!));
    for (const set of hashes.values()) expect(set.size).toBe(1);
  });

  it('the release has provenance, checksums, and a list of what is in it', () => {
    const release = workflows.find(({ name }) => name === 'release.yml')!;
    const commands = Object.values(release.workflow.jobs).flatMap(({ steps }) => steps.map(({ run }) => run ?? ''));
    for (const part of ['npm publish --provenance', 'sha256sum', 'npm sbom', 'npm run executable']) {
      expect(commands.join('\n')).toContain(part);
    }
  });
});
