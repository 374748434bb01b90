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
