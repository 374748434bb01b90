import type { HttpHead } from './handshake.js';

/** The values of all fields of a name, in order; names are compared without regard to case. */
export function fieldValues(head: HttpHead, name: string): string[] {
  const values: string[] = [];
  for (const [field, value] of head.fields) {
    if (field.length === name.length && field.toLowerCase() === name) values.push(value);
  }
  return values;
}

/** All fields of a name as one value, as RFC 9110 section 5.3 joins them; `undefined` where there is none. */
export function joinedField(head: HttpHead, name: string): string | undefined {
  const values = fieldValues(head, name);
  return values.length === 0 ? undefined : values.join(', ');
}

/** The members of a comma-separated field, in their own case; empty members left out. */
export function listField(head: HttpHead, name: string): string[] {
  return fieldValues(head, name)
    .flatMap((value) => value.split(','))
    .map((member) => member.trim())
    .filter((member) => member !== '');
}

/** Whether a comma-separated field has a member, compared without regard to case. */
export function hasToken(head: HttpHead, name: string, token: string): boolean {
  // Nearly all have one member: no list is made of it.
  return fieldValues(head, name).some((value) =>
    value.includes(',') ? value.split(',').some((member) => isMember(member, token)) : isMember(value, token),
  );
}

function isMember(member: string, token: string): boolean {
  return member.trim().toLowerCase() === token;
}

/** Whether a request wants the connection to become WebSocket, even if fields of the handshake are missing. */
export function asksForWebSocket(request: HttpHead): boolean {
  return (
    hasToken(request, 'upgrade', 'websocket') ||
    fieldValues(request, 'sec-websocket-key').length > 0 ||
    fieldValues(request, 'sec-websocket-version').length > 0
  );
}

/**
 * What a 101 changes the connection to: `unsaid` where it has no Upgrade field.
 *
 * The drafts before RFC 6455 (hixie-75 and -76) said `WebSocket` too, but their frames are others: a field that no
 * later version has tells them.
 */
export function switchesTo(response: HttpHead): 'websocket' | 'other' | 'unsaid' {
  if (fieldValues(response, 'sec-websocket-accept').length > 0) return 'websocket';
  const draft = fieldValues(response, 'sec-websocket-location').length > 0;
  if (draft || fieldValues(response, 'websocket-location').length > 0) return 'other';
  if (listField(response, 'upgrade').length === 0) return 'unsaid';
  return hasToken(response, 'upgrade', 'websocket') ? 'websocket' : 'other';
}
