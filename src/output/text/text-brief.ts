import type { DissectEvent, FrameEvent } from '../../events.js';
import { closeBody } from '../../websocket/close.js';
import { CONTINUATION, opcodeName, type Frame } from '../../websocket/frame.js';
import { BriefStarts, type LineStarts } from './brief-starts.js';
import { isText } from '../records/shown-payload.js';
import { TextOutput } from '../output.js';
import { briefLine } from './text-brief-line.js';
import type { TextOptions } from './text-layout.js';

const KIND_WIDTH = 6;
const LENGTH_WIDTH = 7;

/**
 * One line a frame: packet, time of day, stream, direction, the first five bits and the mask bit, opcode, payload
 * length, and the payload: on a terminal as much of it as the line holds, elsewhere all that is to be shown.
 */
export class TextBrief extends TextOutput {
  readonly #options: TextOptions;
  readonly #starts: LineStarts;

  constructor(options: TextOptions, starts: LineStarts = new BriefStarts(options, 'frame')) {
    super();
    this.#options = options;
    this.#starts = starts;
  }

  event(event: DissectEvent): void {
    if (event.type === 'frame') this.#frame(event);
  }

  skip(event: DissectEvent): void {
    if (event.type === 'frame') this.#starts.skip(event.frame.at);
  }

  #frame({ frame, connection, direction }: FrameEvent): void {
    const { at, status, findings, payload, gaps } = frame;
    const length = String(frame.payloadLength).padStart(LENGTH_WIDTH);
    const kind = `${flags(frame)}  ${shortName(frame).padEnd(KIND_WIDTH)}  ${length}`;
    const body = closeBody(frame);
    const close = body?.isWhole === true ? body : undefined;
    this.print(this.#starts.begin({ isNumbered: true, at, connection, direction }));
    const shown = { direction, kind, status, findings, payload, gaps, isText: isText(frame), close };
    this.print(briefLine(this.#options, shown, this.#starts.width));
  }
}

/** `F---M`: FIN, RSV1, RSV2, RSV3, Mask; `-` where the bit is 0. */
function flags({ fin, rsv1, rsv2, rsv3, mask }: Frame): string {
  return `${fin ? 'F' : '-'}${rsv1 ? '1' : '-'}${rsv2 ? '2' : '-'}${rsv3 ? '3' : '-'}${mask ? 'M' : '-'}`;
}

function shortName({ opcode }: Frame): string {
  if (opcode === CONTINUATION) return 'cont';
  const name = opcodeName(opcode);
  return name === 'reserved' ? `op ${opcode}` : name;
}
