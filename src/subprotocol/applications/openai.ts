import { JsonObject } from '../values/json-object.js';
import {
  pathOf,
  type DataMessage,
  type Decoder,
  type Meaning,
  type MeaningKind,
  type SubProtocol,
} from '../sub-protocol.js';

/** OpenAI's Realtime and Responses APIs, and those that copy them: JSON whose `type` says what it is. */
export const OPENAI: SubProtocol = {
  name: 'openai',
  recognise: ({ url, subprotocol }) => {
    if (subprotocol === 'realtime') return 'subprotocol';
    return /\/v1\/(?:realtime|responses)(?:\?|$)/.test(pathOf(url)) ? 'url' : undefined;
  },
  resembles: (message) => {
    const name = read(message)?.string('type');
    if (name === undefined) return 'no';
    return /^(?:session|response|conversation|input_audio_buffer)\.[a-z_.]+$/.test(name) ? 'certainly' : 'perhaps';
  },
  decoder: () => new OpenAiDecoder(),
};

function read({ isText, text }: DataMessage): JsonObject | undefined {
  return isText ? JsonObject.read(text) : undefined;
}

/** How far the response is that the client has asked for. */
type Asked = 'nothing' | 'asked' | 'begun';

/** What joins a request for a response to all that comes for it: there is one at a time. */
const RESPONSE = 'response';

class OpenAiDecoder implements Decoder {
  #asked: Asked = 'nothing';
  /** The server's number of the response that the client has asked for. */
  #response: string | undefined;
  /** The client's number of the event by which it has asked. */
  #event: string | undefined;
  /** The server begins responses by itself, when nobody speaks any more: whose the next one is nobody can tell. */
  #isAutomatic = false;

  decode(message: DataMessage): Meaning[] | undefined {
    const object = read(message);
    const name = object?.string('type');
    if (object === undefined || name === undefined) return undefined;
    const fromClient = message.direction === 'client-to-server';
    const channel = object.id('response_id') ?? object.object('response')?.id('id');
    const response = channel === undefined ? undefined : String(channel);
    const plain = { name, id: object.id('event_id'), channel: response, value: object.text };
    const kind = kindOf(name, fromClient, object.object('response')?.string('status'));
    if (!fromClient && name === 'error' && this.#asked === 'asked') return [this.#refused(object, { kind, ...plain })];
    if (fromClient ? this.#asks(name, object.string('event_id')) : this.#belongs(name, kind, response)) {
      return [{ kind: fromClient ? 'call' : kind, ...plain, joint: RESPONSE }];
    }
    return [{ kind, ...plain }];
  }

  lost(): void {
    this.#asked = 'nothing';
    this.#response = undefined;
  }

  /** An error names the event that it is about, where that has a number; it names no response. */
  #refused(object: JsonObject, plain: Meaning): Meaning {
    const culprit = object.object('error')?.string('event_id');
    if (culprit === undefined || this.#event === undefined) return { ...plain, mayAnswer: RESPONSE };
    if (culprit !== this.#event) return plain;
    this.lost();
    return { ...plain, joint: RESPONSE };
  }

  #asks(name: string, event: string | undefined): boolean {
    if (name !== 'response.create' || this.#isAutomatic) return false;
    this.#event = event;
    if (this.#asked !== 'begun') this.#asked = 'asked';
    return true;
  }

  /** Whether something is of the response that the client has asked for. */
  #belongs(name: string, kind: MeaningKind, response: string | undefined): boolean {
    if (name.startsWith('input_audio_buffer.speech_')) {
      this.#isAutomatic = true;
      this.lost();
    }
    if (name === 'response.created' && this.#asked === 'asked') {
      this.#asked = 'begun';
      this.#response = response;
    }
    if (this.#asked !== 'begun' || (response !== undefined && response !== this.#response)) return false;
    if (kind === 'data') return name.startsWith('response.');
    if (!END.test(name)) return false;
    this.lost();
    return true;
  }
}

/** What ends a response. */
const END = /^response\.(?:done|completed|failed|incomplete)$/;

function kindOf(name: string, fromClient: boolean, status: string | undefined): MeaningKind {
  if (name === 'error' || name.endsWith('.failed')) return 'error';
  if (fromClient) return 'event';
  if (name === 'session.created') return 'open';
  if (name.endsWith('.delta')) return 'data';
  if (name === 'response.done' && status === 'failed') return 'error';
  return /\.(?:done|completed|incomplete)$/.test(name) ? 'complete' : 'event';
}
