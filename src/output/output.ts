import type { DissectEvent } from '../events.js';

/**
 * Turns the events of one capture into what is printed of them.
 *
 * It collects; whoever writes takes what there is, often enough that it never grows far.
 */
export interface Output {
  /** Takes the next event. What this output does not show is left out. */
  event(event: DissectEvent): void;
  /** Takes note of an event that is not to be shown: records are numbered, and times counted, as if it were. */
  skip(event: DissectEvent): void;
  /** What is shown next does not follow what was shown before: text has a line that says so. */
  separate?(): void;
  /** Nothing more comes, or not soon: what waited to be aligned with later lines is printed now. */
  flush(): void;
  /** About how many bytes wait to be taken; 0 where none do. */
  readonly length: number;
  /**
   * Takes what was collected, as UTF-8: of a large record the next piece, so take until nothing waits. The view is valid
   * until the next call.
   */
  take(): Uint8Array;
  /** What of the records it could not print, once all have come. */
  note?(): string | undefined;
}

/** An output of text: each event becomes some lines, or none. */
export abstract class TextOutput implements Output {
  #text = '';

  abstract event(event: DissectEvent): void;
  abstract skip(event: DissectEvent): void;

  flush(): void {
    // Most text is complete after each event.
  }

  separate(): void {
    this.print('--\n');
  }

  get length(): number {
    return this.#text.length;
  }

  take(): Uint8Array {
    const bytes = Buffer.from(this.#text, 'utf8');
    this.#text = '';
    return bytes;
  }

  /** Adds lines, each with its line end. */
  protected print(text: string): void {
    this.#text += text;
  }
}
