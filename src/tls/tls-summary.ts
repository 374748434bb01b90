import { SSL_3_0, TLS_1_0, TLS_1_3 } from './handshake/handshake-messages.js';

/** What a TLS handshake agreed on, as far as it was seen. */
export interface TlsSummary {
  /** `TLS 1.2`, `TLS 1.3`. */
  readonly version: string;
  /** IANA name of the cipher suite. */
  readonly cipher: string;
  readonly alpn?: string;
  /** The server's name as the client asked for it. Not safe to print. */
  readonly sni?: string;
}

/** `TLS 1.2`, from the version on the wire. */
export function versionName(version: number): string {
  if (version === SSL_3_0) return 'SSL 3.0';
  if (version > SSL_3_0 && version <= TLS_1_3) return `TLS 1.${version - TLS_1_0}`;
  return `TLS version 0x${version.toString(16).padStart(4, '0')}`;
}
