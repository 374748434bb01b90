import type { Direction } from '../common/finding.js';
import { DEFAULT_LIMITS, type Limits } from '../common/limits.js';
import { NO_TIME } from '../common/packet-time.js';
import { MessageStream } from '../message/message-stream.js';
import type { Message } from '../message/message.js';
import { Conformance } from '../websocket/conformance.js';
import { extensionBits } from '../websocket/extension-bits.js';
import { CLOSE, type Frame } from '../websocket/frame.js';
import { decodeFrameHeader, headerLength } from '../websocket/frame-header.js';
import { FrameParser } from '../websocket/frame-parser.js';
import type { CutFrame, ShownFrame } from './shown-frame.js';

/** How to read bytes that are frames. */
export interface BytesOptions {
  /** Who sent all of them; where it is not known, the mask bit of each frame tells. */
  readonly direction?: Direction;
  readonly limits?: Partial<Limits>;
}

/**
 * The frames in bytes, one after the other; the bytes begin with the first byte of a frame.
 *
 * What came before is not known, so the first frame may go on with a message, and a compressed message may refer back
 * to what is not there.
 */
export function* framesInBytes(bytes: Buffer, options: BytesOptions = {}): Generator<ShownFrame | CutFrame> {
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const readers: Partial<Record<Direction, DirectionReader>> = {};
  let offset = 0;
  for (let number = 1; offset < bytes.length; number++) {
    const header = decodeFrameHeader(bytes, offset);
    if (header === undefined) {
      const rest = bytes.subarray(offset);
      yield { number, bytes: rest, offset, needed: headerLength(bytes, offset, bytes.length) - rest.length };
      return;
    }
    const direction = options.direction ?? (header.mask ? 'client-to-server' : 'server-to-client');
    const reader = (readers[direction] ??= new DirectionReader(direction, limits));
    const end = Math.min(bytes.length, offset + header.headerLength + Number(header.payloadLength));
    const inflatedBefore = reader.inflated;
    const read = reader.read(bytes.subarray(offset, end));
    yield {
      number,
      frame: { ...read.frame, offset },
      header: bytes.subarray(offset, offset + header.headerLength),
      direction,
      isDirectionByMask: options.direction === undefined,
      connection: undefined,
      message: read.message,
      inflatedBefore,
      following: bytes.length - end,
    };
    offset = end;
  }
}

/** Reads the frames of one direction, one at a time. */
class DirectionReader {
  readonly #parser: FrameParser;
  readonly #stream: MessageStream;
  #frames: Frame[] = [];
  #messages: Message[] = [];
  /** Compressed messages that were inflated, so that the window is not empty. */
  inflated = 0;

  constructor(direction: Direction, limits: Limits) {
    const rules = {
      fromClient: direction === 'client-to-server',
      deflate: undefined,
      extensions: extensionBits(undefined),
    };
    const conformance = new Conformance(rules, false);
    this.#parser = new FrameParser(limits, conformance, 'all', {
      frame: (frame) => this.#frames.push(frame),
      cutHeader: () => undefined,
    });
    const options = { limits, deflate: 'unknown' as const, inflate: true, fromStart: false };
    this.#stream = new MessageStream(options, { message: (message) => this.#messages.push(message) });
  }

  /** @param bytes - a frame, or the beginning of one as far as its header at least */
  read(bytes: Buffer): { frame: Frame; message: Message | undefined } {
    this.#frames = [];
    this.#messages = [];
    this.#parser.push(bytes, NO_TIME);
    if (this.#frames.length === 0) this.#parser.end(NO_TIME);
    const frame = this.#frames[0]!;
    this.#stream.frame(frame);
    // A frame may put an end to an unfinished message; the one that it completes itself comes after that.
    const message = frame.fin || frame.opcode >= CLOSE ? this.#messages.at(-1) : undefined;
    if (message?.compressed === true && message.status === 'ok') this.inflated++;
    return { frame, message };
  }
}
