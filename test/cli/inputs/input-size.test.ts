import { statSync } from 'node:fs';
import { expect, it } from 'vitest';
import { inputSize } from '../../../src/cli/input/input.js';

it('the size of an input is known of a file, and of nothing else', () => {
  expect(inputSize('fixtures/send.pcap')).toBe(statSync('fixtures/send.pcap').size);
  for (const name of ['missing.pcap', 'fixtures', '/dev/null']) expect(inputSize(name)).toBeUndefined();
});
