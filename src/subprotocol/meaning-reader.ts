import type { Direction } from '../common/finding.js';
import { REGISTRY } from './registry.js';
import type {
  DataMessage,
  DecodedMessage,
  Decoder,
  Opening,
  ProtocolName,
  RecognisedBy,
  SubProtocol,
} from './sub-protocol.js';

/** Messages that must look like a protocol, without one that contradicts, before it is believed. */
const ENOUGH_MESSAGES = 3;
/** Messages after which nothing is guessed any more. */
const MOST_GUESSES = 20;

/**
 * Tells what the messages of one connection mean.
 *
 * The protocol is told by the handshake, else by the first messages. What is not proven is not claimed: a message that
 * came before the proof has no meaning.
 */
export class MeaningReader {
  readonly #wanted: readonly SubProtocol[];
  #opening: Opening;
  #decoder: Decoder | undefined = undefined;
  #protocol: ProtocolName | undefined = undefined;
  #by: RecognisedBy = 'content';
  #candidates: { readonly protocol: SubProtocol; seen: number }[] = [];
  #guesses = 0;

  /** @param wanted - the protocols that may be recognised; all that there are, where it is not given */
  constructor(opening: Opening, wanted: readonly SubProtocol[] = REGISTRY) {
    this.#wanted = wanted;
    this.#opening = opening;
    this.learn(opening);
    this.#candidates = wanted
      .filter(({ resembles }) => resembles !== undefined)
      .map((protocol) => ({ protocol, seen: 0 }));
  }

  /** The protocol that the connection speaks, where it is known. */
  get protocol(): ProtocolName | undefined {
    return this.#protocol;
  }

  /** More of the handshake is known. What messages have proven stays. */
  learn(opening: Opening): void {
    this.#opening = opening;
    if (this.#decoder !== undefined) return;
    for (const protocol of this.#wanted) {
      const by = protocol.recognise(opening);
      if (by === undefined) continue;
      this.#choose(protocol, by);
      return;
    }
  }

  /** What a message means; `undefined` where that is not known. */
  message(message: DataMessage): DecodedMessage | undefined {
    if (this.#decoder === undefined) this.#guess(message);
    const items = this.#decoder?.decode(message);
    if (items === undefined || items.length === 0 || this.#protocol === undefined) return undefined;
    return { protocol: this.#protocol, by: this.#by, items };
  }

  /** Messages were lost in a direction. */
  lost(direction: Direction): void {
    this.#decoder?.lost?.(direction);
  }

  #guess(message: DataMessage): void {
    if (this.#guesses >= MOST_GUESSES || this.#candidates.length === 0) return;
    this.#guesses++;
    this.#candidates = this.#candidates.filter((candidate) => {
      const verdict = candidate.protocol.resembles!(message);
      if (verdict === 'certainly') candidate.seen++;
      return verdict !== 'no';
    });
    const proven = this.#candidates.filter(({ seen }) => seen >= ENOUGH_MESSAGES);
    // Where two are left, neither is proven against the other; the more particular one stands first in the registry.
    const [first] = proven;
    if (first !== undefined) this.#choose(first.protocol, 'content');
  }

  #choose(protocol: SubProtocol, by: RecognisedBy): void {
    this.#protocol = protocol.name;
    this.#by = by;
    this.#decoder = protocol.decoder(this.#opening);
    this.#candidates = [];
  }
}
