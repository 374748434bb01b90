import { readInput, STDIN } from './input.js';
import { isLive, liveInterface, remoteCapture } from './live-name.js';

/**
 * The bytes of an input by its name: a file, standard input, a network interface, a host that sends a capture.
 *
 * @throws WsdissectError where it cannot be opened or read
 */
export function readSource(name: string): AsyncIterable<Buffer> {
  return name === STDIN || !isLive(name) ? readInput(name) : readLive(name);
}

async function* readLive(name: string): AsyncGenerator<Buffer> {
  const live = liveInterface(name);
  const remote = remoteCapture(name);
  if (live !== undefined) {
    const { captureLive } = await import('./live-capture.js');
    yield* captureLive(live);
  } else if (remote !== undefined) {
    const { readRemote } = await import('./remote-input.js');
    yield* readRemote(remote);
  }
}
