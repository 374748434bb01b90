import { expect, it } from 'vitest';
import { run } from '../cli/fake-io.js';

it.each([
  ['loss-client-only.pcap', 'server to client', "the server's side was not captured up to here: 386 bytes are missing"],
  ['loss-server-only.pcap', 'client to server', "the client's side was not captured up to here: 482 bytes are missing"],
])('%s: a side of which there is no packet is told as that', async (name, direction, message) => {
  const { stderr } = await run(['--json', `fixtures/${name}`]);
  expect(stderr).toContain(`${direction}: ${message} (tcp.gap)\n`);
});

it('a side that was captured with holes has holes', async () => {
  for (const name of ['loss-deflate.pcap', 'loss-101.pcap', 'loss-mid-frame.pcap']) {
    const { stderr } = await run(['--json', `fixtures/${name}`]);
    expect(stderr).not.toContain('was not captured up to here');
  }
});
