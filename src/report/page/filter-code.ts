import { compileFilter } from '../../filter/compile-filter.js';
import type { Filtered } from '../../filter/filter-view.js';
import type { MessageRecord } from './data/model.js';

/** What tells whether an expression is true of a message's record, and the fields that it reads. */
export interface MessageFilter {
  (record: MessageRecord): boolean;
  readonly fields: ReadonlySet<string>;
}

/**
 * Compiles an expression as `messages --where` takes it. The bundler makes a script of its own of this module, as
 * most who look at a page write no expression.
 *
 * @throws RangeError that says what is wrong with the expression
 */
export function compile(text: string): MessageFilter {
  const filter = compileFilter(text, 'message');
  const test = (record: MessageRecord): boolean => filter(record as unknown as Filtered);
  return Object.assign(test, { fields: filter.fields });
}
