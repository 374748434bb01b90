import { expect, it } from 'vitest';
import { readCapture } from '../hostile/read-capture.js';
import { requestText, responseText } from '../hostile/talk.js';
import { ACK, RST } from '../hostile/segment-bytes.js';
import { Wire } from '../support/wire.js';

const FIRST = [1000, 5000] as const;

/** Ports and numbers may come again, as generated traffic has them. What went further than the first connection was passed over in silence. */
it('what goes on with the numbers of a connection that a reset has ended is told', async () => {
  const wire = new Wire(FIRST).open().upgrade().text(0, 'the first').text(1, 'the first');
  wire.put(0, { flags: RST | ACK });
  const [client, server] = FIRST;
  [wire.next[0], wire.next[1]] = [client, server];
  wire
    .put(0, { flags: 2, after: 100 })
    .put(1, { flags: 2 | ACK })
    .put(0);
  wire.put(0, { data: requestText() }).put(1, { data: responseText() });
  for (const text of ['another 1', 'another 2', 'another 3']) wire.text(0, text).text(1, text);
  const { messages, findings } = await readCapture(wire.pcap());
  expect(messages.map(({ message }) => message.payload?.toString())).toEqual(['the first', 'the first']);
  expect(findings.map(({ code, message }) => [code, message])).toEqual(
    [15, 11, 15, 11].map((length) => [
      'tcp.after-end',
      `${length} bytes came after the end of the stream and are not decoded`,
    ]),
  );
});
