import type { CipherSuite } from './cipher-suites.js';
import type { KeyLogLabel } from '../key-log/key-log-line.js';
import type { Role } from '../handshake/tls-handshake.js';

/** The three keys that a side of TLS 1.3 uses one after the other. */
export type Phase = 'early' | 'handshake' | 'application';

const LABELS = {
  client: {
    early: 'CLIENT_EARLY_TRAFFIC_SECRET',
    handshake: 'CLIENT_HANDSHAKE_TRAFFIC_SECRET',
    application: 'CLIENT_TRAFFIC_SECRET_0',
  },
  server: {
    early: undefined,
    handshake: 'SERVER_HANDSHAKE_TRAFFIC_SECRET',
    application: 'SERVER_TRAFFIC_SECRET_0',
  },
} as const;

/** What the key log calls the secret of a side; the server has none for early data. */
export function secretLabel(role: Role, phase: Phase): KeyLogLabel | undefined {
  return LABELS[role][phase];
}

/** Whether a traffic secret can be one of this suite: it is as long as the suite's hash. */
export function fits(secret: Buffer | undefined, suite: CipherSuite): secret is Buffer {
  return secret?.length === (suite.hash === 'sha384' ? 48 : 32);
}

/** All suites of TLS 1.3 (RFC 8446 B.4). */
export const TLS_1_3_SUITES = [0x1301, 0x1302, 0x1303, 0x1304, 0x1305];

/** When a side of TLS 1.3 uses its keys, in order. */
export const PHASES: readonly Phase[] = ['early', 'handshake', 'application'];
