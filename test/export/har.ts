import { readFileSync } from 'node:fs';
import { dissect, type DissectOptions } from '../../src/dissect.js';
import { HarWriter } from '../../src/export/har-writer.js';
import { KeyLog } from '../../src/tls/key-log/key-log.js';

/** The parts of a HAR file that the tests look at. */
export interface Har {
  readonly log: { readonly version: string; readonly entries: readonly HarEntry[] };
}

/** An entry of a HAR file. */
interface HarEntry {
  readonly startedDateTime: string;
  readonly time: number;
  readonly request: {
    readonly url: string;
    readonly method: string;
    readonly headers: readonly { name: string; value: string }[];
  };
  readonly response: { readonly status: number; readonly statusText: string };
  readonly comment?: string;
  readonly _resourceType: string;
  readonly _webSocketMessages: readonly HarMessage[];
}

/** A message of an entry. */
interface HarMessage {
  readonly type: 'send' | 'receive';
  readonly time: number;
  readonly opcode: number;
  readonly data: string;
  readonly encoding?: string;
  readonly status?: string;
  readonly missing?: number;
}

const FIXTURES = new URL('../../fixtures/', import.meta.url);

/** The path of a fixture. */
export function fixture(name: string): URL {
  return new URL(name, FIXTURES);
}

/** The text of the HAR file of some captures. */
export async function harText(captures: readonly Buffer[], options: DissectOptions = {}): Promise<string> {
  const writer = new HarWriter();
  const pieces = [writer.begin({ name: 'wsdissect', version: '0' })];
  let entries = 0;
  for (const [index, capture] of captures.entries()) {
    for await (const event of dissect([capture], options)) {
      const file = captures.length > 1 ? `capture ${index}` : undefined;
      const entry = [...writer.event(event, file)].map((piece) => piece.toString('utf8'));
      if (entry.length > 0) pieces.push(entries++ > 0 ? ',\n' : '\n', ...entry);
    }
  }
  pieces.push(writer.end());
  writer.close();
  return pieces.join('');
}

/** The HAR file of some fixtures. */
export async function harOf(names: readonly string[], keys?: string): Promise<Har> {
  const keyLog = new KeyLog();
  if (keys !== undefined) keyLog.push(readFileSync(fixture(keys)));
  const captures = names.map((name) => readFileSync(fixture(name)));
  return JSON.parse(await harText(captures, { keyLog })) as Har;
}
