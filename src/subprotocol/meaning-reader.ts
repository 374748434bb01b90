import type { Direction } from '../common/finding.js';
import { HeldBytes } from '../common/held-bytes.js';
import { DEFAULT_LIMITS } from '../common/limits.js';
import { REGISTRY, SHAPES } from './registry.js';
import type {
  DataMessage,
  DecodedMessage,
  Decoder,
  FollowingDecoder,
  Meaning,
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
 * Which protocols messages are decoded by: those that are recognised, none, or those that are named: they are believed
 * where nothing shows which of them it is.
 */
export type DecodeChoice = 'auto' | 'off' | readonly ProtocolName[];

/** A protocol in use: on one connection. */
interface Speaking {
  readonly name: ProtocolName;
  readonly by: RecognisedBy;
  readonly decoder: Decoder;
}

/** A protocol that the messages so far do not contradict. */
interface Candidate {
  readonly protocol: SubProtocol;
  seen: number;
  /** Has read all messages so far, where only that can prove it. */
  readonly follower: FollowingDecoder | undefined;
}

const NO_CANDIDATES: readonly Candidate[] = [];
const NO_SPEAKING: readonly Speaking[] = [];
/** Which directions, as bits of a number: a set would be one more object of each connection. */
const BITS: Readonly<Record<Direction, number>> = { 'client-to-server': 1, 'server-to-client': 2 };

/** What a decoder gives for a message. */
type Read = readonly Meaning[] | 'more' | undefined;

/**
 * Tells what the messages of one connection mean.
 *
 * The protocol is told by the handshake, else by the first messages. What is not proven is not claimed: a message that
 * came before the proof has no meaning.
 */
export class MeaningReader {
  readonly #wanted: readonly SubProtocol[];
  readonly #areNamed: boolean;
  readonly #held: HeldBytes;
  readonly #limit: number;
  #opening: Opening;
  #speaking: Speaking | undefined = undefined;
  /** What is tried where the protocols are named and none is recognised: the first that can read a message. */
  #named: readonly Speaking[] = NO_SPEAKING;
  /** `undefined` before the first message: most connections have nothing that one of them could be told by. */
  #candidates: readonly Candidate[] | undefined = undefined;
  #guesses = 0;
  #isPart = false;
  /** {@link BITS} of the directions of which messages, or bytes that may have been messages, have passed unread. */
  #unread = 0;

  /** @param limit - bytes that a message may inflate to, where its protocol compresses */
  constructor(
    opening: Opening,
    choice: Exclude<DecodeChoice, 'off'> = 'auto',
    held = new HeldBytes(DEFAULT_LIMITS.heldTotal),
    limit = DEFAULT_LIMITS.decodedMessage,
  ) {
    this.#held = held;
    this.#limit = limit;
    this.#areNamed = choice !== 'auto';
    this.#wanted = choice === 'auto' ? REGISTRY : wantedOf(choice);
    this.#opening = opening;
    this.learn(opening);
    if (this.#speaking !== undefined) return;
    if (this.#areNamed) {
      this.#named = this.#wanted.map((protocol) => ({
        name: protocol.name,
        by: 'option',
        decoder: protocol.decoder(opening, held, limit),
      }));
    }
  }

  /** The protocol that the connection speaks, where it is known. */
  get protocol(): ProtocolName | undefined {
    return this.#speaking?.name;
  }

  /** More of the handshake is known. What messages have proven stays. */
  learn(opening: Opening): void {
    this.#opening = opening;
    if (this.#speaking !== undefined) return;
    for (const protocol of this.#wanted) {
      const by = protocol.recognise(opening);
      if (by === undefined) continue;
      this.#choose(protocol, by);
      return;
    }
  }

  /** Whether it reads messages: there is a protocol that they are, or may prove to be. */
  get isReading(): boolean {
    return this.#speaking !== undefined || this.#mayBeProven || this.#named.length > 0;
  }

  /** Whether there is a protocol that messages may still prove. */
  get #mayBeProven(): boolean {
    return this.#candidates === undefined ? this.#wanted.some(isProvable) : this.#candidates.length > 0;
  }

  /** Whether the last message holds but a part of what a later one ends. */
  get isPart(): boolean {
    return this.#isPart;
  }

  /** Whether the last message of a direction holds the beginning of what a later one ends. */
  isWaiting(direction: Direction): boolean {
    const speaking = this.#speaking === undefined ? this.#named : [this.#speaking];
    return speaking.some(({ decoder }) => decoder.isWaiting?.(direction) === true);
  }

  /** Something was longer than the limit, for which the protocol's decoder reads a direction no further. */
  get isOverLimit(): boolean {
    return this.#speaking?.decoder.isOverLimit === true;
  }

  /** What a message means; `undefined` where that is not known. */
  message(message: DataMessage): DecodedMessage | undefined {
    this.#isPart = false;
    if (this.#speaking === undefined && this.#mayBeProven) {
      const decoded = this.#guess(message);
      if (decoded !== 'unread') return decoded;
    }
    if (this.#speaking !== undefined) return this.#meaningOf(this.#speaking, message);
    this.#unread |= BITS[message.direction];
    for (const speaking of this.#named) {
      const decoded = this.#meaningOf(speaking, message);
      if (decoded !== undefined) return decoded;
    }
    return undefined;
  }

  /** Messages of a direction were lost, or came before the first one that is here. */
  lost(direction: Direction): void {
    this.#unread |= BITS[direction];
    this.#speaking?.decoder.lost?.(direction);
    for (const { follower } of this.#candidates ?? NO_CANDIDATES) follower?.lost?.(direction);
    for (const { decoder } of this.#named) decoder.lost?.(direction);
  }

  /** No more messages come. */
  end(): void {
    this.#speaking?.decoder.end?.();
    this.#dropCandidates();
    for (const { decoder } of this.#named) decoder.end?.();
  }

  #meaningOf(speaking: Speaking, message: DataMessage): DecodedMessage | undefined {
    return this.#saying(speaking, speaking.decoder.decode(message));
  }

  #saying({ name, by }: Speaking, items: Read): DecodedMessage | undefined {
    if (items === 'more') this.#isPart = true;
    if (items === undefined || items === 'more' || items.length === 0) return undefined;
    this.#isPart = false;
    return { protocol: name, by, items };
  }

  /** @returns what the message means to the decoder that it proves; `unread` where none has read it yet */
  #guess(message: DataMessage): DecodedMessage | undefined | 'unread' {
    if (this.#guesses++ >= MOST_GUESSES) {
      this.#dropCandidates();
      return 'unread';
    }
    let proven: { candidate: Candidate; by: RecognisedBy; read: Read | 'unread' } | undefined;
    this.#candidates = (this.#candidates ?? this.#firstCandidates()).filter((candidate) => {
      const { protocol, follower } = candidate;
      if (follower === undefined) {
        const verdict = protocol.resembles!(message);
        if (verdict === 'certainly') candidate.seen++;
        // Where two are left, neither is proven against the other; the more particular one stands first in the registry.
        if (verdict !== 'no' && candidate.seen >= ENOUGH_MESSAGES)
          proven ??= { candidate, by: 'content', read: 'unread' };
        return verdict !== 'no';
      }
      const items = follower.decode(message);
      const proof = follower.proof(this.#opening);
      if (proof === 'never') follower.end?.();
      if (proof === 'subprotocol' || proof === 'content') proven ??= { candidate, by: proof, read: items };
      return proof !== 'never';
    });
    if (proven === undefined) return 'unread';
    const { candidate, by, read } = proven;
    const speaking = this.#choose(candidate.protocol, by, candidate.follower);
    return read === 'unread' ? read : this.#saying(speaking, read);
  }

  /** All that messages may prove. What has been lost before the first one, those that follow have to know. */
  #firstCandidates(): readonly Candidate[] {
    return this.#wanted.filter(isProvable).map((protocol) => {
      const follower = protocol.follow?.(this.#held);
      if (follower?.lost !== undefined) for (const direction of this.#unreadDirections()) follower.lost(direction);
      return { protocol, seen: 0, follower };
    });
  }

  #unreadDirections(): Direction[] {
    return (Object.keys(BITS) as Direction[]).filter((direction) => (this.#unread & BITS[direction]) !== 0);
  }

  /** @param follower - a decoder that has read everything so far */
  #choose(protocol: SubProtocol, by: RecognisedBy, follower?: FollowingDecoder): Speaking {
    const decoder = follower ?? protocol.decoder(this.#opening, this.#held, this.#limit);
    if (follower === undefined) for (const direction of this.#unreadDirections()) decoder.lost?.(direction);
    const speaking = { name: protocol.name, by, decoder };
    this.#speaking = speaking;
    this.#candidates = (this.#candidates ?? NO_CANDIDATES).filter((candidate) => candidate.follower !== follower);
    this.#dropCandidates();
    for (const named of this.#named) named.decoder.end?.();
    this.#named = NO_SPEAKING;
    return speaking;
  }

  #dropCandidates(): void {
    for (const { follower } of this.#candidates ?? NO_CANDIDATES) follower?.end?.();
    this.#candidates = NO_CANDIDATES;
  }
}

/** Whether messages alone may show that they are of a protocol. */
function isProvable({ resembles, follow }: SubProtocol): boolean {
  return resembles !== undefined || follow !== undefined;
}

function wantedOf(names: readonly ProtocolName[]): SubProtocol[] {
  return names.flatMap((name) => [...REGISTRY, ...SHAPES].filter((protocol) => protocol.name === name));
}
