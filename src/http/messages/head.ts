import type { HttpHead } from '../handshake.js';
import { ReadHead } from './read-head.js';

/**
 * The fields of one head: made once for each head, and asked often. Names are asked for in lower case.
 *
 * They stand in a list, name, value, name, value: a head has a dozen of them, and a table takes longer to make than all
 * that is asked of it.
 */
export class FieldIndex {
  readonly #row: readonly string[];

  /** @param row - name, value, name, value; the index keeps it */
  constructor(row: string[]) {
    for (let at = 0; at < row.length; at += 2) row[at] = row[at]!.toLowerCase();
    this.#row = row;
  }

  /** Whether there is a field of a name. */
  has(name: string): boolean {
    return this.#find(name, 0) >= 0;
  }

  /** The value of the first field of a name; `undefined` where there is none. */
  first(name: string): string | undefined {
    const at = this.#find(name, 0);
    return at < 0 ? undefined : this.#row[at];
  }

  /** The values of all fields of a name, in order. */
  all(name: string): readonly string[] {
    let at = this.#find(name, 0);
    if (at < 0) return NONE;
    const values: string[] = [];
    for (; at >= 0; at = this.#find(name, at + 1)) values.push(this.#row[at]!);
    return values;
  }

  /** All fields of a name as one value, as RFC 9110 section 5.3 joins them; `undefined` where there is none. */
  joined(name: string): string | undefined {
    const at = this.#find(name, 0);
    if (at < 0) return undefined;
    return this.#find(name, at + 1) < 0 ? this.#row[at] : this.all(name).join(', ');
  }

  /** The members of a comma-separated field, in their own case; empty members left out. */
  list(name: string): readonly string[] {
    const value = this.joined(name);
    return value === undefined ? NONE : membersOf(value);
  }

  /** Whether a comma-separated field has a member, which is given in lower case and compared without regard to case. */
  hasToken(name: string, token: string): boolean {
    for (let at = this.#find(name, 0); at >= 0; at = this.#find(name, at + 1)) {
      const value = this.#row[at]!;
      // Nearly all have one member: no list is made of it.
      if (value.includes(',') ? membersOf(value).some((member) => isMember(member, token)) : isMember(value, token)) {
        return true;
      }
    }
    return false;
  }

  /** Where the value of the next field of a name stands; -1 where there is none. @param from - of a name */
  #find(name: string, from: number): number {
    const row = this.#row;
    for (let at = from; at < row.length; at += 2) if (row[at] === name) return at + 1;
    return -1;
  }
}

const NONE: readonly string[] = [];

function membersOf(value: string): readonly string[] {
  return value
    .split(',')
    .map((member) => member.trim())
    .filter((member) => member !== '');
}

function isMember(member: string, token: string): boolean {
  return member.trim().toLowerCase() === token;
}

/** Puts the fields of a head in order by name. */
export function indexFields(head: HttpHead): FieldIndex {
  // The index is what is kept of them.
  return new FieldIndex(head instanceof ReadHead ? head.inRow() : head.fields.flat());
}

/** The values of all fields of a name, in order; names are compared without regard to case. */
export function fieldValues(head: HttpHead, name: string): string[] {
  const values: string[] = [];
  for (const [field, value] of head.fields) {
    if (field.length === name.length && field.toLowerCase() === name) values.push(value);
  }
  return values;
}

/** Whether a request wants the connection to become WebSocket, even if fields of the handshake are missing. */
export function asksForWebSocket(request: FieldIndex): boolean {
  return (
    request.has('sec-websocket-key') || request.has('sec-websocket-version') || request.hasToken('upgrade', 'websocket')
  );
}

/**
 * What a 101 changes the connection to: `unsaid` where it has no Upgrade field.
 *
 * The drafts before RFC 6455 (hixie-75 and -76) said `WebSocket` too, but their frames are others: a field that no
 * later version has tells them.
 */
export function switchesTo(response: FieldIndex): 'websocket' | 'http2' | 'other' | 'unsaid' {
  if (response.has('sec-websocket-accept')) return 'websocket';
  if (response.has('sec-websocket-location') || response.has('websocket-location')) return 'other';
  if (response.hasToken('upgrade', 'h2c')) return 'http2';
  if (response.list('upgrade').length === 0) return 'unsaid';
  return response.hasToken('upgrade', 'websocket') ? 'websocket' : 'other';
}
