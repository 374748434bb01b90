import { expect, it } from 'vitest';
import { decode, inWords } from '../subprotocol/conversation.js';

it('start_ack of AppSync is an event of its operation', () => {
  expect(inWords(decode({ subprotocol: 'graphql-ws' }, [['server', '{"id":"1","type":"start_ack"}']]))).toEqual([
    'event start_ack #1',
  ]);
});
