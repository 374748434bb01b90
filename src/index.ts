/// <reference types="node" preserve="true" />
/**
 * wsdissect as a library: a capture's bytes in, WebSocket frames, messages and connections out.
 *
 * @packageDocumentation
 */
export type { CaptureSource } from './capture/capture-source.js';
export { check, type CheckOptions } from './check/check.js';
export type { Evidence } from './check/rules/evidence.js';
export type { Expectation } from './check/expectations/expectation.js';
export { GoldenFile } from './check/golden/golden-file.js';
export type { CaptureReport, Claim, Violation } from './check/report.js';
export { WsdissectError, type ErrorCode } from './common/error.js';
export { type Direction, type Finding, type FindingLocation } from './common/finding.js';
export { RULES, type FindingCode, type Rule, type Severity } from './common/finding-codes.js';
export { DEFAULT_LIMITS, type Limits } from './common/limits.js';
export { formatTime, type PacketTime } from './common/packet-time.js';
export type { End, Side } from './common/sink.js';
export { dissect, dissectBatches, Dissector, type DissectOptions } from './dissect.js';
export type {
  ConnectionEvent,
  ConnectionRef,
  DirectionTotals,
  DissectEvent,
  EventOrder,
  FindingEvent,
  FrameEvent,
  GapEvent,
  LearnedEvent,
  MessageEvent,
  OpenEvent,
  Wants,
} from './events.js';
export { createFrameReader, type FrameReader, type FrameReaderEvent, type FrameReaderOptions } from './frame-reader.js';
export type { DeflateParameters, Handshake, HandshakeState, HttpHead } from './http/handshake.js';
export type { Message, MessageStatus } from './message/message.js';
export {
  columnsOf,
  toRecord,
  type Column,
  type FindingRecord,
  type JsonRecord,
} from './output/records/record-fields.js';
export type { FieldDescription, FieldKind, RecordType, RecordValue } from './output/records/record-field.js';
export type { DecodeChoice } from './subprotocol/meaning-reader.js';
export type { DecodedMessage, Meaning, MeaningKind, ProtocolName, RecognisedBy } from './subprotocol/sub-protocol.js';
export { KeyLog } from './tls/key-log/key-log.js';
export type { TlsSummary } from './tls/tls-summary.js';
export { encodeFrame, type FrameShape } from './websocket/encode-frame.js';
export { headerBytes } from './websocket/header-bytes.js';
export { opcodeName, type Frame, type FrameHeader, type FrameStatus, type PayloadGap } from './websocket/frame.js';
export { parseFrame, type IncompleteFrame, type ParsedFrame } from './websocket/parse-frame.js';
