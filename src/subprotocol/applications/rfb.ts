import type { Direction } from '../../common/finding.js';
import type { HeldBytes } from '../../common/held-bytes.js';
import { isUtf8 } from '../../common/node/buffer.js';
import { clientMessageAt, rectangleAt, RfbSession, serverMessageAt, type Step } from './rfb-messages.js';
import { RfbSide } from './rfb-side.js';
import { rawText } from '../values/value-writer.js';
import type { DataMessage, FollowingDecoder, Meaning, Opening, SubProtocol } from '../sub-protocol.js';

/** The remote framebuffer protocol of VNC (RFC 6143), as noVNC speaks it. */
export const RFB: SubProtocol = {
  name: 'rfb',
  // `binary` is what every proxy to TCP calls itself: the first message has to show the rest.
  recognise: () => undefined,
  follow: (held) => new RfbDecoder(held),
  decoder: (_, held) => new RfbDecoder(held),
};

const VERSION = /^RFB \d{3}\.\d{3}\n$/;
const VERSION_LENGTH = 12;
/** What a client may answer with (RFC 6143 section 7.1.1); what follows anything else is not known. */
const ANSWERS: Readonly<Record<string, number>> = { 'RFB 003.003': 3, 'RFB 003.007': 7, 'RFB 003.008': 8 };
/** Types of security whose exchange is known (section 7.2). */
const NO_SECURITY = 1;
const VNC_AUTHENTICATION = 2;
const CHALLENGE_LENGTH = 16;
/** Names and reasons are shorter; a longer one is damage. */
const MOST_TEXT = 4096;
const SERVER_INIT = 24;

/** What a side sends next. `wait` is for the other side to speak first; for ever, where what follows is not known. */
type ClientState = 'wait' | 'version' | 'choice' | 'response' | 'init' | 'messages';
type ServerState = 'version' | 'wait' | 'types' | 'type' | 'reason' | 'challenge' | 'result' | 'init' | 'messages';

class RfbDecoder implements FollowingDecoder {
  readonly #client: RfbSide;
  readonly #server: RfbSide;
  readonly #session = new RfbSession();
  #expectedOfClient: ClientState = 'wait';
  #expectedOfServer: ServerState = 'version';
  /** What the client answered: 3, 7 or 8. */
  #version = 0;
  #areVersionsKnown = false;
  #offered: Buffer = Buffer.alloc(0);
  /** Rectangles of an update that are still to come, and what they are part of. */
  #rectangles = 0;
  #update: Meaning | undefined = undefined;

  constructor(held: HeldBytes) {
    this.#client = new RfbSide(held);
    this.#server = new RfbSide(held);
  }

  proof({ subprotocol }: Opening): 'subprotocol' | 'content' | 'later' | 'never' {
    if (this.#areVersionsKnown) return 'content';
    if (this.#expectedOfServer !== 'version' && /^(?:binary|rfb)$/i.test(subprotocol ?? '')) return 'subprotocol';
    return this.#client.isSilent || this.#server.isSilent ? 'never' : 'later';
  }

  decode({ direction, isText, payload }: DataMessage): Meaning[] | 'more' | undefined {
    const isClient = direction === 'client-to-server';
    const side = isClient ? this.#client : this.#server;
    if (isText) side.silence();
    if (side.isSilent || payload.length === 0) return undefined;
    const bytes = side.begin(payload);
    const items: Meaning[] = [];
    let at = 0;
    for (;;) {
      at += side.passed(bytes.length - at);
      const known = side.takeMeaning();
      if (known !== undefined) items.push(known);
      if (at === bytes.length) break;
      const step = isClient ? this.#clientStep(bytes, at) : this.#serverStep(bytes, at);
      if (step === 'more') break;
      if (step === 'none') {
        side.silence();
        return items;
      }
      at += step.used;
      side.pass(step.skip ?? 0, step.meaning);
    }
    side.keep(bytes.subarray(at));
    return items.length === 0 ? 'more' : items;
  }

  isWaiting(direction: Direction): boolean {
    return (direction === 'client-to-server' ? this.#client : this.#server).isWaiting;
  }

  lost(direction: Direction): void {
    (direction === 'client-to-server' ? this.#client : this.#server).silence();
  }

  end(): void {
    this.#client.end();
    this.#server.end();
  }

  #expect(client: ClientState, server: ServerState): void {
    this.#expectedOfClient = client;
    this.#expectedOfServer = server;
  }

  #clientStep(bytes: Buffer, at: number): Step {
    const left = bytes.length - at;
    switch (this.#expectedOfClient) {
      case 'version': {
        const step = versionAt(bytes, at);
        if (typeof step === 'string') return step;
        this.#areVersionsKnown = true;
        this.#version = ANSWERS[step.meaning.name] ?? 0;
        this.#expect('wait', this.#version === 0 ? 'wait' : this.#version === 3 ? 'type' : 'types');
        return step;
      }
      case 'choice': {
        const type = bytes[at]!;
        if (!this.#offered.includes(type)) return 'none';
        this.#secure(type);
        return { used: 1, meaning: { kind: 'event', name: 'SecurityType', value: `{"type":${type}}` } };
      }
      case 'response':
        if (left < CHALLENGE_LENGTH) return 'more';
        this.#expect('wait', 'result');
        return { used: CHALLENGE_LENGTH, meaning: { kind: 'event', name: 'Response' } };
      case 'init':
        this.#expect('messages', 'init');
        return { used: 1, meaning: { kind: 'open', name: 'ClientInit', value: `{"shared":${bytes[at] !== 0}}` } };
      case 'messages':
        return clientMessageAt(bytes, at, this.#session);
      default:
        return 'none';
    }
  }

  #serverStep(bytes: Buffer, at: number): Step {
    const left = bytes.length - at;
    switch (this.#expectedOfServer) {
      case 'version': {
        const step = versionAt(bytes, at);
        if (typeof step !== 'string') this.#expect('version', 'wait');
        return step;
      }
      case 'types': {
        const count = bytes[at]!;
        if (left <= count) return 'more';
        this.#offered = Buffer.from(bytes.subarray(at + 1, at + 1 + count));
        this.#expect(count === 0 ? 'wait' : 'choice', count === 0 ? 'reason' : 'wait');
        const value = `{"types":[${this.#offered.join(',')}]}`;
        return { used: 1 + count, meaning: { kind: count === 0 ? 'error' : 'event', name: 'SecurityTypes', value } };
      }
      case 'type': {
        if (left < 4) return 'more';
        const type = bytes.readUInt32BE(at);
        if (type === 0) this.#expect('wait', 'reason');
        else this.#secure(type);
        const kind = type === 0 ? 'error' : 'event';
        return { used: 4, meaning: { kind, name: 'SecurityType', value: `{"type":${type}}` } };
      }
      case 'challenge':
        if (left < CHALLENGE_LENGTH) return 'more';
        this.#expect('response', 'wait');
        return { used: CHALLENGE_LENGTH, meaning: { kind: 'event', name: 'Challenge' } };
      case 'result': {
        if (left < 4) return 'more';
        const status = bytes.readUInt32BE(at);
        if (status === 0) this.#expect('init', 'wait');
        else this.#expect('wait', this.#version === 8 ? 'reason' : 'wait');
        const kind = status === 0 ? 'ack' : 'error';
        return { used: 4, meaning: { kind, name: 'SecurityResult', value: `{"status":${status}}` } };
      }
      case 'reason': {
        const text = textAt(bytes, at);
        if (typeof text === 'string') return text;
        this.#expect('wait', 'wait');
        return { used: text.used, meaning: { kind: 'error', name: 'SecurityFailure', raw: rawText(text.bytes) } };
      }
      case 'init':
        return this.#serverInit(bytes, at);
      case 'messages':
        return this.#serverMessage(bytes, at);
      default:
        return 'none';
    }
  }

  /** What a type of security means for what comes next (section 7.2). */
  #secure(type: number): void {
    if (type === VNC_AUTHENTICATION) this.#expect('wait', 'challenge');
    else if (type !== NO_SECURITY) this.#expect('wait', 'wait');
    else if (this.#version === 8) this.#expect('wait', 'result');
    else this.#expect('init', 'wait');
  }

  #serverInit(bytes: Buffer, at: number): Step {
    if (bytes.length - at < SERVER_INIT) return 'more';
    const name = textAt(bytes, at + SERVER_INIT - 4);
    if (typeof name === 'string') return name;
    this.#expectedOfServer = 'messages';
    if (!this.#session.isFormatSet) this.#session.bitsPerPixel = bytes[at + 4];
    const size = `"width":${bytes.readUInt16BE(at)},"height":${bytes.readUInt16BE(at + 2)}`;
    // A name in no known character set is shown as its bytes.
    const isText = isUtf8(name.bytes);
    const shown = isText ? `,"name":${JSON.stringify(name.bytes.toString('utf8'))}` : '';
    const value = `{${size},"bitsPerPixel":${bytes[at + 4]}${shown}}`;
    const raw = isText ? {} : { raw: rawText(name.bytes) };
    return { used: SERVER_INIT - 4 + name.used, meaning: { kind: 'open', name: 'ServerInit', value, ...raw } };
  }

  #serverMessage(bytes: Buffer, at: number): Step {
    if (this.#rectangles > 0) return this.#rectangle(bytes, at);
    if (bytes[at] !== 0) return serverMessageAt(bytes, at, this.#session);
    if (bytes.length - at < 4) return 'more';
    const count = bytes.readUInt16BE(at + 2);
    // No server says that nothing has changed; pixels that are black look so.
    if (count === 0) return 'none';
    this.#rectangles = count;
    this.#update = { kind: 'data', name: 'FramebufferUpdate', value: `{"rectangles":${count}}` };
    return { used: 4 };
  }

  #rectangle(bytes: Buffer, at: number): Step {
    const { bitsPerPixel, isUpdateRequested } = this.#session;
    // Without the client's side nobody knows how it wants its pixels.
    const isFormatKnown = isUpdateRequested && !this.#client.isSilent;
    const rectangle = rectangleAt(bytes, at, isFormatKnown ? bitsPerPixel : undefined);
    if (rectangle === 'more') return 'more';
    if (rectangle === 'none') {
      // That there is an update is known; where it ends is not.
      this.#expectedOfServer = 'wait';
      this.#rectangles = 0;
      return { used: RECTANGLE_HEAD, meaning: this.#update! };
    }
    this.#rectangles = rectangle.isLast ? 0 : this.#rectangles - 1;
    const { used, skip } = rectangle;
    return this.#rectangles === 0 ? { used, skip, meaning: this.#update! } : { used, skip };
  }
}

const RECTANGLE_HEAD = 12;

function versionAt(
  bytes: Buffer,
  at: number,
): { used: number; meaning: Meaning & { readonly name: string } } | 'more' | 'none' {
  const text = bytes.toString('latin1', at, at + VERSION_LENGTH);
  if (text.length < VERSION_LENGTH) return 'RFB '.startsWith(text.slice(0, 4)) ? 'more' : 'none';
  return VERSION.test(text) ? { used: VERSION_LENGTH, meaning: { kind: 'open', name: text.slice(0, -1) } } : 'none';
}

/** A text with its length before it. */
function textAt(bytes: Buffer, at: number): { used: number; bytes: Buffer } | 'more' | 'none' {
  if (bytes.length - at < 4) return 'more';
  const length = bytes.readUInt32BE(at);
  if (length > MOST_TEXT) return 'none';
  const end = at + 4 + length;
  return end > bytes.length ? 'more' : { used: 4 + length, bytes: bytes.subarray(at + 4, end) };
}
