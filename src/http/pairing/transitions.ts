import type { RequestKind } from './pipelining.js';

/** What is known of a connection, from both of its sides together. */
export type PairingState =
  'http' | 'asked' | 'unanswered' | 'doubted' | 'unasked' | 'headless' | 'accepted' | 'tunnel' | 'http2' | 'ignored';

/** What happens on a connection. */
export type PairingEvent =
  | RequestKind
  | 'response'
  | 'answer'
  | 'upgrade after frames'
  | 'cut request after frames'
  | 'earlier answer'
  | 'doubtful answer'
  | 'refusal'
  | 'switch'
  | 'switch without request'
  | 'switch for another request'
  | 'switch, and its request is in doubt'
  | 'upgrade in doubt'
  | 'no other request'
  | 'maybe another request'
  | 'switch to HTTP/2'
  | 'other switch'
  | 'tunnel opens'
  | 'switch inside tunnel'
  | 'stray bytes'
  | 'stray bytes on both sides'
  | 'stray bytes, late'
  | 'no answer'
  | 'no answer, and the end'
  | 'no answer, and the next request'
  | 'no answer, and maybe another request'
  | 'switch after other bytes'
  | 'not readable'
  | 'nothing asked for'
  | 'no tunnel'
  | 'head too long'
  | 'sides swapped'
  | 'next upgrade'
  | 'socks';

/** What is done then. */
export type PairingAction =
  | 'read on'
  | 'hold the client'
  | 'hold the server'
  | 'pass over the body'
  | 'pass over the chunk'
  | 'follow'
  | 'follow without request'
  | 'follow with a doubt'
  | 'follow what may be frames'
  | 'learn'
  | 'learn without request'
  | 'learn with a doubt'
  | 'doubt'
  | 'believe'
  | 'forget'
  | 'refuse'
  | 'open the tunnel'
  | 'open the tunnel of SOCKS'
  | 'read as HTTP/2'
  | 'start over'
  | 'restart'
  | 'ignore';

/** One row of the table. */
export interface Transition {
  readonly action: PairingAction;
  readonly next: PairingState;
}

/** What each state means. */
export const STATES: Readonly<Record<PairingState, string>> = {
  http: 'both sides send messages of HTTP/1',
  asked: 'a request that may change the protocol waits for its answer, and what the client sends after it waits too',
  unanswered: 'frames after a request whose 101 has not come',
  doubted: 'the same, and another request may have come before them, in what is missing: neither is told',
  unasked: 'frames after a 101 whose request has not come, or is in doubt and not told',
  headless: 'what may be frames, without either head: they have to be proven',
  accepted: 'frames after a request and its 101',
  tunnel: 'a connection of its own, after CONNECT or SOCKS',
  http2: 'frames of HTTP/2, which may carry WebSocket',
  ignored: 'nothing that is read here',
};

/** What each event means. */
export const EVENTS: Readonly<Record<PairingEvent, string>> = {
  request: 'a request that changes nothing',
  upgrade: 'a request for WebSocket',
  connect: 'a request for a tunnel',
  'cut request': 'a GET whose head was not captured whole',
  http2: 'the first line of an HTTP/2 connection',
  response: 'a final response: what it means is known once its request is',
  answer: 'a final response to the latest request, which changes nothing',
  'upgrade after frames': 'a request for WebSocket, and the other side was captured from its frames on',
  'cut request after frames': 'the same of a GET whose head was not captured whole: it, or one after it, asked',
  'earlier answer': 'the same to a request before it',
  'doubtful answer': 'after a loss, a final response that is the answer to a request for WebSocket or to one before it',
  refusal: 'another final response than a 101 to a request for WebSocket',
  switch: 'a 101 to WebSocket, and its request is known',
  'switch without request': 'a 101 to WebSocket, and its request is not known',
  'switch for another request':
    'a 101 to WebSocket that does not answer the request before it, after which bytes are missing',
  'switch, and its request is in doubt':
    'a 101 to WebSocket that answers the request before it, or one that is to come',
  'upgrade in doubt': 'a request for WebSocket after the 101, which may answer a later one',
  'no other request': 'what follows a request in doubt shows that it was the last one',
  'maybe another request': 'what is missing after a request may hold another one',
  'switch to HTTP/2': 'a 101 to HTTP/2 (`Upgrade: h2c`)',
  'other switch': 'a 101 to something else',
  'tunnel opens': 'a 2xx to CONNECT',
  'switch inside tunnel': 'a 101 to WebSocket after CONNECT: the answer of the proxy came before it',
  'stray bytes': 'bytes that are not HTTP where a message must be',
  'stray bytes on both sides': 'the same on the second side, before any message',
  'stray bytes, late': 'the same before any message, where the beginning was not captured',
  'no answer': 'the answer was not captured, or waits for too long',
  'no answer, and the end': 'the server ended the connection in place of an answer, or answered with stray bytes',
  'no answer, and the next request': 'the answer was not captured, and the client goes on with HTTP',
  'no answer, and maybe another request':
    'the answer was not captured, and what is missing after the request may hold another one',
  'switch after other bytes': 'a 101 to WebSocket after bytes that are no frames',
  'nothing asked for': 'what follows a cut GET shows that it changed nothing',
  'not readable': 'stray bytes in place of an answer, and nothing after them that shows what they were',
  'no tunnel': 'neither an answer to CONNECT nor anything after it',
  'head too long': 'a head that is not kept whole and shows nothing of WebSocket',
  'sides swapped': 'a message from the wrong side: what was followed was none',
  'next upgrade': 'after frames, a request for WebSocket that the 101 before them does not answer',
  socks: 'the exchange of a client and a SOCKS proxy',
};

const FOLLOWED: Partial<Record<PairingEvent, Transition>> = {
  request: { action: 'start over', next: 'http' },
  upgrade: { action: 'start over', next: 'http' },
  connect: { action: 'start over', next: 'http' },
  'cut request': { action: 'start over', next: 'http' },
  http2: { action: 'start over', next: 'http' },
  answer: { action: 'start over', next: 'http' },
  'switch to HTTP/2': { action: 'start over', next: 'http' },
  'other switch': { action: 'start over', next: 'http' },
  'sides swapped': { action: 'restart', next: 'http' },
};

/**
 * What a connection's messages mean together, as one table.
 *
 * An event that is not in a state's row cannot happen in it. `start over` handles its event again, in the next state.
 */
export const TRANSITIONS: Readonly<Record<PairingState, Partial<Record<PairingEvent, Transition>>>> = {
  http: {
    request: { action: 'read on', next: 'http' },
    upgrade: { action: 'hold the client', next: 'asked' },
    connect: { action: 'hold the client', next: 'asked' },
    'cut request': { action: 'hold the client', next: 'asked' },
    http2: { action: 'read as HTTP/2', next: 'http2' },
    response: { action: 'hold the server', next: 'http' },
    answer: { action: 'pass over the body', next: 'http' },
    'earlier answer': { action: 'pass over the body', next: 'http' },
    switch: { action: 'follow', next: 'accepted' },
    'switch without request': { action: 'follow without request', next: 'unasked' },
    'switch to HTTP/2': { action: 'read as HTTP/2', next: 'http2' },
    'other switch': { action: 'ignore', next: 'ignored' },
    'stray bytes': { action: 'pass over the chunk', next: 'http' },
    'stray bytes on both sides': { action: 'ignore', next: 'ignored' },
    'stray bytes, late': { action: 'follow what may be frames', next: 'headless' },
    'not readable': { action: 'ignore', next: 'ignored' },
    'head too long': { action: 'ignore', next: 'ignored' },
    socks: { action: 'open the tunnel of SOCKS', next: 'tunnel' },
  },
  asked: {
    request: { action: 'read on', next: 'http' },
    upgrade: { action: 'hold the client', next: 'asked' },
    connect: { action: 'hold the client', next: 'asked' },
    'cut request': { action: 'hold the client', next: 'asked' },
    http2: { action: 'read as HTTP/2', next: 'http2' },
    response: { action: 'hold the server', next: 'asked' },
    answer: { action: 'pass over the body', next: 'http' },
    'earlier answer': { action: 'pass over the body', next: 'asked' },
    'doubtful answer': { action: 'pass over the body', next: 'asked' },
    refusal: { action: 'refuse', next: 'http' },
    switch: { action: 'follow', next: 'accepted' },
    'switch without request': { action: 'follow without request', next: 'unasked' },
    'switch, and its request is in doubt': { action: 'follow with a doubt', next: 'unasked' },
    'switch to HTTP/2': { action: 'read as HTTP/2', next: 'http2' },
    'other switch': { action: 'ignore', next: 'ignored' },
    'tunnel opens': { action: 'open the tunnel', next: 'tunnel' },
    'switch inside tunnel': { action: 'open the tunnel', next: 'tunnel' },
    'stray bytes': { action: 'hold the server', next: 'asked' },
    'stray bytes, late': { action: 'follow what may be frames', next: 'headless' },
    'no answer': { action: 'follow', next: 'unanswered' },
    'no answer, and the end': { action: 'refuse', next: 'http' },
    'no answer, and the next request': { action: 'refuse', next: 'http' },
    'no answer, and maybe another request': { action: 'follow with a doubt', next: 'doubted' },
    'nothing asked for': { action: 'read on', next: 'http' },
    'no tunnel': { action: 'ignore', next: 'ignored' },
    'not readable': { action: 'ignore', next: 'ignored' },
    'head too long': { action: 'ignore', next: 'ignored' },
  },
  unanswered: {
    ...FOLLOWED,
    'earlier answer': { action: 'pass over the body', next: 'unanswered' },
    switch: { action: 'learn', next: 'accepted' },
    'switch for another request': { action: 'learn without request', next: 'unasked' },
    'switch, and its request is in doubt': { action: 'learn with a doubt', next: 'unasked' },
    'maybe another request': { action: 'doubt', next: 'doubted' },
    // Frames of the server came before both: it answered one of them, and no request follows that.
    'upgrade after frames': { action: 'learn', next: 'unanswered' },
  },
  doubted: {
    ...FOLLOWED,
    'earlier answer': { action: 'pass over the body', next: 'doubted' },
    switch: { action: 'believe', next: 'accepted' },
    'no other request': { action: 'believe', next: 'unanswered' },
    'switch without request': { action: 'learn', next: 'unasked' },
    'upgrade after frames': { action: 'learn', next: 'unanswered' },
  },
  unasked: {
    ...FOLLOWED,
    request: { action: 'read on', next: 'unasked' },
    connect: { action: 'read on', next: 'unasked' },
    upgrade: { action: 'learn', next: 'accepted' },
    'upgrade in doubt': { action: 'doubt', next: 'unasked' },
    'no other request': { action: 'believe', next: 'accepted' },
    'maybe another request': { action: 'forget', next: 'unasked' },
    // Another one may follow it before the frames.
    'cut request': { action: 'learn', next: 'unasked' },
    switch: { action: 'learn', next: 'unasked' },
    'next upgrade': { action: 'restart', next: 'http' },
  },
  headless: {
    ...FOLLOWED,
    'earlier answer': { action: 'pass over the body', next: 'headless' },
    'switch after other bytes': { action: 'start over', next: 'http' },
    'upgrade after frames': { action: 'learn', next: 'unanswered' },
    'cut request after frames': { action: 'read on', next: 'headless' },
    switch: { action: 'learn', next: 'unasked' },
  },
  accepted: { ...FOLLOWED, switch: { action: 'learn', next: 'accepted' } },
  tunnel: {},
  http2: {},
  ignored: {},
};
