import { finding, type Finding } from '../common/finding.js';
import type { Side } from '../common/sink.js';
import type { Http2ConnectionListener } from './http2-listener.js';

/**
 * What is found out about an HTTP/2 connection itself. It is told where the connection carries a WebSocket, or its server
 * allows one: what is wrong with or missing from others nobody asked about.
 */
export class ConnectionFindings {
  readonly #most: number;
  readonly #listener: Pick<Http2ConnectionListener, 'finding'>;
  readonly #waiting: { readonly side: Side; readonly found: Finding }[] = [];
  #told: Set<string> | undefined = undefined;
  #isTold = false;
  #count = 0;

  /** @param most - findings that are listed; more are counted */
  constructor(most: number, listener: Pick<Http2ConnectionListener, 'finding'>) {
    this.#most = most;
    this.#listener = listener;
  }

  /** From here on findings are told, and those that waited. */
  tell(): void {
    if (this.#isTold) return;
    this.#isTold = true;
    for (const { side, found } of this.#waiting) this.#listener.finding(side, found);
    this.#waiting.length = 0;
  }

  add(side: Side, found: Finding): void {
    if (++this.#count > this.#most) return;
    if (this.#isTold) this.#listener.finding(side, found);
    else this.#waiting.push({ side, found });
  }

  /** Tells something at once, and once for each subject. */
  once(side: Side, found: Finding, subject: string): void {
    const told = (this.#told ??= new Set());
    if (told.has(subject) || told.size >= this.#most) return;
    told.add(subject);
    this.#listener.finding(side, found);
  }

  /** Nothing more comes. @param isUnknown - what was not seen could have been WebSocket */
  end(isUnknown: boolean): void {
    if (isUnknown) this.tell();
    this.#waiting.length = 0;
    const more = this.#count - this.#most;
    if (!this.#isTold || more <= 0) return;
    this.#listener.finding(
      0,
      finding('limit.findings', `${more} more findings of the HTTP/2 connection are not listed`),
    );
  }
}
