import { RULES, type FindingCode, type Rule, type Severity } from './finding-codes.js';

/** Who sent it: the side that asked for the WebSocket connection, or the other one. */
export type Direction = 'client-to-server' | 'server-to-client';

/** Where a finding is. What is not known or does not apply is absent. */
export interface FindingLocation {
  /** Number of the packet, from 1. */
  packet?: number;
  /** Number of the TCP connection, from 0. */
  stream?: number;
  /** Over HTTP/2, the number of its stream there. */
  http2Stream?: number;
  direction?: Direction;
  /** Bytes from the beginning of what the message speaks of: the file, or one direction of the connection. */
  offset?: number;
}

/** Something wrong, missing or worth knowing in a capture. It is data: nothing throws it. */
export interface Finding extends FindingLocation {
  readonly code: FindingCode;
  readonly severity: Severity;
  readonly rfc?: string;
  /** One sentence with the values of this case. Captured bytes in it are as they came: not safe to print. */
  readonly message: string;
  /** Of what stayed encrypted, with whom the client spoke: `chat.example at 192.0.2.1:443`. Not safe to print. */
  readonly peer?: string;
}

/** Makes a finding; severity and RFC section come from the one table. */
export function finding(code: FindingCode, message: string, place?: FindingLocation): Finding {
  const rule: Rule = RULES[code];
  // What is no packet has no number.
  if (place?.packet === 0) delete (place = { ...place }).packet;
  return rule.rfc === undefined
    ? { code, severity: rule.severity, message, ...place }
    : { code, severity: rule.severity, rfc: rule.rfc, message, ...place };
}

/** Whether a finding says that bytes or messages are missing from the output, which `--strict` does not let pass. */
export function isLoss(code: FindingCode): boolean {
  return 'loss' in RULES[code];
}
