import type { Meaning } from '../sub-protocol.js';

/**
 * What stands at one place of a stream of RFB: so many bytes were read, so many follow that are not looked into, and the
 * meaning is known once those have passed. `more` where it is cut, `none` where it is nothing known.
 */
export type Step = { readonly used: number; readonly skip?: number; readonly meaning?: Meaning } | 'more' | 'none';

/** What both sides' messages depend on, once a session has begun. */
export class RfbSession {
  /** Bits of a pixel; `undefined` where the server's messages before and after a change cannot be told apart. */
  bitsPerPixel: number | undefined = undefined;
  /** The client has asked for an update: what it set before holds for all that the server sends. */
  isUpdateRequested = false;
  /** The client knows ExtendedMouseButtons: where the highest button is down, an event may have one byte more. */
  hasMoreButtons = false;
  /** The client knows the extended clipboard: a negative length is one. */
  hasClipboard = false;
  /** The client has set a pixel format. */
  isFormatSet = false;

  /** The client sets a pixel format. When the server begins to use it is known only before the first update. */
  setFormat(bitsPerPixel: number): void {
    const isClear = !this.isUpdateRequested || bitsPerPixel === this.bitsPerPixel;
    this.bitsPerPixel = isClear && bitsPerPixel % 8 === 0 ? bitsPerPixel : undefined;
    this.isFormatSet = true;
  }
}

/** Encodings that no client has more of; a longer list is damage. */
const MOST_ENCODINGS = 1000;
const EXTENDED_MOUSE_BUTTONS = -316;
const EXTENDED_CLIPBOARD = -1_063_131_698;
const HIGHEST_BUTTON = 0x80;

/** A message of a client (RFC 6143 section 7.5) and what noVNC sends besides. Of keys and text only the name is told. */
export function clientMessageAt(bytes: Buffer, at: number, session: RfbSession): Step {
  const has = (length: number): boolean => at + length <= bytes.length;
  switch (bytes[at]) {
    case 0: {
      if (!has(20)) return 'more';
      const bits = bytes[at + 4]!;
      session.setFormat(bits);
      return { used: 20, meaning: event('SetPixelFormat', `{"bitsPerPixel":${bits}}`) };
    }
    case 2: {
      if (!has(4)) return 'more';
      const count = bytes.readUInt16BE(at + 2);
      if (count > MOST_ENCODINGS) return 'none';
      if (!has(4 + 4 * count)) return 'more';
      const encodings = Array.from({ length: count }, (_, index) => bytes.readInt32BE(at + 4 + 4 * index));
      session.hasMoreButtons ||= encodings.includes(EXTENDED_MOUSE_BUTTONS);
      session.hasClipboard ||= encodings.includes(EXTENDED_CLIPBOARD);
      return { used: 4 + 4 * count, meaning: event('SetEncodings', `{"encodings":[${encodings.join(',')}]}`) };
    }
    case 3: {
      if (!has(10)) return 'more';
      session.isUpdateRequested = true;
      const [x, y, width, height] = [2, 4, 6, 8].map((offset) => bytes.readUInt16BE(at + offset));
      const area = `"x":${x},"y":${y},"width":${width},"height":${height}`;
      return {
        used: 10,
        meaning: event('FramebufferUpdateRequest', `{"incremental":${bytes[at + 1] !== 0},${area}}`),
      };
    }
    case 4:
      return has(8) ? { used: 8, meaning: event('KeyEvent') } : 'more';
    case 5:
      if (!has(6)) return 'more';
      if (session.hasMoreButtons && bytes[at + 1]! >= HIGHEST_BUTTON) return 'none';
      return { used: 6, meaning: event('PointerEvent') };
    case 6:
      return has(8) ? cutText(bytes, at, 'ClientCutText', session) : 'more';
    case 150:
      return has(10) ? { used: 10, meaning: event('EnableContinuousUpdates') } : 'more';
    case 248:
      return has(9) ? { used: 9, skip: bytes[at + 8]!, meaning: event('ClientFence') } : 'more';
    case 250:
      return has(4) ? { used: 4, meaning: event('xvp') } : 'more';
    case 251:
      return has(8) ? { used: 8, skip: 16 * bytes[at + 6]!, meaning: event('SetDesktopSize') } : 'more';
    case 255:
      if (!has(2)) return 'more';
      if (bytes[at + 1] !== 0) return 'none';
      return has(12) ? { used: 12, meaning: event('QEMUExtendedKeyEvent') } : 'more';
    default:
      return 'none';
  }
}

/** A message of a server (section 7.6) but FramebufferUpdate, whose rectangles have steps of their own. */
export function serverMessageAt(bytes: Buffer, at: number, session: RfbSession): Step {
  const has = (length: number): boolean => at + length <= bytes.length;
  switch (bytes[at]) {
    case 1:
      if (!has(6)) return 'more';
      return { used: 6, skip: 6 * bytes.readUInt16BE(at + 4), meaning: event('SetColourMapEntries') };
    case 2:
      return { used: 1, meaning: event('Bell') };
    case 3:
      return has(8) ? cutText(bytes, at, 'ServerCutText', session) : 'more';
    case 150:
      return { used: 1, meaning: event('EndOfContinuousUpdates') };
    case 248:
      return has(9) ? { used: 9, skip: bytes[at + 8]!, meaning: event('ServerFence') } : 'more';
    case 250:
      return has(4) ? { used: 4, meaning: event('xvp') } : 'more';
    default:
      return 'none';
  }
}

function event(name: string, value?: string): Meaning {
  return { kind: 'event', name, ...(value === undefined ? {} : { value }) };
}

function cutText(bytes: Buffer, at: number, name: string, { hasClipboard }: RfbSession): Step {
  const length = hasClipboard ? Math.abs(bytes.readInt32BE(at + 4)) : bytes.readUInt32BE(at + 4);
  return { used: 8, skip: length, meaning: event(name, `{"length":${length}}`) };
}

/** Encoding of the rectangle that ends an update, however many were announced. */
const LAST_RECT = -224;
const RECTANGLE = 12;

/**
 * Where a rectangle ends (section 7.7). How long most encodings are is known only to who decodes them: `none`.
 *
 * @param bitsPerPixel - `undefined` where it is not known
 */
export function rectangleAt(
  bytes: Buffer,
  at: number,
  bitsPerPixel: number | undefined,
): { used: number; skip: number; isLast: boolean } | 'more' | 'none' {
  const has = (length: number): boolean => at + length <= bytes.length;
  if (!has(RECTANGLE)) return 'more';
  const width = bytes.readUInt16BE(at + 4);
  const height = bytes.readUInt16BE(at + 6);
  const encoding = bytes.readInt32BE(at + 8);
  const after = (skip: number, head = 0) => ({ used: RECTANGLE + head, skip, isLast: encoding === LAST_RECT });
  const pixels = bitsPerPixel === undefined ? undefined : (width * height * bitsPerPixel) / 8;
  const maskLength = ((width + 7) >>> 3) * height;
  switch (encoding) {
    case 0: // Raw
      return pixels === undefined ? 'none' : after(pixels);
    case 1: // CopyRect
      return after(4);
    case 6: // Zlib
    case 16: // ZRLE
    case -307: // DesktopName
      return has(RECTANGLE + 4) ? after(bytes.readUInt32BE(at + RECTANGLE), 4) : 'more';
    case -223: // DesktopSize
    case LAST_RECT:
    case -258: // QEMU Extended Key Event
    case EXTENDED_MOUSE_BUTTONS:
      return after(0);
    case -239: // Cursor
      return pixels === undefined ? 'none' : after(pixels + maskLength);
    case -240: // X Cursor
      return after(width * height === 0 ? 0 : 6 + 2 * maskLength);
    case -261: // QEMU LED state
      return after(1);
    case -308: // ExtendedDesktopSize
      return has(RECTANGLE + 4) ? after(16 * bytes[at + RECTANGLE]!, 4) : 'more';
    default:
      return 'none';
  }
}
