import { describe, expect, it } from 'vitest';
import { runWithHeap } from '../support/small-heap.js';

/** Pushes secrets into a key log, and prints what is found of the first and the last, and how much memory it took. */
const program = (lines: number, id: string): string => `
  import { KeyLog } from './src/tls/key-log/key-log.ts';
  const keyLog = new KeyLog(200_000);
  const id = (number) => ${id};
  const line = (number) => 'CLIENT_RANDOM ' + id(number) + ' ' + String(number % 10).repeat(96) + '\\n';
  for (let number = 0; number < ${lines}; number++) keyLog.push(line(number));
  keyLog.endText();
  const has = (number) => keyLog.find('CLIENT_RANDOM', id(number)) !== undefined;
  console.log(JSON.stringify([has(0), has(${lines - 1}), keyLog.takeFindings().map(({ code }) => code)]));
`;

describe('secrets of a key log', () => {
  it('that are more than is kept are told, and the newest are kept', () => {
    const random = `number.toString(16).padStart(64, '0')`;
    expect(runWithHeap(40, program(500_000, random))).toBe('[false,true,["limit.secrets"]]');
  });

  it('for one client random take the place of one another', () => {
    expect(runWithHeap(40, program(300_000, `'ab'.repeat(32)`))).toBe('[true,true,[]]');
  });
});
