import type { InputForm } from '../capture/capture-input.js';
import { DEFAULT_LIMITS, type Limits } from '../common/limits.js';
import { checkOptionNames } from '../common/nearest.js';
import type { Wants } from '../events.js';
import type { TunnelName } from '../ip/udp-tunnels.js';
import type { KeyLog } from '../tls/key-log/key-log.js';

/** How to read a capture. */
export interface DissectOptions {
  /** Limits that differ from {@link DEFAULT_LIMITS}. */
  limits?: Partial<Limits>;
  /** TCP ports that are WebSocket even where the handshake was not captured. */
  ports?: readonly number[];
  /** The server's Sec-WebSocket-Extensions, for connections whose handshake was not captured. */
  extensions?: string;
  /** TLS secrets; more may be pushed into it while the capture is read. */
  keyLog?: KeyLog;
  /** Only this TCP connection, by its number from 0. */
  stream?: number;
  /** Only this stream of HTTP/2 connections, by its number there. */
  http2Stream?: number;
  /** `raw` where the input is bytes of frames, whatever they look like. */
  input?: InputForm;
  /** UDP ports that stand for a tunnel besides the known ones. */
  tunnels?: readonly (readonly [port: number, tunnel: TunnelName])[];
  /** Which events are wanted, and how messages are decoded: all of them where this is not given. */
  want?: Partial<Wants>;
}

const OPTION_NAMES = [
  'limits',
  'ports',
  'extensions',
  'keyLog',
  'stream',
  'http2Stream',
  'input',
  'tunnels',
  'want',
] satisfies (keyof DissectOptions)[];
const WANTS = [
  'frames',
  'messages',
  'connections',
  'decode',
  'flawedFrames',
  'counter',
  'tcp',
] satisfies (keyof Wants)[];

/** @throws WsdissectError where an option is not known. @param call - the call that they were given to, as it is written */
export function checkOptions(call: string, options: DissectOptions): void {
  checkOptionNames(call, options, OPTION_NAMES);
  checkOptionNames(`limits of ${call}`, options.limits ?? {}, Object.keys(DEFAULT_LIMITS));
  checkOptionNames(`want of ${call}`, options.want ?? {}, WANTS);
}
