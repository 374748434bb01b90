/** What a release is made of. */
export interface Release {
  readonly manifest: {
    readonly version: string;
    readonly repository?: { readonly url?: string };
    readonly homepage?: string;
    readonly bugs?: { readonly url?: string };
  };
  readonly changelog: string;
  /** The tag that is released, such as `v1.2.3`; `undefined` where it is published by hand. */
  readonly tag: string | undefined;
}

/** Stands in package.json for whoever will own the repository. */
const PLACEHOLDER = 'OWNER';

/** Why this must not be published; none where it may be. */
export function releaseProblems({ manifest, changelog, tag }: Release): string[] {
  const problems: string[] = [];
  const { version, repository, homepage, bugs } = manifest;
  for (const [name, url] of Object.entries({ repository: repository?.url, homepage, bugs: bugs?.url })) {
    if (url === undefined) problems.push(`package.json has no ${name}`);
    else if (url.includes(PLACEHOLDER)) problems.push(`${name} in package.json is a placeholder: ${url}`);
  }
  if (tag !== undefined && tag !== `v${version}`) {
    problems.push(`the tag is ${tag} and package.json says ${version}: they must be the same version`);
  }
  if (!changelog.split('\n').some((line) => line === `## ${version}` || line.startsWith(`## ${version} `))) {
    problems.push(`CHANGELOG.md has no heading for ${version}: rename "Unreleased"`);
  }
  return problems;
}
