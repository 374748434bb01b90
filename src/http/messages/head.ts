import type { HttpHead } from '../handshake.js';
import { ReadHead } from './read-head.js';

/** The fields of one head, by their names in lower case: made once for each head, and asked often. */
export type FieldIndex = ReadonlyMap<string, readonly string[]>;

const NONE: readonly string[] = [];

/** Puts the fields of a head in order by name. */
export function indexFields(head: HttpHead): FieldIndex {
  const index = new Map<string, string[]>();
  // The index is what is kept of them.
  for (const [name, value] of head instanceof ReadHead ? head.once() : head.fields) {
    const key = name.toLowerCase();
    const values = index.get(key);
    if (values === undefined) index.set(key, [value]);
    else values.push(value);
  }
  return index;
}

/** The values of all fields of a name, in order; names are compared without regard to case. */
export function fieldValues(head: HttpHead, name: string): string[] {
  const values: string[] = [];
  for (const [field, value] of head.fields) {
    if (field.length === name.length && field.toLowerCase() === name) values.push(value);
  }
  return values;
}

/** The values of all fields of a name, which is given in lower case. */
export function valuesOf(fields: FieldIndex, name: string): readonly string[] {
  return fields.get(name) ?? NONE;
}

/** All fields of a name as one value, as RFC 9110 section 5.3 joins them; `undefined` where there is none. */
export function joinedField(fields: FieldIndex, name: string): string | undefined {
  return fields.get(name)?.join(', ');
}

/** The members of a comma-separated field, in their own case; empty members left out. */
export function listField(fields: FieldIndex, name: string): string[] {
  return valuesOf(fields, name)
    .flatMap((value) => value.split(','))
    .map((member) => member.trim())
    .filter((member) => member !== '');
}

/** Whether a comma-separated field has a member, compared without regard to case. */
export function hasToken(fields: FieldIndex, name: string, token: string): boolean {
  // Nearly all have one member: no list is made of it.
  return valuesOf(fields, name).some((value) =>
    value.includes(',') ? value.split(',').some((member) => isMember(member, token)) : isMember(value, token),
  );
}

function isMember(member: string, token: string): boolean {
  return member.trim().toLowerCase() === token;
}

/** Whether a request wants the connection to become WebSocket, even if fields of the handshake are missing. */
export function asksForWebSocket(request: FieldIndex): boolean {
  return (
    request.has('sec-websocket-key') ||
    request.has('sec-websocket-version') ||
    hasToken(request, 'upgrade', 'websocket')
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
  if (hasToken(response, 'upgrade', 'h2c')) return 'http2';
  if (listField(response, 'upgrade').length === 0) return 'unsaid';
  return hasToken(response, 'upgrade', 'websocket') ? 'websocket' : 'other';
}
