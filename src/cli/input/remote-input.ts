import { WsdissectError } from '../../common/error.js';
import { stopWith } from './live-sources.js';
import type { RemoteCapture } from './live-name.js';

/**
 * Reads a capture that a host sends over TCP, as PCAP-over-IP does.
 *
 * @throws WsdissectError `unreadable` where it cannot be reached
 */
export async function* readRemote({ host, port }: RemoteCapture): AsyncGenerator<Buffer> {
  const socket = process.getBuiltinModule('node:net').connect({ host, port });
  // Nothing is sent: the other side is not to wait for an end of it.
  const forget = stopWith(() => socket.destroy());
  let length = 0;
  try {
    for await (const bytes of socket as AsyncIterable<Buffer>) {
      length += bytes.length;
      yield bytes;
    }
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException;
    // Ctrl-C: what has come is all that is wanted.
    if (code === 'ERR_STREAM_PREMATURE_CLOSE') return;
    const what =
      code === 'ECONNREFUSED'
        ? `nothing listens there; for example: \`tcpdump -U -w - | nc -l ${port}\` on that host`
        : `${length === 0 ? 'cannot be reached' : 'was lost'}: ${message}`;
    throw new WsdissectError('unreadable', what, { cause: error });
  } finally {
    forget();
    socket.destroy();
  }
}
