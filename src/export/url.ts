/** Characters, each a byte on the wire, that neither path nor query of a URL may hold (RFC 3986 section 3.3). */
const NOT_IN_PATH = /[^!-~]|["<>[\\\]^`{|}]|%(?![0-9A-Fa-f]{2})/g;
/** What no name of a host may hold; beside names there are only IPv6 addresses in brackets (RFC 3986 section 3.2.2). */
const NOT_IN_HOST = /[^A-Za-z0-9._~!$&'()*+,;=%-]|%(?![0-9A-Fa-f]{2})/g;
const AUTHORITY = /^(\[[0-9A-Fa-f:.]+\]|[^:[\]]*)(:\d*)?$/;

/**
 * A captured URL as one that can be parsed: a peer may send anything as Host and request target, and what no URL may
 * hold is percent-encoded.
 *
 * @param url - one character a byte, as header fields are decoded
 */
export function validUrl(url: string): string {
  const match = /^([A-Za-z][A-Za-z0-9+.-]*:\/\/)([^/?#]*)(.*)$/su.exec(url);
  if (match === null) return url.replace(NOT_IN_PATH, percentEncoded);
  const [, scheme = '', authority = '', rest = ''] = match;
  return scheme + validAuthority(authority) + rest.replace(NOT_IN_PATH, percentEncoded);
}

function validAuthority(authority: string): string {
  const [, host = authority, port = ''] = AUTHORITY.exec(authority) ?? [];
  return (host.startsWith('[') && host.endsWith(']') ? host : host.replace(NOT_IN_HOST, percentEncoded)) + port;
}

function percentEncoded(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}
