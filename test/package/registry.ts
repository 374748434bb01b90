import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A package as a registry has it. */
export interface Published {
  /** Its package.json. */
  readonly manifest: Readonly<Record<string, unknown>> & { readonly name: string; readonly version: string };
  readonly tarball: Buffer;
}

/**
 * A registry on loopback that has these packages and no other: what is installed from it comes from nowhere else.
 *
 * @returns the server, which listens, and its URL
 */
export async function startRegistry(packages: readonly Published[]): Promise<{ server: Server; url: string }> {
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? '/').slice(1);
    const [name, file] = path.split('/-/');
    const versions = packages.filter(({ manifest }) => manifest.name === name);
    const found = versions.find(({ manifest }) => fileOf(manifest.version) === file);
    if (versions.length === 0 || (file !== undefined && found === undefined)) {
      response.writeHead(404, { 'content-type': 'application/json' }).end('{"error":"not found"}');
    } else if (found === undefined) {
      response.writeHead(200, { 'content-type': 'application/json' }).end(packument(versions, urlOf(server)));
    } else {
      response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(found.tarball);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: urlOf(server) };
}

function urlOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

function fileOf(version: string): string {
  return `package-${version}.tgz`;
}

/** What a registry says of one package (its "packument"). */
function packument(packages: readonly Published[], registry: string): string {
  const versions: Record<string, object> = {};
  for (const { manifest, tarball } of packages) {
    const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`;
    const dist = { tarball: `${registry}${manifest.name}/-/${fileOf(manifest.version)}`, integrity };
    versions[manifest.version] = { ...manifest, dist };
  }
  const { name, version } = packages[0]!.manifest;
  return JSON.stringify({ name, 'dist-tags': { latest: version }, versions });
}
