import { spacedHex } from '../common/words.js';
import type { DissectEvent, FrameEvent } from '../events.js';
import { CONTINUATION, opcodeName, type Frame } from '../websocket/frame.js';
import { closeBody } from '../websocket/close.js';
import { TextOutput } from './output.js';
import { isText } from './frame-text.js';
import { sanitizeBytes } from './sanitize.js';
import type { TextOptions } from './text-layout.js';
import { textCut } from './text-payload.js';
import { cutToWidth, textWidth } from './text-width.js';

/** A payload is looked at no further than what can fill a line. */
const MOST_BYTES = 1024;
/** Columns that a payload has however long the rest of the line is. */
const FEWEST_COLUMNS = 12;
const GAP = '  ';
/** Columns of a time that is a number of seconds: a day with microseconds, so that most of them stand aligned. */
const SECONDS_WIDTH = 13;

/**
 * One line a frame: packet, time of day, stream, direction, the first five bits and the mask bit, opcode, payload
 * length, and as much of the payload as the line holds.
 */
export class TextBrief extends TextOutput {
  readonly #options: TextOptions;

  constructor(options: TextOptions) {
    super();
    this.#options = options;
  }

  event(event: DissectEvent): void {
    if (event.type === 'frame') this.#frame(event);
  }

  skip(event: DissectEvent): void {
    if (event.type === 'frame') this.#options.clock.skip(event.frame.at);
  }

  #frame({ frame, connection, direction }: FrameEvent): void {
    const { style, columns, maxPayload, clock } = this.#options;
    const time = clock.show(frame.at, (iso) => iso.slice(iso.indexOf('T') + 1, -1));
    const before = [
      String(frame.at.packet).padStart(6),
      ...(time === undefined ? [] : [time.padStart(SECONDS_WIDTH)]),
      String(connection.stream).padStart(3),
    ].join(GAP);
    const sender = direction === 'client-to-server' ? 'c>s' : 's>c';
    const after = `${flags(frame)}  ${shortName(frame).padEnd(6)}  ${String(frame.payloadLength).padStart(7)}`;
    const marks = [...(frame.status === 'ok' ? [] : [frame.status]), ...frame.findings.map(({ code }) => code)];
    const mark = marks.length === 0 ? '' : `  [${marks.join(' ')}]`;
    const used = [before, sender, after].join(GAP).length + mark.length + GAP.length;
    const shown = excerpt(frame, maxPayload, Math.max(columns - used, FEWEST_COLUMNS));
    const line = [before, style.direction[direction](sender), after].join(GAP) + style.warning(mark);
    this.print(shown === '' ? `${line}\n` : `${line}${GAP}${shown}\n`);
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

/** The beginning of the payload in so many columns; an ellipsis where it goes on. */
function excerpt(frame: Frame, maxPayload: number, columns: number): string {
  const { payload } = frame;
  if (payload === undefined || payload.length === 0 || maxPayload === 0) return '';
  const most = Math.min(maxPayload, MOST_BYTES);
  const bytes = payload.subarray(0, isText(frame) ? textCut(payload, most) : most);
  const text = describe(frame, bytes);
  const isWhole = bytes.length === payload.length && frame.gaps.length === 0;
  if (isWhole && textWidth(text) <= columns) return text;
  return `${cutToWidth(text, columns - ELLIPSIS.length)}${ELLIPSIS}`;
}

const ELLIPSIS = '...';

function describe(frame: Frame, bytes: Buffer): string {
  const body = closeBody(frame);
  if (body?.isWhole === true) return `${body.code} ${sanitizeBytes(body.reason)}`;
  // A gap would join what was not together: only what stands before it is shown.
  const seen = bytes.subarray(0, frame.gaps[0]?.offset ?? bytes.length);
  return isText(frame) ? sanitizeBytes(seen) : spacedHex(seen);
}
