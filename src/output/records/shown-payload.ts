import { utf8Text } from '../../common/utf8.js';
import type { Message } from '../../message/message.js';
import { closeBody } from '../../websocket/close.js';
import { CLOSE, TEXT, type Frame } from '../../websocket/frame.js';
import type { EventSource } from './shared-fields.js';

/** A payload as a record shows it. At most one of `text` and `base64` is there. */
export interface ShownPayload {
  readonly text?: string;
  readonly base64?: string;
  readonly closeCode?: number;
  readonly closeReason?: string;
}

const NOTHING: ShownPayload = {};

/** What the record of something with a payload is made of. */
export abstract class PayloadSource<Event> implements EventSource<Event> {
  readonly event: Event;
  readonly file: string | undefined;
  #payload: ShownPayload | undefined = undefined;

  constructor(event: Event, file: string | undefined) {
    this.event = event;
    this.file = file;
  }

  /** Decoded when it is first asked for. */
  get payload(): ShownPayload {
    return (this.#payload ??= this.show());
  }

  protected abstract show(): ShownPayload;
}

/**
 * Whether the payload of a frame is shown as text: it is part of a text message, and its bytes are the message's own.
 * What RSV bits say that an extension made of it is shown as bytes.
 */
export function isText({ messageOpcode, compressed, coded }: Frame): boolean {
  return messageOpcode === TEXT && !compressed && !coded;
}

/** The payload of a frame as its record shows it. */
export function shownFrame(frame: Frame): ShownPayload {
  const { payload, opcode } = frame;
  if (payload === undefined) return NOTHING;
  if (opcode === CLOSE) {
    const body = closeBody(frame);
    return shownClose(payload, body?.code, body?.isWhole === true ? body.reason : undefined);
  }
  return shownBytes(payload, isText(frame));
}

/** The payload of a message as its record shows it. */
export function shownMessage(message: Message): ShownPayload {
  const { payload, opcode, status, closeCode, closeReason, missing, isText: mayBeText } = message;
  if (payload === undefined || !isShown(message)) return NOTHING;
  if (opcode === CLOSE && status !== 'not-decoded') {
    return shownClose(payload, closeCode, missing === 0 ? closeReason : undefined);
  }
  return shownBytes(payload, mayBeText);
}

/** A message that is incomplete has a payload only where the bytes that were seen can be told: uncompressed. */
export function isShown({ status, compressed }: Message): boolean {
  if (status === 'ok' || status === 'not-decoded') return true;
  return (status === 'gap' || status === 'truncated') && !compressed;
}

/** @param reason - the whole reason; `undefined` where it is not known, and the payload is shown as bytes */
function shownClose(payload: Uint8Array, closeCode: number | undefined, reason: Uint8Array | undefined): ShownPayload {
  if (payload.length === 0) return NOTHING;
  const code = closeCode === undefined ? NOTHING : { closeCode };
  const closeReason = reason === undefined ? undefined : utf8Text(reason);
  if (closeReason === undefined) return { base64: base64Text(payload), ...code };
  return closeReason === '' ? code : { ...code, closeReason };
}

function shownBytes(payload: Uint8Array, mayBeText: boolean): ShownPayload {
  const text = mayBeText ? utf8Text(payload) : undefined;
  return text === undefined ? { base64: base64Text(payload) } : { text };
}

/** A multiple of 3, so that the pieces' base64 joins without padding; no more than a call takes as arguments. */
const BASE64_PIECE = 24 * 1024;

/** Bytes in base64 (RFC 4648 section 4), with what a browser has too. */
function base64Text(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += BASE64_PIECE) {
    text += btoa(String.fromCharCode(...bytes.subarray(at, at + BASE64_PIECE)));
  }
  return text;
}
