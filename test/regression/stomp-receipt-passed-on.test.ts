import { describe, expect, it } from 'vitest';
import { decode, inWords } from '../subprotocol/conversation.js';

describe('a MESSAGE of STOMP with fields of the SEND that it was, as RabbitMQ passes them on', () => {
  it('asks for no receipt, and has the id of its subscription', () => {
    const message = 'MESSAGE\nsubscription:room\nmessage-id:T_1\ndestination:/t\nreceipt:sent-2\nid:mine\n\nhi\0';
    expect(inWords(decode({ subprotocol: 'v12.stomp' }, [['server', message]]))).toEqual([
      'data MESSAGE #room @/t raw "hi"',
    ]);
  });

  it('is answered by nobody, and an ERROR answers what it names', () => {
    const said = decode({ subprotocol: 'v12.stomp' }, [
      ['client', 'SUBSCRIBE\nid:0\ndestination:/t\nreceipt:r\n\n\0'],
      ['server', 'ERROR\nreceipt-id:r\nreceipt:x\n\n\0'],
      ['client', 'SEND\ndestination:/t\nid:mine\n\n\0'],
    ]);
    expect(inWords(said)).toEqual(['call SUBSCRIBE #r @/t', 'error ERROR #r', 'event SEND #mine @/t']);
  });
});
