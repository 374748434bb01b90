import { isHttp2Preface, methodOf, type CapturedHead } from '../messages/captured-head.js';
import { asksForWebSocket } from '../messages/head.js';
import { isBefore11 } from '../messages/start-line.js';

/**
 * What a request may lead to: an `upgrade` to WebSocket, a tunnel (`connect`), HTTP/2, nothing that matters here
 * (`request`), or any of them because its head was not captured whole (`cut request`).
 */
export type RequestKind = 'request' | 'upgrade' | 'connect' | 'cut request' | 'http2';

/** A request whose answer is not known yet. */
export interface OpenRequest {
  /** Requests of the connection before it. */
  readonly index: number;
  readonly head: CapturedHead;
  readonly kind: RequestKind;
  /** There where it was put together from two parts that may be of two requests. */
  readonly joint?: { readonly before: CapturedHead; readonly after: CapturedHead };
}

/** What is known of the request that a response answers. */
export interface Answered {
  /** The request itself, where it is the latest one. */
  readonly open: OpenRequest | undefined;
  /** `undefined` where the request is not known; of older requests, `HEAD` or `other`. */
  readonly method: string | undefined;
}

/** Requests that wait for an answer; of a one-way capture they only ever become more. */
const MOST_HEAD_REQUESTS = 1024;

/** A last line that was cut, and says so much all the same. */
const TAIL = /^(?:upgrade[ \t]*:[ \t]*websocket|sec-websocket-(?:key|version)[ \t]*:)/i;

/** What a request may lead to. */
export function requestKind(request: CapturedHead): RequestKind {
  if (isHttp2Preface(request)) return 'http2';
  if (asksForWebSocket(request.fields) || TAIL.test(request.tail)) return 'upgrade';
  const method = methodOf(request);
  if (method === 'CONNECT') return 'connect';
  if (request.whole || method !== 'GET') return 'request';
  return request.line !== undefined && isBefore11(request.line) ? 'request' : 'cut request';
}

/**
 * Whether a 101 to WebSocket cannot be the answer to this request, as far as is known: it was captured whole and asks for
 * nothing, and where the count of messages is lost another one may have come after it.
 */
export function isAnotherRequest(request: OpenRequest | undefined, isCounted: boolean): boolean {
  return request !== undefined && request.kind === 'request' && !isCounted;
}

/**
 * Pairs the k-th final response with the k-th request (RFC 9112 section 9.3.2).
 *
 * Whichever comes first in the capture is counted first. A client does not go on after a request for a tunnel or an
 * upgrade before it has its answer, so only the latest request is kept.
 */
export class Pipelining {
  #requests = 0;
  #responses = 0;
  #open: OpenRequest | undefined;
  #headRequests: number[] = [];
  #counted: boolean;

  /** @param counted - false where messages may have gone before that were not captured */
  constructor(counted: boolean) {
    this.#counted = counted;
  }

  /** The latest request, while its answer is not known. */
  get open(): OpenRequest | undefined {
    return this.#open;
  }

  /** No request has come. */
  get isFresh(): boolean {
    return this.#requests === 0;
  }

  /** False where it is not known which request a response answers. */
  get isCounted(): boolean {
    return this.#counted;
  }

  /** Whether the request of the next final response has come, or cannot be told. */
  get hasRequest(): boolean {
    return !this.#counted || this.#requests > this.#responses;
  }

  /** Final responses that have come. */
  get responses(): number {
    return this.#responses;
  }

  /** A message may have been lost: from now on a response answers the latest request. */
  loseCount(): void {
    this.#counted = false;
  }

  addRequest(head: CapturedHead, kind: RequestKind): void {
    const request = { index: this.#requests++, head, kind };
    this.#open = request;
    if (methodOf(head) !== 'HEAD') return;
    this.#headRequests.push(request.index);
    if (this.#headRequests.length > MOST_HEAD_REQUESTS) this.#headRequests.shift();
  }

  /** More of the latest request has come to light. */
  complete(more: Pick<OpenRequest, 'head' | 'kind' | 'joint'>): void {
    if (this.#open !== undefined) this.#open = { ...this.#open, ...more };
  }

  addResponse(): Answered {
    const index = this.#responses++;
    const latest = this.#open;
    if (latest !== undefined && (!this.#counted || latest.index === index)) {
      this.#open = undefined;
      return { open: latest, method: methodOf(latest.head) };
    }
    if (!this.#counted || index >= this.#requests) return { open: undefined, method: undefined };
    while (this.#headRequests.length > 0 && this.#headRequests[0]! < index) this.#headRequests.shift();
    return { open: undefined, method: this.#headRequests[0] === index ? 'HEAD' : 'other' };
  }

  /** A response has come that may answer the latest request or one before it. */
  passResponse(): void {
    this.#responses++;
  }

  /** The latest request will not be answered. */
  giveUp(): void {
    this.#open = undefined;
  }
}
