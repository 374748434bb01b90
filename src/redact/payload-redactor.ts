import { isUtf8 } from '../common/node/buffer.js';
import { DEFAULT_LIMITS } from '../common/limits.js';
import type { Message } from '../message/message.js';
import type { DecodedMessage, Meaning } from '../subprotocol/sub-protocol.js';
import { BINARY, CLOSE, TEXT, type Frame } from '../websocket/frame.js';
import type { Redaction } from './redaction.js';
import { fillerFor } from './text/span.js';

const CODE_LENGTH = 2;

/** Replaces what the rules name in payloads: every byte keeps its place. */
export class PayloadRedactor {
  readonly #redaction: Redaction;

  constructor(redaction: Redaction) {
    this.#redaction = redaction;
  }

  /** What a message says. What cannot be searched is replaced whole. */
  message(message: Message): Buffer | undefined {
    const { payload, status, opcode } = message;
    if (payload === undefined || payload.length === 0) return payload;
    const isUnread =
      this.#redaction.texts.looksIntoJson && opcode === BINARY && payload.length > DEFAULT_LIMITS.decodedMessage;
    if (status !== 'ok' || isUnread) return this.whole(payload, opcode);
    if (opcode !== CLOSE || message.closeCode === undefined) return this.#redaction.texts.bytes(payload);
    const reason = payload.subarray(CODE_LENGTH);
    const changed = this.#redaction.texts.bytes(reason);
    return changed === reason ? payload : Buffer.concat([payload.subarray(0, CODE_LENGTH), changed]);
  }

  /** A payload of which nothing is left but, of a close frame, its code. */
  whole(payload: Buffer, opcode: number): Buffer {
    if (payload.length > 0) this.#redaction.replacedWhole();
    return this.filled(payload, opcode);
  }

  /** The same, where it is counted elsewhere. */
  filled(payload: Buffer, opcode: number): Buffer {
    const kept = opcode === CLOSE ? payload.subarray(0, CODE_LENGTH) : payload.subarray(0, 0);
    return Buffer.concat([kept, fillerFor(payload.subarray(kept.length))]);
  }

  /**
   * What a message means, with what is to be replaced in it: a path may begin at a value that a protocol carries.
   *
   * @param isReplaced - nothing is left of the payload
   * @returns the meaning, and the payload that fits it
   */
  decoded(decoded: DecodedMessage, payload: Buffer, isReplaced: boolean): { decoded: DecodedMessage; payload: Buffer } {
    let changed = payload;
    const replace = <Text extends string | undefined>(text: Text): Text => {
      if (text === undefined) return text;
      const replaced = this.#redaction.texts.text(text, { isCounted: true, isFixed: true });
      if (replaced === text) return text;
      if (!isReplaced) changed = this.#inPayload(changed, text, replaced);
      return replaced as Text;
    };
    const items = decoded.items.map((item): Meaning => {
      const { name, id, channel, value, raw } = item;
      const digits = typeof id === 'number' ? replace(String(id)) : undefined;
      return {
        ...item,
        ...(name === undefined ? {} : { name: replace(name) }),
        ...(id === undefined
          ? {}
          : { id: typeof id === 'string' ? replace(id) : digits === String(id) ? id : digits! }),
        ...(channel === undefined ? {} : { channel: replace(channel) }),
        ...(value === undefined ? {} : { value: replace(value) }),
        ...(raw === undefined ? {} : { raw: replace(raw) }),
      };
    });
    return { decoded: { ...decoded, items }, payload: changed };
  }

  #inPayload(payload: Buffer, text: string, replaced: string): Buffer {
    const sought = Buffer.from(text, 'utf8');
    const by = Buffer.from(replaced, 'utf8');
    let at = by.length === sought.length ? payload.indexOf(sought) : -1;
    // It stands there in another form, of which nobody knows where it is.
    if (at < 0) return this.whole(payload, BINARY);
    const result = Buffer.from(payload);
    for (; at >= 0; at = payload.indexOf(sought, at + sought.length)) result.set(by, at);
    return result;
  }
}

/** A frame with another payload of the same length. */
export function frameWith(frame: Frame, payload: Buffer | undefined, findings: Frame['findings']): Frame {
  const { at, offset, status, missing, gaps, messageOpcode, compressed, coded } = frame;
  const { fin, rsv1, rsv2, rsv3, opcode, mask, payloadLength, maskingKey, headerLength } = frame;
  return {
    ...{ fin, rsv1, rsv2, rsv3, opcode, mask, payloadLength, maskingKey, headerLength },
    ...{ at, offset, payload, status, missing, gaps, messageOpcode, compressed, coded, findings },
  };
}

/** A message with another payload of the same length. */
export class MessageWithPayload implements Message {
  readonly at: Message['at'];
  readonly opcode: number;
  readonly frames: number;
  readonly headers: Message['headers'];
  readonly compressed: boolean;
  readonly wireLength: Message['wireLength'];
  readonly length: Message['length'];
  readonly payload: Buffer | undefined;
  readonly isText: boolean;
  declare readonly closeCode?: number;
  declare readonly closeReason?: Buffer;
  readonly status: Message['status'];
  readonly missing: Message['missing'];
  readonly gaps: Message['gaps'];
  readonly findings: Message['findings'];

  constructor(message: Message, changed: Pick<Message, 'headers' | 'payload' | 'findings'>) {
    this.at = message.at;
    this.opcode = message.opcode;
    this.frames = message.frames;
    this.headers = changed.headers;
    this.compressed = message.compressed;
    this.wireLength = message.wireLength;
    this.length = message.length;
    const { payload } = changed;
    this.payload = payload;
    if (message.closeCode !== undefined) this.closeCode = message.closeCode;
    if (message.closeReason !== undefined) this.closeReason = payload?.subarray(CODE_LENGTH) ?? Buffer.alloc(0);
    this.isText = message.isText || (message.status === 'ok' && isTextOf(message.opcode, payload, this.closeReason));
    this.status = message.status;
    this.missing = message.missing;
    this.gaps = message.gaps;
    this.findings = changed.findings;
  }

  get text(): string | undefined {
    if (!this.isText) return undefined;
    return (this.closeReason ?? this.payload)?.toString('utf8');
  }
}

function isTextOf(opcode: number, payload: Buffer | undefined, reason: Buffer | undefined): boolean {
  if (opcode === CLOSE) return reason !== undefined && isUtf8(reason);
  return opcode === TEXT && payload !== undefined && isUtf8(payload);
}
