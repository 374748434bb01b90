import { ByteQueue } from '../../common/byte-queue.js';
import { WsdissectError } from '../../common/error.js';
import type { Limits } from '../../common/limits.js';
import { decodeBase64 } from './base64-text.js';
import type { WeighFrames } from './contents.js';
import type { BlockSink } from './dump-lines.js';
import { decodeLiteral } from './literal.js';
import type { CaptureReader } from '../packet.js';
import { describeUnknown } from '../sniff.js';
import { skipPrompts } from '../text-form.js';

/** Reads a text of which nothing is known before its end: bytes of a program, base64. */
export class HeldTextReader implements CaptureReader {
  readonly #form: 'literal' | 'base64';
  readonly #sink: BlockSink;
  readonly #most: number;
  readonly #weigh: WeighFrames;
  readonly #text = new ByteQueue();
  #ended = false;

  constructor(form: 'literal' | 'base64', sink: BlockSink, limits: Limits, weigh: WeighFrames) {
    this.#form = form;
    this.#sink = sink;
    this.#most = limits.hexLine;
    this.#weigh = weigh;
  }

  /** @throws WsdissectError `bad-hex` where the text is too long */
  push(chunk: Buffer): void {
    if (this.#text.length + chunk.length > this.#most) {
      throw new WsdissectError(
        'bad-hex',
        `the text has more than the ${this.#most} characters that one may have; give the file that it was made of`,
      );
    }
    this.#text.push(chunk);
  }

  /** @throws WsdissectError `bad-hex` with the line that is not what it looks like, `not-a-capture` for other base64 */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    const all = this.#text.peek();
    const text = skipPrompts(all.toString('latin1'));
    const found = this.#form === 'literal' ? decodeLiteral(text) : decodeBase64(text, this.#weigh);
    if (found === undefined) {
      throw new WsdissectError(
        'not-a-capture',
        `not a capture: ${describeUnknown(all)}; if it is base64, what it holds are neither frames nor packets by proof ` +
          '(`base64 -d FILE | wsdissect --input raw` reads it as frames all the same)',
      );
    }
    for (const { bytes, form } of found) this.#sink.block(bytes, form, false);
    this.#text.clear();
  }
}
