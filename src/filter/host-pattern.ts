import type { ConnectionRef } from '../events.js';

/**
 * Compiles the name of a host as `--host` takes it: a name or an address, with a port or without; `*` stands for any
 * characters, and case does not count.
 *
 * @returns whether a connection is to it: by the host in its URL, or by the address of either end
 */
export function compileHost(name: string): (connection: ConnectionRef, url: string | undefined) => boolean {
  const source = name.replaceAll(/[\\^$.|?+()[\]{}]/g, String.raw`\$&`).replaceAll('*', '.*');
  const pattern = new RegExp(`^${source}$`, 'iu');
  const matches = (host: string | undefined): boolean =>
    host !== undefined && spellings(host).some((spelling) => pattern.test(spelling));
  return ({ client, server }, url) => matches(url && authorityOf(url)) || matches(server) || matches(client);
}

function authorityOf(url: string): string | undefined {
  return /^[a-z]+:\/\/([^/?#]*)/i.exec(url)?.[1];
}

/** `[::1]:80` as it is, without the port, and without the brackets. */
function spellings(host: string): readonly string[] {
  const alone = host.replace(/:\d+$/, '');
  return [host, alone, alone.replace(/^\[(.*)\]$/, '$1')];
}
