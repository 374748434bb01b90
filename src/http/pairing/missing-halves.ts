import { otherSide } from '../../common/sink.js';
import type { HttpSide } from '../http-side.js';
import { mayBeAnother } from './another-request.js';
import type { PairingMachine } from './pairing-machine.js';

/** Tells a half of the handshake to be missing, once it can come no more. */
export function tellMissingHalf(pairing: PairingMachine): void {
  if (pairing.state === 'headless' && pairing.sides.every((side) => side.isOver)) {
    pairing.output.tellMissing('not-captured');
    // Frames may come after messages of HTTP: the first ones were passed over with what is none of these.
    if (!pairing.output.isUnproven) for (const side of pairing.sides) tellUnread(pairing, side, 'the first frame');
  }
  const { client, inDoubt } = pairing.actions;
  if (inDoubt !== undefined) {
    const at = pairing.sides[client!];
    if (at.isOver && mayBeAnother(inDoubt, at, false) === false) pairing.fire('no other request', { side: client! });
    else if (pairing.state === 'unasked' && !at.isOver) return;
  }
  if (pairing.state === 'doubted' && pairing.sides.every((side) => side.isOver)) {
    pairing.output.tellMissing('not-captured');
    tellUnread(pairing, pairing.sides[otherSide(client!)], 'any of the handshake');
  }
  if (pairing.state !== 'unanswered' && (pairing.state !== 'unasked' || pairing.output.hasRequest)) return;
  const half = pairing.sides[pairing.state === 'unasked' ? client! : otherSide(client!)];
  const missing = pairing.actions.missing(half.side);
  if (missing === undefined) return;
  pairing.output.tellMissing(missing);
  tellUnread(pairing, half, 'any of the handshake');
}

function tellUnread({ actions, output }: PairingMachine, half: HttpSide, end: string): void {
  if (half.unread === 0) return;
  const direction = half.side === actions.client ? 'client-to-server' : 'server-to-client';
  const message = `${half.unread} bytes that were captured before ${end} are not decoded`;
  output.report(half.side, 'ws.not-decoded', message, half.ended?.at, direction);
  half.unread = 0;
}

/**
 * Nothing more comes. A request for WebSocket was refused, and what is missing after it may have held the next one: of
 * any other connection nobody asked what it lacks.
 */
export function tellMissingAfterRefusal(pairing: PairingMachine): void {
  const before = pairing.actions.missingAtRefusal;
  if (before === undefined || (pairing.state !== 'http' && pairing.state !== 'headless')) return;
  // Where frames were proven after all, what is missing before them is told with them.
  if (pairing.state === 'headless' && !pairing.output.isUnproven) return;
  pairing.actions.missingAtRefusal = undefined;
  for (const { side, missing, ended } of pairing.sides) {
    const length = missing - before[side];
    if (length <= 0) continue;
    const message = `${length} bytes are missing after a request for WebSocket that was refused`;
    const direction = side === pairing.actions.client ? 'client-to-server' : 'server-to-client';
    pairing.output.report(side, 'tcp.gap', message, ended?.at, direction);
  }
}
