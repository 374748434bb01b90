import { expect, it } from 'vitest';
import { readCapture } from '../hostile/read-capture.js';
import { Talk } from '../hostile/talk.js';

it('an extension that is not spelt as it is registered is told, on either side', async () => {
  const upgrade = (offered: string, extensions: string): Buffer =>
    new Talk().upgrade({ offered, extensions }).finish().pcap();
  const { findings } = await readCapture(upgrade('permessage-deflate', 'Permessage-Deflate'));
  expect(findings.map(({ code, message }) => [code, message])).toEqual([
    [
      'handshake.bad-extensions',
      'The server answers with "Permessage-Deflate", and the extension is registered as "permessage-deflate"',
    ],
  ]);
  expect((await readCapture(upgrade('PERMESSAGE-DEFLATE', 'permessage-deflate'))).codes).toEqual([
    'handshake.bad-extensions',
  ]);
  expect((await readCapture(upgrade('permessage-deflate', 'permessage-deflate'))).codes).toEqual([]);
});
