import type { PathDifference } from './json-difference.js';

/** Something that one capture says differently from the other. */
export interface Difference {
  readonly kind:
    'handshake' | 'changed' | 'missing' | 'extra' | 'outcome' | 'latency' | 'connection-missing' | 'connection-extra';
  /** Number of the connection, from 0: in the first capture, or in the second where only that has it. */
  readonly connection: number;
  /** Its URL, where it is known. */
  readonly url?: string;
  readonly sender?: 'client' | 'server';
  /** Number of the message among those of its sender, from 1: in the first capture, or the second where only that has it. */
  readonly message?: number;
  /** The call that it is about. */
  readonly call?: string;
  /** The fields, or the places in JSON, that differ. */
  readonly values: readonly PathDifference[];
}
