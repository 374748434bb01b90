import { describe, expect, it } from 'vitest';
import type { PacketTime } from '../../src/common/packet-time.js';
import { ConnectionCalls, type Call } from '../../src/subprotocol/calls.js';
import type { Meaning } from '../../src/subprotocol/sub-protocol.js';

const at = (packet: number): PacketTime => ({ packet, seconds: packet, nanoseconds: 0, precision: 6 });

/** What comes of calls where the events of the two sides do not come in the order of the capture. */
function calls(
  say: (connection: ConnectionCalls, decoded: (item: Meaning) => Parameters<ConnectionCalls['message']>[2]) => void,
): string[] {
  const found: Call[] = [];
  const connection = new ConnectionCalls((call) => found.push(call));
  say(connection, (item) => ({ protocol: 'mqtt', by: 'subprotocol', items: [item] }));
  connection.end();
  return found.map(({ name, outcome, repeatedId }) => `${name} ${outcome}${repeatedId ? ' repeated' : ''}`);
}

const ask: Meaning = { kind: 'call', name: 'PUBLISH', id: 1 };

describe('a call whose answer may stand in what was told to be lost before it', () => {
  it('has an unknown outcome where what was not understood came after it', () => {
    expect(
      calls((connection, decoded) => {
        connection.lost('client-to-server', at(5));
        connection.message('server-to-client', at(3), decoded(ask));
      }),
    ).toEqual(['PUBLISH unknown']);
  });

  it('has an unknown outcome where a loss goes on', () => {
    expect(
      calls((connection, decoded) => {
        connection.lost('client-to-server');
        connection.message('server-to-client', at(3), decoded(ask));
        connection.seen('client-to-server', at(4));
      }),
    ).toEqual(['PUBLISH unknown']);
  });

  it('is unanswered where the loss had ended before it', () => {
    expect(
      calls((connection, decoded) => {
        connection.lost('client-to-server');
        connection.seen('client-to-server', at(2));
        connection.message('server-to-client', at(3), decoded(ask));
      }),
    ).toEqual(['PUBLISH unanswered']);
  });

  it('does not make its id one that is used twice', () => {
    expect(
      calls((connection, decoded) => {
        connection.message('server-to-client', at(1), decoded(ask));
        connection.lost('client-to-server', at(2));
        connection.message('server-to-client', at(3), decoded(ask));
      }),
    ).toEqual(['PUBLISH unknown', 'PUBLISH unknown']);
  });
});
