/** Refuses to publish what is not ready for it: `npm publish` runs it first. */
import { readFileSync } from 'node:fs';
import { releaseProblems, type Release } from './release-problems.js';

const read = (name: string): string => readFileSync(new URL(`../${name}`, import.meta.url), 'utf8');
const { GITHUB_REF_TYPE, GITHUB_REF_NAME } = process.env;
const problems = releaseProblems({
  manifest: JSON.parse(read('package.json')) as Release['manifest'],
  changelog: read('CHANGELOG.md'),
  tag: GITHUB_REF_TYPE === 'tag' ? GITHUB_REF_NAME : undefined,
});
for (const problem of problems) console.error(`not published: ${problem}`);
if (problems.length > 0) process.exitCode = 1;
