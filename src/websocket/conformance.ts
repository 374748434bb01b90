import { isUtf8 } from '../common/node/buffer.js';
import { finding, type Finding } from '../common/finding.js';
import type { FindingCode } from '../common/finding-codes.js';
import { decodeClose } from './close.js';
import type { ExtensionBits } from './extension-bits.js';
import { BINARY, CLOSE, CONTINUATION, opcodeName, PONG, type FrameHeader } from './frame.js';
import { isMinimal } from './frame-header.js';

/** No findings: one array for all frames that have none. */
const NO_FINDINGS: readonly Finding[] = [];

/** What the handshake says about the frames of one direction. */
export interface FrameRules {
  /** Whether the client sends them. */
  readonly fromClient: boolean;
  /** Whether permessage-deflate was agreed on; `undefined` where the server's answer is not known. */
  readonly deflate: boolean | undefined;
  /** What the other extensions that were agreed on use of the reserved bits and opcodes. */
  readonly extensions: ExtensionBits;
}

/** Checks the frames of one direction, in order, against RFC 6455 section 5 and RFC 7692 section 6. */
export class Conformance {
  readonly #rules: FrameRules;
  readonly #fromClient: boolean;
  /** Opcode of the message that has begun and not ended; `undefined` where none has. */
  #open: number | undefined = undefined;
  /** Frames were lost: whether a message is open is not known. */
  #unknown: boolean;
  #openCompressed = false;
  #openCoded = false;
  #closed = false;
  #found: readonly Finding[] = NO_FINDINGS;
  /** Opcode of the message that the last checked frame belongs to; `undefined` where it is not known. */
  messageOpcode: number | undefined = undefined;
  /** Whether that message is compressed. */
  compressed = false;
  /** Whether RSV bits, its own or of a frame before it, say that its payload is not the message's own bytes. */
  coded = false;

  /** @param fromStart - whether the first frame is the first one of the connection */
  constructor(rules: FrameRules, fromStart: boolean) {
    this.#rules = rules;
    this.#fromClient = rules.fromClient;
    this.#unknown = !fromStart;
  }

  /** Frames were lost here, so what was open may have ended and what is open is not known. */
  lost(): void {
    this.#open = undefined;
    this.#unknown = true;
  }

  /** Checks the next frame's header, and finds out which message it belongs to. */
  header(header: FrameHeader): readonly Finding[] {
    this.#found = NO_FINDINGS;
    if (header.mask !== this.#fromClient) {
      if (header.mask) this.#add('ws.server-masked', 'the server masked this frame');
      else this.#add('ws.client-not-masked', 'the client did not mask this frame');
    }
    if ((header.rsv2 || header.rsv3) && !this.#rules.extensions.unknown) {
      const bits = header.rsv2 && header.rsv3 ? 'RSV2 and RSV3 are' : header.rsv2 ? 'RSV2 is' : 'RSV3 is';
      this.#add('ws.reserved-bit', `${bits} 1, and no extension gives a meaning to it`);
    }
    if (header.headerLength !== (header.mask ? 6 : 2)) this.#length(header);
    if (header.opcode >= CLOSE) this.#control(header);
    else this.#data(header);
    return this.#found;
  }

  /** Checks the payload of a whole close frame (RFC 6455 sections 5.5.1 and 7.4). */
  closePayload(payload: Buffer): readonly Finding[] {
    if (payload.length === 0) return NO_FINDINGS;
    if (payload.length === 1) return [finding('ws.close-one-byte', 'the close frame has a body of one byte')];
    const { code, reason } = decodeClose(payload)!;
    const findings: Finding[] = [];
    if (!mayBeSent(code)) findings.push(finding('ws.close-code', `close code ${code} must not be sent`));
    if (!isUtf8(reason)) {
      findings.push(finding('ws.invalid-utf8-reason', 'the reason of the close frame is not valid UTF-8'));
    }
    return findings;
  }

  #add(code: FindingCode, message: string): void {
    this.#found = [...this.#found, finding(code, message)];
  }

  #length(header: FrameHeader): void {
    const { payloadLength } = header;
    if (!isMinimal(header)) {
      const bits = header.headerLength - (header.mask ? 4 : 0) === 4 ? 16 : 64;
      this.#add('ws.length-not-minimal', `a payload length of ${payloadLength} in ${bits} bits`);
    }
    if (typeof payloadLength === 'number') return;
    if (payloadLength >= 1n << 63n) {
      this.#add('ws.length-top-bit', `the payload length ${payloadLength} has its top bit set`);
    }
    this.#add('ws.length-too-large', `a payload length of ${payloadLength} bytes is more than any receiver takes`);
  }

  #control(header: FrameHeader): void {
    const { opcode } = header;
    const name = opcodeName(opcode);
    this.messageOpcode = opcode;
    this.compressed = false;
    this.coded = hasReservedBit(header);
    if (opcode > PONG && !this.#rules.extensions.unknown)
      this.#add('ws.reserved-opcode', `opcode ${opcode} is reserved`);
    if (header.rsv1) this.#add('ws.rsv1-on-control', `RSV1 is 1 on a ${name} frame`);
    if (!header.fin) this.#add('ws.control-fragmented', `FIN is 0 on a ${name} frame`);
    if (header.payloadLength > 125) {
      this.#add('ws.control-too-long', `a ${name} frame of ${header.payloadLength} bytes`);
    }
    if (opcode === CLOSE) this.#closed = true;
  }

  #data(header: FrameHeader): void {
    if (this.#closed) this.#add('ws.data-after-close', `a ${opcodeName(header.opcode)} frame after the close frame`);
    if (header.opcode === CONTINUATION) this.#continuation(header);
    else this.#start(header);
    if (header.fin) {
      this.#open = undefined;
      this.#unknown = false;
    } else if (header.opcode !== CONTINUATION) {
      this.#open = header.opcode;
      this.#unknown = false;
    }
  }

  #continuation(header: FrameHeader): void {
    if (this.#open === undefined && !this.#unknown) {
      this.#add('ws.continuation-without-start', 'a continuation frame where no message has begun');
    }
    if (header.rsv1 && !this.#mayUseRsv1('frame')) {
      this.#add('ws.rsv1-on-continuation', 'RSV1 is 1 on a continuation frame');
    }
    this.messageOpcode = this.#open;
    this.compressed = this.#open !== undefined && this.#openCompressed;
    if (this.#open === undefined) this.#openCoded = false;
    this.#openCoded ||= header.rsv2 || header.rsv3 || (header.rsv1 && this.#isRsv1Coded());
    this.coded = this.#openCoded;
  }

  #start(header: FrameHeader): void {
    const { opcode } = header;
    if (opcode > BINARY && !this.#rules.extensions.unknown) {
      this.#add('ws.reserved-opcode', `opcode ${opcode} is reserved`);
    }
    if (this.#open !== undefined) {
      const message = `a ${opcodeName(opcode)} frame inside a fragmented ${opcodeName(this.#open)} message`;
      this.#add('ws.data-inside-fragments', message);
    }
    if (header.rsv1 && this.#rules.deflate === false && !this.#mayUseRsv1('message')) {
      this.#add('ws.rsv1-without-extension', 'RSV1 is 1, and no compression was agreed on');
    }
    this.messageOpcode = opcode;
    this.compressed = header.rsv1 && opcode <= BINARY && this.#rules.deflate !== false;
    this.#openCompressed = this.compressed;
    this.coded = hasReservedBit(header);
    this.#openCoded = this.coded;
  }

  /** Whether RSV1 on a continuation may mean that its bytes are coded: for permessage-deflate it means nothing there. */
  #isRsv1Coded(): boolean {
    const { deflate, extensions } = this.#rules;
    return deflate === false || extensions.unknown || extensions.rsv1 !== undefined;
  }

  /** Whether another extension than permessage-deflate may set RSV1 there: an extension of all frames may on any. */
  #mayUseRsv1(on: 'message' | 'frame'): boolean {
    const { rsv1, unknown } = this.#rules.extensions;
    return unknown || rsv1 === on || rsv1 === 'frame';
  }
}

function hasReservedBit({ rsv1, rsv2, rsv3 }: FrameHeader): boolean {
  return rsv1 || rsv2 || rsv3;
}

/** Whether a close code may stand in a frame (RFC 6455 section 7.4 and the IANA registry of close codes). */
export function mayBeSent(code: number): boolean {
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
}
