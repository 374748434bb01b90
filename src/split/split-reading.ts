import type { TunnelName } from '../ip/udp-tunnels.js';

/** How the packets of a set are read that is split: what the reading of its shards is told too. */
export interface SplitReading {
  /** UDP ports that stand for a tunnel besides the known ones. */
  readonly tunnels?: readonly (readonly [port: number, tunnel: TunnelName])[];
  /** TCP ports that are WebSocket whatever their connections begin with. */
  readonly ports?: readonly number[];
}
