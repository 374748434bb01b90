import { WsdissectError } from '../../common/error.js';
import type { Limits } from '../../common/limits.js';
import type { PacketTime } from '../../common/packet-time.js';
import { CaptureInput, type CaptureInputOptions } from '../capture-input.js';
import { readChunks } from '../compression/decompress.js';
import type { CaptureSink, SplitPart } from '../packet.js';

/** Bytes of a capture, decompressed, in which its first packet is looked for. */
const LOOKED_AT = 1024 * 1024;

/** What the beginning of a capture tells. */
export interface CaptureBeginning {
  /** When its first packet was captured; `undefined` where there is none, or where the capture has no times. */
  readonly first?: PacketTime;
  /** Of its first packet; `undefined` where there is none. */
  readonly linkType?: number;
  /** TLS secrets may stand in it. */
  readonly mayHoldSecrets: boolean;
  /** Which part of a split set it is. */
  readonly splitPart?: SplitPart | undefined;
}

/** Looks at the first packet of a capture. What cannot be read tells nothing: whoever reads it will say why. */
export async function readBeginning(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  limits: Limits,
  options: CaptureInputOptions,
): Promise<CaptureBeginning> {
  let first: PacketTime | undefined;
  let linkType: number | undefined;
  const sink: CaptureSink = {
    packet: (packet) => {
      first ??= packet.at;
      linkType ??= packet.linkType;
    },
    secrets: () => undefined,
    finding: () => undefined,
  };
  const input = new CaptureInput(sink, limits, options);
  let length = 0;
  try {
    for await (const chunk of readChunks(source, () => undefined)) {
      length += chunk.length;
      input.push(chunk);
      if (linkType !== undefined || length >= LOOKED_AT) break;
    }
    if (length < LOOKED_AT && linkType === undefined) input.end();
  } catch (error) {
    if (!(error instanceof WsdissectError)) throw error;
  }
  const { mayHoldSecrets, splitPart } = input;
  const known = { mayHoldSecrets, splitPart };
  if (linkType === undefined) return known;
  return first === undefined || first.precision === 0 ? { linkType, ...known } : { first, linkType, ...known };
}
