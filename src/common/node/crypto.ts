import type * as NodeCrypto from 'node:crypto';

export type { CipherCCMTypes } from 'node:crypto';

let loaded: typeof NodeCrypto | undefined;

/**
 * `node:crypto`, loaded when it is first needed: a capture without a handshake and without TLS needs nothing of it, and
 * loading it takes longer than reading a small capture.
 */
export function nodeCrypto(): typeof NodeCrypto {
  return (loaded ??= process.getBuiltinModule('node:crypto'));
}
