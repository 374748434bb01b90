import { readFileSync } from 'node:fs';
import { WsdissectError } from '../common/error.js';

/** Where the page's data goes: `scripts/bundle.ts` writes the page around it. */
const PLACE_OF_RECORDS = '<!--records-->';

/** The page of a report, before and after its data. */
export function reportPage(): readonly [before: string, after: string] {
  const file = new URL('../../dist/report/page.html', import.meta.url);
  const parts = readFileSync(file, 'utf8').split(PLACE_OF_RECORDS);
  if (parts.length !== 2)
    throw new WsdissectError('unreadable', 'the page of the report is damaged: install wsdissect again');
  return [parts[0]!, parts[1]!];
}
