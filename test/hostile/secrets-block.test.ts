import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { PcapngBuilder } from '../support/pcapng.js';
import { fixturePackets } from './fixture-packets.js';
import { readCapture } from './read-capture.js';

const RECORD_HEADER = 16;
const TLS_KEY_LOG = 0x544c534b;

it('the last line of secrets inside a capture counts though no line end follows it', async () => {
  const keyLog = readFileSync(new URL('../../fixtures/tls13-aes128-gcm.keys.log', import.meta.url), 'latin1');
  const lines = keyLog.trimEnd().split('\n');
  const builder = new PcapngBuilder();
  const packets = fixturePackets('tls13-aes128-gcm.pcap').map((record) =>
    builder.packet(record.subarray(RECORD_HEADER)),
  );
  // One line a block, so that each is the last line of its block.
  const secrets = lines.map((line) => builder.secrets(TLS_KEY_LOG, line));
  const capture = Buffer.concat([builder.section(), builder.interface(), ...secrets, ...packets]);
  const { frames } = await readCapture(capture);
  expect(frames.length).toBeGreaterThan(0);
  expect(frames.every(({ frame }) => frame.status === 'ok')).toBe(true);
});
