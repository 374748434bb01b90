import { describe, expect, it } from 'vitest';
import { runBuilt } from '../built/built-command.js';
import { pathOf, recordsIn } from '../schema/schemas.js';

describe('messages --json --context N', () => {
  it('shows what stands around with several threads as with one', async () => {
    const argv = ['messages', '--json', '-q', '--match', '^second 2$', '-C', '2'];
    const two = pathOf('two-connections.pcap');
    const one = await runBuilt([...argv, '--jobs', '1', two]);
    expect(recordsIn(one.stdout)).toHaveLength(5);
    expect((await runBuilt([...argv, '--jobs', '3', two])).stdout).toBe(one.stdout);
  });
});
