import { expect, it } from 'vitest';
import { ACK, FIN } from '../hostile/segment-bytes.js';
import { textsOf, Wire } from '../support/wire.js';

const TEXTS = ['c one', 'c two', 'c three', 's uno', 's due', 's tre'];

function forged(ahead: number): Wire {
  const wire = new Wire().open().upgrade().text(0, 'one').text(1, 'uno');
  wire.put(0, { flags: FIN | ACK, sequence: wire.next[0] + ahead });
  return wire.text(0, 'two').text(1, 'due').text(0, 'three').text(1, 'tre');
}

it('proves nothing to be missing: its side goes on before it, and nobody acknowledges it', async () => {
  const reading = await forged(500).read();
  expect(textsOf(reading)).toEqual(TEXTS);
  expect(reading.codes).toEqual(['tcp.not-believed']);
  expect(reading.connections[0]).toMatchObject({ end: 'capture', client: { missingBytes: 0 } });
});

it('ends nothing where the true one comes', async () => {
  const reading = await forged(500).finish().read();
  expect(textsOf(reading)).toEqual(TEXTS);
  expect(reading.connections[0]).toMatchObject({ end: 'fin', client: { missingBytes: 0 } });
});

it('is believed where the other side acknowledges it', async () => {
  const wire = forged(500);
  wire.put(1, { acknowledgment: wire.next[0] + 501 });
  const reading = await wire.read();
  expect(reading.codes).toEqual(['tcp.gap']);
  expect(reading.connections[0]!.end).toBe('fin');
});

it('is believed where what comes after it was sent before it', async () => {
  const wire = new Wire().open().upgrade().text(0, 'one').text(1, 'uno');
  wire.put(0, { flags: FIN | ACK, sequence: wire.next[0] + 500 }).text(0, 'two', { after: -0.005 });
  const reading = await wire.read();
  expect(reading.codes).toEqual(['tcp.gap']);
});
