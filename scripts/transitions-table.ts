import { EVENTS, STATES, TRANSITIONS, type PairingEvent, type PairingState } from '../src/http/pairing/transitions.js';

const BEGIN = '<!-- transitions: npm run docs writes what follows -->';
const END = '<!-- end of transitions -->';

/** A document with the table of what the two sides of a handshake mean together, between its two marks. */
export function withTransitions(document: string): string {
  const from = document.indexOf(BEGIN);
  const to = document.indexOf(END);
  if (from < 0 || to < 0) throw new Error('the document has no place for the transitions');
  return `${document.slice(0, from)}${BEGIN}\n\n${tables()}\n\n${document.slice(to)}`;
}

function tables(): string {
  const states = Object.entries(STATES).map(([name, what]) => `| ${name} | ${what} |`);
  const rows = (Object.keys(TRANSITIONS) as PairingState[]).flatMap((state) =>
    (Object.keys(EVENTS) as PairingEvent[]).flatMap((event) => {
      const row = TRANSITIONS[state][event];
      return row === undefined ? [] : [`| ${state} | ${event} | ${row.action} | ${row.next} |`];
    }),
  );
  const events = Object.entries(EVENTS).map(([name, what]) => `| ${name} | ${what} |`);
  return [
    ['| state | what is known |', '| --- | --- |', ...states].join('\n'),
    ['| event | what happens |', '| --- | --- |', ...events].join('\n'),
    ['| state | event | what is done | next state |', '| --- | --- | --- | --- |', ...rows].join('\n'),
  ].join('\n\n');
}
