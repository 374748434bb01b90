import type { Direction, Finding } from '../common/finding.js';
import type { FrameEvent, MessageEvent } from '../events.js';
import { CLOSE, CONTINUATION, type Frame, type FrameHeader } from '../websocket/frame.js';
import { headerBytes } from '../websocket/header-bytes.js';
import type { FrameDetail, Found, MessageDetail } from './lines.js';

/** Frames of one message that a page shows. */
const MOST_FRAMES = 64;

/** A frame that waits for its message. */
interface Waiting {
  readonly header: string;
  readonly payload: Buffer | undefined;
  readonly gaps: Frame['gaps'];
  readonly findings: readonly Finding[];
  readonly packet: number;
}

/** Counts the bytes of frames that wait, over all connections. */
export interface FrameBudget {
  bytes: number;
}

/** Bytes of frames that may wait: beyond, their headers only. */
const MOST_WAITING = 16 * 1024 * 1024;

/** Collects what a page shows of the frames of each message, for one connection. */
export class FrameDetails {
  readonly #maxPayload: number;
  readonly #budget: FrameBudget;
  readonly #waiting: Record<Direction, Waiting[]> = { 'client-to-server': [], 'server-to-client': [] };

  constructor(maxPayload: number, budget: FrameBudget) {
    this.#maxPayload = maxPayload;
    this.#budget = budget;
  }

  /** A frame that is not a message of its own waits for the others. */
  frame({ frame, direction }: FrameEvent): void {
    if (frame.opcode >= CLOSE || (frame.fin && frame.opcode !== CONTINUATION)) return;
    const waiting = this.#waiting[direction];
    if (waiting.length >= MOST_FRAMES) return;
    const kept = this.#keep(frame);
    this.#budget.bytes += kept.payload?.length ?? 0;
    waiting.push(kept);
  }

  /** The frames of a message. */
  message(event: MessageEvent): Pick<MessageDetail, 'f' | 'more'> {
    const { message, completedBy, direction } = event;
    // Of a plain message the record has all bytes of its frames.
    const needsPayload = message.compressed || message.status !== 'ok';
    const detail = (kept: Waiting): FrameDetail => frameDetail(kept, needsPayload);
    if (message.headers.length === 1 && completedBy !== undefined) return { f: [detail(this.#keep(completedBy))] };
    const headers = message.headers.slice(0, MOST_FRAMES);
    const waiting = this.#waiting[direction];
    const frames = headers.map((header) => {
      const hex = hexOf(header);
      const at = waiting.findIndex((kept) => kept.header === hex);
      return at < 0 ? hex : detail(waiting[at]!);
    });
    if (message.opcode < CLOSE) this.#clear(direction, message.frames);
    const more = message.frames - frames.length;
    return more > 0 ? { f: frames, more } : { f: frames };
  }

  /** The connection has ended. */
  end(): void {
    this.#clear('client-to-server', MOST_FRAMES);
    this.#clear('server-to-client', MOST_FRAMES);
  }

  #clear(direction: Direction, frames: number): void {
    for (const { payload } of this.#waiting[direction].splice(0, frames)) this.#budget.bytes -= payload?.length ?? 0;
  }

  #keep(frame: Frame): Waiting {
    const { payload, gaps, findings, at } = frame;
    const hasRoom = this.#budget.bytes < MOST_WAITING;
    // A copy: a view would hold a whole read buffer.
    const kept = payload === undefined || !hasRoom ? undefined : Buffer.from(payload.subarray(0, this.#maxPayload));
    return { header: hexOf(frame), payload: kept, gaps: gaps.slice(0, MOST_FRAMES), findings, packet: at.packet };
  }
}

function hexOf(header: FrameHeader): string {
  return headerBytes(header).toString('hex');
}

function frameDetail({ header, payload, gaps, findings, packet }: Waiting, needsPayload: boolean): FrameDetail {
  if (!needsPayload && findings.length === 0) return header;
  return {
    h: header,
    ...(needsPayload && payload !== undefined ? { p: payload.toString('base64') } : {}),
    ...(gaps.length === 0 ? {} : { g: gaps.map(({ offset, length }) => [offset, length] as const) }),
    ...(findings.length === 0 ? {} : { x: findings.map((found) => foundOf(found, packet)) }),
  };
}

function foundOf({ code, severity, rfc, message }: Finding, packet: number): Found {
  return { code, severity, ...(rfc === undefined ? {} : { rfc }), message, packet };
}
