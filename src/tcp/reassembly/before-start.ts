import { finding, type Finding } from '../../common/finding.js';
import type { PacketTime } from '../../common/packet-time.js';
import type { ConnectionSink, Side } from '../../common/sink.js';

/** Bytes from before the first ones of a side that were decoded came too late to be decoded with them. */
export function cameLate(bytes: number, at: PacketTime): Finding {
  const message = `${bytes} bytes from before the first captured segment came late and are not decoded`;
  return finding('tcp.before-start', message, { packet: at.packet });
}

/** Bytes before the first ones of a side that were decoded did not come, as what stands before them shows. */
export function notThere(bytes: number, at: PacketTime): Finding {
  const message = `${bytes} bytes before the first decoded ones are missing: the opening handshake came before them`;
  return finding('tcp.before-start', message, { packet: at.packet });
}

/** Gives bytes from before the beginning to a stage, or tells that they are lost where it has no use for such. */
export function giveEarly(
  sink: ConnectionSink | undefined,
  side: Side,
  chunk: Buffer,
  at: PacketTime,
  missing: number,
): void {
  if (sink?.early === undefined) sink?.finding(side, cameLate(chunk.length, at));
  else sink.early(side, chunk, at, missing);
}
