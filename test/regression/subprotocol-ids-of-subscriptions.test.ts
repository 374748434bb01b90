import { describe, expect, it } from 'vitest';
import { ConnectionCalls, type Call } from '../../src/subprotocol/calls.js';
import { MeaningReader } from '../../src/subprotocol/meaning-reader.js';
import { dataMessage, type Said } from '../subprotocol/conversation.js';

function calls(subprotocol: string, said: readonly Said[]): string[] {
  const found: Call[] = [];
  const connection = new ConnectionCalls((call) => found.push(call));
  const reader = new MeaningReader({ url: undefined, subprotocol });
  said.forEach((each, packet) => {
    const message = dataMessage(each);
    const decoded = reader.message(message)!;
    connection.message(message.direction, { packet, seconds: packet, nanoseconds: 0, precision: 6 }, decoded);
  });
  connection.end();
  return found.map(({ name, id, outcome, items }) => `${name} #${id} ${outcome} items ${items}`);
}

describe('an event with the number of its subscription', () => {
  it('is no item of the request that has the same number in WAMP', () => {
    expect(
      calls('wamp.2.json', [
        ['client', '[48,7,{},"com.add"]'],
        ['server', '[36,7,1,{}]'],
        ['server', '[50,7,{}]'],
      ]),
    ).toEqual(['CALL #7 ok items 0']);
  });

  it('is no item of the receipt that has the same id in STOMP', () => {
    expect(
      calls('v12.stomp', [
        ['client', 'SEND\ndestination:/q\nreceipt:1\n\n\0'],
        ['server', 'MESSAGE\nsubscription:1\nmessage-id:m\ndestination:/t\n\nhi\0'],
        ['server', 'RECEIPT\nreceipt-id:1\n\n\0'],
      ]),
    ).toEqual(['SEND #1 ok items 0']);
  });
});
