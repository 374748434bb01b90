import type { App } from './app.js';
import type { Connection } from './data/model.js';

/** `#c=0&m=42`: the address of what is looked at, without a new entry in the history. */
export function setLink(connection: Connection, number: number): void {
  history.replaceState(null, '', `#c=${encodeURIComponent(connection.name)}&m=${number}`);
}

/** Shows what the address names: a message, or a connection. */
export function followLink(app: App): void {
  const link = new URLSearchParams(location.hash.slice(1));
  const { model } = app;
  const row = model.rows[Number(link.get('m')) - 1];
  const connection = model.connections.find(({ name }) => name === link.get('c'));
  if (row !== undefined && (connection === undefined || row.connection === connection)) {
    app.select(row, true);
    document.getElementById('messages')?.scrollIntoView();
  } else if (connection !== undefined && !link.has('m')) {
    app.setView('conversation', connection);
    document.getElementById('messages')?.scrollIntoView();
  }
}
