import type { Call, Row } from './model.js';

/** Finds the messages that make calls, among those that came with the same packet, or at the same time. */
export function joinCalls(calls: readonly Call[], rows: readonly Row[]): void {
  if (calls.length === 0) return;
  const together = new Map<string, Row[]>();
  for (const row of rows) {
    const key = keyOf(row.record);
    const others = together.get(key);
    if (others === undefined) together.set(key, [row]);
    else others.push(row);
  }
  for (const call of calls) joinCall(call, together.get(keyOf(call.record)) ?? []);
}

function keyOf({ packet, time }: { readonly packet?: number; readonly time?: string }): string {
  return packet === undefined ? (time ?? '') : String(packet);
}

/**
 * Finds the message that makes a call: the one that has the call's own name and id. Of pings it is the one with the
 * payload of the pong. Where several could be it, none is said to be.
 */
function joinCall(call: Call, rows: readonly Row[]): void {
  const { record, reply } = call;
  if (reply !== undefined) reply.answered = call;
  const candidates = rows.filter(
    (row) => row.call === undefined && row.isFromClient === (record.from === 'client') && makes(row, call),
  );
  const [row] = candidates;
  if (row === undefined || candidates.length > 1) return;
  row.call = call;
  call.row = row;
}

const PING = 9;

function makes({ record }: Row, call: Call): boolean {
  if (call.record.protocol === 'websocket') {
    return record.opcode === PING && (call.reply === undefined || call.reply.record.base64 === record.base64);
  }
  const { decoded } = record;
  return (decoded?.items ?? (decoded === undefined ? [] : [decoded])).some(
    ({ id, name, channel }) => id === call.record.id && name === call.record.name && channel === call.record.channel,
  );
}
