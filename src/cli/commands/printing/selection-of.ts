import type { RecordType } from '../../../output/records/record-field.js';
import { filterOf } from '../../options/filter-options.js';
import type { RecordsOptions } from '../../options/printing-options.js';
import type { Selection } from '../../options/selection.js';

/** The test that a command line has for records; `undefined` where all are shown. */
export async function selectionOf(
  type: RecordType,
  options: RecordsOptions,
  file: string | undefined,
): Promise<Selection | undefined> {
  const filter = await filterOf(options, type, file);
  if (filter === undefined && !hasTests(options)) return undefined;
  const { Selection } = await import('../../options/selection.js');
  return new Selection(options, filter);
}

/** Whether any test of frames and messages alone is there. */
export function hasTests({ opcode, from, match, packet }: RecordsOptions): boolean {
  return [opcode, from, match, packet].some((test) => test !== undefined);
}
