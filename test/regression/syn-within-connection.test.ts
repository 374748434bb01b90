import { expect, it } from 'vitest';
import { ACK, RST, SYN } from '../hostile/segment-bytes.js';
import { textsOf, Wire } from '../support/wire.js';

/** A connection with a message of each side, then whatever comes between, then more messages. */
const TEXTS = ['c one', 'c two', 'c three', 's uno', 's due', 's tre'];

const before = (): Wire => new Wire().open().upgrade().text(0, 'one').text(1, 'uno');
const after = (wire: Wire): Wire => wire.text(0, 'two').text(1, 'due').text(0, 'three').text(1, 'tre').finish();

it.each([
  ['a SYN of the client, answered by a challenge ACK', 0, { flags: SYN, sequence: 999_999 }],
  ['a SYN of the client, inside the window', 0, { flags: SYN, sequence: 9000 }],
  ['a SYN of the server', 1, { flags: SYN, sequence: 77 }],
  ['a SYN/ACK of the server', 1, { flags: SYN | ACK, sequence: 123_456 }],
  ['a SYN/ACK of the client', 0, { flags: SYN | ACK, sequence: 123_456 }],
] as const)('%s does not end a living connection', async (_name, side, stray) => {
  const wire = after(
    before()
      .put(side, stray)
      .put(side === 0 ? 1 : 0),
  );
  const reading = await wire.read();
  expect(textsOf(reading)).toEqual(TEXTS);
  expect(reading.connections).toHaveLength(1);
  expect(reading.codes).toEqual(['tcp.not-believed']);
});

it('opens a new connection where a SYN/ACK answers the number', async () => {
  const wire = before();
  const again = new Wire([77_777, 900_000]);
  again.open().upgrade().text(0, 'new').finish();
  wire.packets.push(...again.packets);
  const reading = await wire.read();
  expect(textsOf(reading)).toEqual(['c one', 'c new', 's uno']);
  expect(reading.connections.map(({ connection, end }) => [connection.stream, end])).toEqual([
    [0, 'reused'],
    [1, 'fin'],
  ]);
});

it('opens a new connection where only the client was captured and goes on after its SYN', async () => {
  const wire = before();
  const again = new Wire([77_777, 900_000]);
  again.open().upgrade().text(0, 'new');
  wire.packets.push(...again.packets.filter(({ bytes }) => bytes.readUInt16BE(34) === 40_000));
  const { connections } = await wire.read();
  expect(connections.map(({ connection }) => connection.stream)).toEqual([0, 1]);
});

it('opens a new connection where the old one is refused first, half open', async () => {
  const wire = before();
  const again = new Wire([77_777, 900_000]);
  again.put(0, { flags: SYN }).put(1, { sequence: wire.next[1], acknowledgment: wire.next[0] });
  again.put(0, { flags: RST, sequence: wire.next[0], acknowledgment: wire.next[1] });
  again
    .put(0, { flags: SYN, sequence: 77_777 })
    .put(1, { flags: SYN | ACK })
    .put(0)
    .upgrade()
    .text(0, 'new')
    .finish();
  wire.packets.push(...again.packets);
  const reading = await wire.read();
  expect(textsOf(reading)).toEqual(['c one', 'c new', 's uno']);
  expect(reading.connections.map(({ end }) => end)).toEqual(['rst', 'fin']);
});
