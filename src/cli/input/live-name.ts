import { WsdissectError } from '../../common/error.js';
import { STDIN } from './input.js';

/** A network interface to capture from. */
export interface LiveInterface {
  readonly device: string;
  /** What the capturing program takes as its filter; `undefined` for all packets. */
  readonly filter: string | undefined;
}

/** A host that sends a capture over TCP. */
export interface RemoteCapture {
  readonly host: string;
  readonly port: number;
}

const DEVICE = '-I ';
const FILTER = ' --capture-filter ';
const REMOTE = 'tcp://';
const HIGHEST_PORT = 65_535;

/** How an interface is named among inputs: as the options that ask for it, which no file is called. */
export function liveName({ device, filter }: LiveInterface): string {
  return filter === undefined ? DEVICE + device : DEVICE + device + FILTER + filter;
}

/** The interface that a name stands for; `undefined` where it is of something else. */
export function liveInterface(name: string): LiveInterface | undefined {
  if (!name.startsWith(DEVICE)) return undefined;
  const [device = '', filter] = name.slice(DEVICE.length).split(FILTER, 2);
  return { device, filter };
}

/**
 * The host that a name stands for; `undefined` where it is of something else.
 *
 * @throws WsdissectError `bad-option` where it is no host and port
 */
export function remoteCapture(name: string): RemoteCapture | undefined {
  if (!name.startsWith(REMOTE)) return undefined;
  const match = /^(?:\[([\dA-Fa-f:.%\w]+)\]|([^:/[\]]+)):(\d{1,5})\/?$/.exec(name.slice(REMOTE.length));
  const port = Number(match?.[3]);
  if (match === null || port === 0 || port > HIGHEST_PORT) {
    throw new WsdissectError('bad-option', 'is no host and port; write it as tcp://127.0.0.1:57012');
  }
  return { host: match[1] ?? match[2]!, port };
}

/** Whether an input comes as it is captured: more of it may come any time later. */
export function isLive(name: string): boolean {
  return name === STDIN || name.startsWith(DEVICE) || name.startsWith(REMOTE);
}
