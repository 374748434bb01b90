import { describe, expect, it } from 'vitest';
import { decode, inWords } from '../subprotocol/conversation.js';

const kindsOf = (text: string): string =>
  inWords(decode({ subprotocol: 'wamp.2.json' }, [['server', text]]))[0]!.split(' ')[0]!;

describe('options of WAMP', () => {
  it('count where they stand themselves, not in what stands among them', () => {
    expect(kindsOf('[50,1,{"progress": true},[1]]')).toBe('data');
    expect(kindsOf('[50,1,{"x":{"progress":true}},[1]]')).toBe('reply');
    expect(kindsOf(String.raw`[50,1,{"x":"\"progress\":true"},[1]]`)).toBe('reply');
    expect(kindsOf('[16,1,{"x":{"acknowledge":true}},"t"]')).toBe('event');
    expect(kindsOf('[16,1,{"acknowledge":true},"t"]')).toBe('call');
  });

  it('are found beside bytes, too', () => {
    const bytes = Buffer.from('93 32 01 82 a8 70726f6772657373 c3 a1 78 c4 01 ff'.replaceAll(' ', ''), 'hex');
    expect(inWords(decode({ subprotocol: 'wamp.2.msgpack' }, [['server', bytes]]))[0]).toMatch(/^data RESULT #1 /);
  });
});
