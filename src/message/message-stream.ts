import { finding, type Finding } from '../common/finding.js';
import { HeldBytes } from '../common/held-bytes.js';
import { isUtf8 } from '../common/node/buffer.js';
import type { Limits } from '../common/limits.js';
import type { PacketTime } from '../common/packet-time.js';
import type { UncutFrame } from '../websocket/captured-frame.js';
import { BINARY, CLOSE, CONTINUATION, TEXT, type Frame } from '../websocket/frame.js';
import { Assembly, type PayloadKind } from './assembly.js';
import { SHARED_LENGTH } from './bit-input.js';
import { composeMessage, WholeFrame } from './compose.js';
import { inflateContent, NO_FINDINGS, type Content } from './content.js';
import { Inflater } from './inflater.js';
import type { Message, MessageStatus } from './message.js';

/** How one direction is compressed, as the server answered it (RFC 7692 section 7.1). */
export interface DeflateAgreement {
  /** The sender begins each message with an empty window. */
  readonly noContextTakeover: boolean;
  /** Bits of the window that the sender uses, 8 to 15. */
  readonly maxWindowBits: number;
}

/** How to read the messages of one direction. */
export interface MessageStreamOptions {
  readonly limits: Readonly<Limits>;
  /**
   * How the sender compresses; `undefined` where permessage-deflate was not agreed on; `unknown` where the server's
   * answer was not captured: RSV1 then means permessage-deflate with whatever parameters.
   */
  readonly deflate: DeflateAgreement | 'unknown' | undefined;
  /** Another extension was agreed on: what the RSV bits mean is its own affair. */
  readonly otherExtensions?: boolean;
  /** False: messages are counted, and have no payload. */
  readonly inflate: boolean;
  /** The first frame that comes is the first one since the handshake. */
  readonly fromStart: boolean;
  /** Where the bytes of messages that are not complete are counted, over all connections. */
  readonly held?: HeldBytes;
}

/** What takes the messages, in the order in which they were completed. */
export interface MessageSink {
  /**
   * @param isAnother - it cannot be the rest of the message before it, of which a part was lost
   * @param completedBy - its final frame; `undefined` where it was given up
   */
  message(message: Message, isAnother: boolean, completedBy: Frame | undefined): void;
}

/** What a message ended with. */
type Ending = 'final-frame' | 'new-message' | 'loss' | 'end';

/** What a sender may do that did not say how it compresses. */
const ANYTHING: DeflateAgreement = { noContextTakeover: false, maxWindowBits: 15 };

/**
 * Makes messages of the frames of one direction (RFC 6455 section 5.4): joins fragments, undoes permessage-deflate,
 * checks that text is UTF-8. Every frame becomes part of exactly one message.
 *
 * Where something was lost it tells no more than is certain. Fragments from before and after a loss are not joined:
 * the end of one message and the start of another may lie between them. A compressed message is inflated only where
 * all bytes that it refers to are known.
 */
export class MessageStream {
  readonly #limits: Readonly<Limits>;
  readonly #keep: boolean;
  readonly #held: HeldBytes;
  readonly #deflate: DeflateAgreement | undefined;
  /** The server's answer is not known: that RSV1 means permessage-deflate is likely, not certain. */
  readonly #isGuess: boolean;
  readonly #otherExtensions: boolean;
  /** Made for the first compressed message. */
  #inflater: Inflater | undefined;
  /** No frame before the next compressed message may be missing. */
  #fromStart: boolean;
  readonly #sink: MessageSink;
  /** The message whose fragments are coming. */
  #open: Assembly | undefined = undefined;
  /** The next data frame may belong to a message whose start was lost. */
  #inDoubt: boolean;
  /** The last message was cut by a loss: what comes without a start may be the rest of it. */
  #isCut = false;

  constructor(options: MessageStreamOptions, sink: MessageSink) {
    const { limits, deflate, inflate, fromStart } = options;
    this.#limits = limits;
    this.#keep = inflate;
    this.#held = options.held ?? new HeldBytes(limits.heldTotal);
    this.#sink = sink;
    this.#inDoubt = !fromStart;
    this.#deflate = deflate === 'unknown' ? ANYTHING : deflate;
    this.#isGuess = deflate === 'unknown';
    this.#otherExtensions = options.otherExtensions === true;
    this.#fromStart = fromStart;
  }

  /** The next frame of this direction, complete or not, in order. */
  frame(frame: Frame): void {
    if (frame.opcode >= CLOSE) {
      // Control frames may stand between fragments, and leave them alone (section 5.4).
      const control = this.#begin(frame, this.#kindOfControl(frame));
      control.add(frame);
      this.#finish(control, 'final-frame', frame.at, frame);
      return;
    }
    if (this.#open === undefined && frame.fin && this.#passWhole(frame)) return;
    if (frame.opcode !== CONTINUATION) {
      if (this.#open !== undefined) this.#finish(this.#open, 'new-message', frame.at);
      this.#inDoubt = false;
      this.#isCut = false;
      this.#open = this.#begin(frame, this.#kindOf(frame));
    }
    const open = (this.#open ??= this.#beginWithoutStart(frame));
    if (frame.opcode === CONTINUATION && this.#hasOtherBits(frame)) open.kind = 'undecoded';
    open.add(frame);
    if (!frame.fin) return;
    this.#open = undefined;
    this.#finish(open, 'final-frame', frame.at, frame);
  }

  /**
   * Passes over a frame that is a message by itself, whole and as it was sent, of which there is nothing else to be told.
   *
   * @returns false, and nothing is done, where it is not such a one
   */
  pass({ opcode, fin, rsv1, rsv2, rsv3, status, payload }: Frame): boolean {
    if (opcode > BINARY || opcode === CONTINUATION || !fin || rsv1 || rsv2 || rsv3) return false;
    if (status !== 'ok' || payload === undefined || payload.length > this.#limits.message) return false;
    if (this.#open !== undefined || (opcode === TEXT && !isUtf8(payload))) return false;
    this.#inDoubt = false;
    this.#isCut = false;
    return true;
  }

  /** Most messages are one frame. @returns false, and nothing is done, where this is none of which all is known */
  #passWhole(frame: Frame): boolean {
    if (frame.opcode === CONTINUATION || frame.status !== 'ok' || !this.#keep) return false;
    if (frame.payloadLength > this.#limits.message) return false;
    const kind = this.#kindOf(frame);
    let content: Content;
    if (kind === 'plain') {
      const { payload } = frame;
      if (payload === undefined) return false;
      content = { status: 'ok', payload, length: frame.payloadLength, findings: NO_FINDINGS };
    } else {
      const compressed = isUncut(frame) ? frame : frame.payload;
      if (kind !== 'compressed' || compressed === undefined || this.#deflate === undefined) return false;
      content = this.#inflate(this.#deflate, compressed);
      if (this.#isOther(content)) content = { ...UNDECODED, payload: frame.payload };
    }
    this.#inDoubt = false;
    this.#isCut = false;
    this.#sink.message(composeMessage(new WholeFrame(frame, kind), content), true, frame);
    return true;
  }

  #inflate({ noContextTakeover, maxWindowBits }: DeflateAgreement, compressed: Buffer | UncutFrame): Content {
    this.#inflater ??= new Inflater(!noContextTakeover, this.#fromStart);
    return inflateContent(this.#inflater, compressed, this.#limits, maxWindowBits);
  }

  /** Where the answer is not known, RSV1 may have been another extension's. */
  #isOther(content: Content): boolean {
    return this.#isGuess && content.status === 'bad-deflate';
  }

  /** Frames, or parts of them, may be missing before the next one: a message in progress is over. */
  lost(at: PacketTime): void {
    this.#abandon('loss', at);
    this.#inDoubt = true;
    this.#forget();
  }

  /** The next compressed message may refer to what is not known. */
  #forget(): void {
    this.#fromStart = false;
    this.#inflater?.forget();
  }

  /** No more frames come. */
  end(at: PacketTime): void {
    this.#abandon('end', at);
    this.#inflater = undefined;
  }

  #abandon(ending: Ending, at: PacketTime): void {
    const open = this.#open;
    if (open === undefined) return;
    this.#open = undefined;
    this.#finish(open, ending, at);
    this.#isCut = true;
  }

  #kindOf(frame: Frame): PayloadKind {
    if (frame.rsv2 || frame.rsv3) return 'undecoded';
    if (!frame.rsv1) return 'plain';
    return frame.compressed && this.#deflate !== undefined ? 'compressed' : 'undecoded';
  }

  /** permessage-deflate leaves control frames as they are (RFC 7692 section 6); what another extension does is not known. */
  #kindOfControl({ rsv1, rsv2, rsv3 }: Frame): PayloadKind {
    return rsv2 || rsv3 || (rsv1 && this.#otherExtensions) ? 'undecoded' : 'plain';
  }

  /** RSV bits on a continuation that permessage-deflate has no meaning for. */
  #hasOtherBits({ rsv1, rsv2, rsv3 }: Frame): boolean {
    return rsv2 || rsv3 || (rsv1 && (this.#otherExtensions || this.#deflate === undefined));
  }

  /** A continuation of nothing that was seen. After a loss it may be a piece of a compressed message. */
  #beginWithoutStart(frame: Frame): Assembly {
    const assembly = this.#begin(frame, this.#inDoubt && this.#deflate !== undefined ? 'opaque' : 'plain');
    if (this.#inDoubt) assembly.damage = 'gap';
    this.#inDoubt = false;
    return assembly;
  }

  #begin(frame: Frame, kind: PayloadKind): Assembly {
    return new Assembly(frame, kind, this.#limits.message, this.#keep && kind !== 'opaque', this.#held);
  }

  #finish(assembly: Assembly, ending: Ending, at: PacketTime, completedBy?: Frame): void {
    assembly.release();
    const isControl = assembly.opcode >= CLOSE;
    const isAnother = isControl || assembly.opcode !== CONTINUATION || !this.#isCut;
    if (!isControl) this.#isCut = false;
    this.#sink.message(composeMessage(assembly, this.#content(assembly, ending, at)), isAnother, completedBy);
  }

  #content(assembly: Assembly, ending: Ending, at: PacketTime): Content {
    const { kind, refusal } = assembly;
    const status = statusOf(assembly, ending);
    const payload = assembly.payload();
    if (kind === 'compressed' && status === 'ok' && payload !== undefined && this.#deflate !== undefined) {
      const content = this.#inflate(this.#deflate, payload);
      return this.#isOther(content) ? { ...UNDECODED, payload } : content;
    }
    // What was, or may have been, compressed and is not inflated leaves a hole in the context.
    if ((kind !== 'plain' && assembly.opcode < CLOSE) || assembly.opcode === CONTINUATION) this.#forget();
    const length = status === 'too-large' ? this.#mostOf(refusal) : kind === 'plain' ? assembly.wireLength : undefined;
    const findings =
      refusal !== undefined || ending !== 'final-frame' ? this.#complaints(assembly, ending, at) : NO_FINDINGS;
    const isTold = kind === 'plain' || status === 'not-decoded';
    return { status, payload: isTold ? payload : undefined, length, findings };
  }

  /** The limit that a message is too large for. */
  #mostOf(refusal: Assembly['refusal']): number {
    return refusal === 'total' ? this.#held.limit : this.#limits.message;
  }

  #complaints(assembly: Assembly, ending: Ending, at: PacketTime): readonly Finding[] {
    const { wireLength, frames, refusal } = assembly;
    const findings: Finding[] = [];
    if (ending !== 'final-frame') {
      const message = `${frames} ${frames === 1 ? 'fragment' : 'fragments'} without a final one: ${ENDED_BY[ending]}`;
      findings.push(finding('ws.unfinished-message', message, { packet: at.packet }));
    }
    if (refusal === 'message') {
      const message = `a message of ${wireLength} bytes as sent: none of it is kept, as ${this.#limits.message} is the limit`;
      findings.push(finding('limit.message', message));
    } else if (refusal === 'total') {
      const message = `none of it is kept, as ${this.#held.limit} bytes may wait for more over all connections`;
      findings.push(finding('limit.held-bytes', message));
    } else if (refusal === 'gaps') {
      const message = `none of it is kept, as bytes are missing in more than ${this.#limits.frameGaps} places of a frame`;
      findings.push(finding('limit.frame-gaps', message));
    }
    return findings;
  }
}

/** Whether a payload is still as it was sent, and short enough to be inflated from there. */
function isUncut(frame: Frame): frame is UncutFrame {
  return 'chunk' in frame && frame.payloadLength <= SHARED_LENGTH;
}

const UNDECODED: Content = { status: 'not-decoded', payload: undefined, length: undefined, findings: NO_FINDINGS };

const ENDED_BY: Record<Exclude<Ending, 'final-frame'>, string> = {
  'new-message': 'another message began',
  loss: 'bytes after them were lost',
  end: 'nothing more came',
};

function statusOf(assembly: Assembly, ending: Ending): MessageStatus {
  if (assembly.damage !== undefined) return assembly.damage;
  if (ending === 'loss') return 'gap';
  if (ending !== 'final-frame') return 'unfinished';
  if (assembly.refusal !== undefined) return 'too-large';
  if (assembly.kind === 'opaque') return 'gap';
  return assembly.kind === 'undecoded' ? 'not-decoded' : 'ok';
}
