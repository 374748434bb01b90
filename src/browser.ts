/// <reference types="node" preserve="true" />
/**
 * wsdissect for a page: captures from a file that its user chooses, or from anywhere else that bytes come from.
 *
 * It has what the library has, except for what reads files and checks captures, and nothing of Node: TLS is decrypted and
 * compressed captures are read in JavaScript. Bytes are a Uint8Array with the methods of Node's Buffer that are used here.
 *
 * @packageDocumentation
 */
export type { CaptureSource } from './capture/capture-source.js';
export { WsdissectError, type ErrorCode } from './common/error.js';
export { type Direction, type Finding, type FindingLocation } from './common/finding.js';
export { RULES, type FindingCode, type Rule, type Severity } from './common/finding-codes.js';
export { DEFAULT_LIMITS, type Limits } from './common/limits.js';
export { formatTime, type PacketTime } from './common/packet-time.js';
export { dissect, dissectBatches, Dissector, type DissectOptions } from './dissect.js';
export type { DissectEvent } from './events.js';
export { createFrameReader, type FrameReader, type FrameReaderEvent, type FrameReaderOptions } from './frame-reader.js';
export {
  columnsOf,
  toRecord,
  type Column,
  type FindingRecord,
  type JsonRecord,
} from './output/records/record-fields.js';
export { KeyLog } from './tls/key-log/key-log.js';
export { encodeFrame, type FrameShape } from './websocket/encode-frame.js';
export { headerBytes } from './websocket/header-bytes.js';
export { opcodeName, type Frame, type FrameHeader } from './websocket/frame.js';
export { parseFrame, type IncompleteFrame, type ParsedFrame } from './websocket/parse-frame.js';
