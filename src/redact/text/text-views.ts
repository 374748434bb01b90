import { isUtf8 } from '../../common/node/buffer.js';
import { REDACT_LIMITS } from '../../common/limits.js';
import { TextView, type Decoded } from './text-view.js';

/** A way to read a text. */
export interface Reading {
  readonly view: TextView;
  /** It need not be text, so that short matches in it mean nothing. */
  readonly isGuess: boolean;
  /** It is what base64 or the like stands for. */
  readonly isEncoded: boolean;
}

/** Times that one thing may be escaped inside another: JSON in a string of JSON. */
const DEEPEST = 3;
/** Times that one thing may be encoded inside another: base64 in base64. */
const DEEPEST_ENCODED = 2;

/** What is encoded in one run, and what of a long run is looked at once more with what follows it. */
interface Encoding {
  readonly pattern: RegExp;
  /** Characters that a match has at most: with more, the engine's stack would not do. */
  readonly longest: number;
  /** A part that is looked at again begins so many characters before the end of a match. */
  readonly again: number;
}

const LONGEST = 65_536;
const AGAIN = 4096;
const SPACED = { longest: 3 * (LONGEST / 4) + 2, again: 3 * (AGAIN / 4) - 1 };
const BASE64: Encoding = { pattern: /[A-Za-z0-9+/_-]{11,65536}/g, longest: LONGEST, again: AGAIN };
const HEX: Encoding = { pattern: /[0-9a-fA-F]{16,65536}/g, longest: LONGEST, again: AGAIN };
const SPACED_HEX: Encoding = { pattern: /[0-9a-fA-F]{2}(?:[ :-][0-9a-fA-F]{2}){7,16384}/g, ...SPACED };
/** Of Latin letters, which every other byte shows. */
const UTF16: readonly Encoding[] = [
  { pattern: /(?:[\t\n\r -\xff]\0){4,16384}/g, longest: LONGEST / 2, again: AGAIN },
  { pattern: /(?:\0[\t\n\r -\xff]){4,16384}/g, longest: LONGEST / 2, again: AGAIN },
];
const UNPRINTABLE = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/;

/**
 * All ways to read a text: as it is, and with what may be encoded in it undone: escapes of strings, percent-encoding, character
 * references, base64, hex, and UTF-16.
 *
 * @returns `undefined` where there are too many
 */
export function readingsOf(text: string): Reading[] | undefined {
  const readings: Reading[] = [];
  const seen = new Set<string>();
  let encoded = [TextView.of(text)];
  for (let depth = 0; depth <= DEEPEST_ENCODED; depth++) {
    const inner: TextView[] = [];
    for (const view of encoded) {
      for (const form of formsOf(view)) {
        readings.push({ view: form, isGuess: false, isEncoded: depth > 0 });
        if (readings.length > REDACT_LIMITS.readings) return undefined;
        const { texts, guesses } = encodedIn(form.text, seen);
        const [found, guessed] = [form.only(texts), form.only(guesses)];
        if (found !== undefined) inner.push(found);
        if (guessed !== undefined) readings.push({ view: guessed, isGuess: true, isEncoded: true });
      }
    }
    encoded = inner;
  }
  return readings.concat(encoded.map((view) => ({ view, isGuess: false, isEncoded: true })));
}

/** A text, and what it is without the escapes in it. */
function formsOf(view: TextView): TextView[] {
  const forms: (TextView | undefined)[] = [];
  let each: TextView | undefined = view;
  for (let depth = 0; each !== undefined && depth <= DEEPEST; depth++) {
    const decoded = each.percentDecoded();
    forms.push(each, decoded, decoded?.unescaped(), decoded?.percentDecoded(), each.withoutReferences());
    each = each.unescaped();
  }
  return forms.filter((form) => form !== undefined);
}

/** @param seen - what was decoded already, of another form of the same text */
function encodedIn(text: string, seen: Set<string>): { readonly texts: Decoded[]; readonly guesses: Decoded[] } {
  const texts: Decoded[] = [];
  const guesses: Decoded[] = [];
  const put = (bytes: Buffer, at: number, length: number, unit: readonly [number, number]): void => {
    const plain = bytes.toString('latin1');
    if (UNPRINTABLE.test(plain) || !isUtf8(bytes)) guesses.push({ at, length, text: plain, unit });
    // Of characters with several bytes nobody knows the places: a match in them is one in all of it.
    else if (/[^\0-\x7f]/.test(plain)) texts.push({ at, length, text: bytes.toString('utf8') });
    else texts.push({ at, length, text: plain, unit });
  };
  const runs = function* (encoding: Encoding): Generator<readonly [run: string, index: number]> {
    for (const [run, index] of runsOf(text, encoding)) {
      const key = `${encoding.pattern.source} ${run}`;
      if (!seen.has(key)) yield [run, index];
      seen.add(key);
    }
  };
  for (const [run, index] of runs(BASE64)) {
    // It may begin anywhere: after a word, or in the middle of a longer one.
    for (let skipped = 0; skipped < 4; skipped++) {
      const own = run.slice(skipped);
      put(Buffer.from(own, 'base64'), index + skipped, own.length, [3, 4]);
    }
  }
  for (const [run, index] of runs(HEX)) {
    for (let skipped = 0; skipped < 2; skipped++) {
      const own = run.slice(skipped);
      put(Buffer.from(own, 'hex'), index + skipped, own.length, [1, 2]);
    }
  }
  for (const [run, index] of runs(SPACED_HEX)) {
    put(Buffer.from(run.replace(/[ :-]/g, ''), 'hex'), index, run.length, [1, 3]);
  }
  if (text.includes('\0')) {
    for (const encoding of UTF16) {
      for (const [run, at] of runs(encoding)) {
        texts.push({ at, length: run.length, text: run.replaceAll('\0', ''), unit: [1, 2] });
      }
    }
  }
  return { texts, guesses };
}

function* runsOf(
  text: string,
  { pattern, longest, again }: Encoding,
): Generator<readonly [run: string, index: number]> {
  let from = 0;
  for (;;) {
    pattern.lastIndex = from;
    const match = pattern.exec(text);
    if (match === null) return;
    const [run] = match;
    from = match.index + run.length - (run.length === longest ? again : 0);
    yield [run, match.index];
  }
}
