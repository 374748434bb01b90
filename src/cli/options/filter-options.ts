import { WsdissectError } from '../../common/error.js';
import { parseTimeSpan } from '../../filter/moment.js';
import type { EventFilter, EventFilterOptions } from '../../filter/event-filter.js';
import type { FilteredType } from '../../filter/filter-fields.js';
import type { OptionTable } from './option.js';
import { parseCount, parsePattern } from './values.js';

/** The parsed options that choose records by what they are. */
export interface FilterOptions extends EventFilterOptions {
  readonly invert?: true;
}

/** The options that choose records by what they are. */
export const FILTER_OPTIONS: OptionTable<FilterOptions> = {
  where: {
    flags: '--where <expression>',
    description:
      'only where this is true of the JSON record, in the Common Expression Language: \'decoded.name == "chat" && length > 100\'',
  },
  url: {
    flags: '--url <regex>',
    description: 'only connections whose URL this regular expression of JavaScript matches',
    parse: parsePattern,
  },
  host: {
    flags: '--host <name>',
    description: 'only connections with this host in their URL, or this address at an end; * stands for any characters',
  },
  between: {
    flags: '--between <times>',
    description: 'only what was then: two times and .. between them, in UTC or seconds since 1970; one may be left out',
    parse: parseTimeSpan,
  },
  invert: { flags: '--invert', description: 'the others: what the options that select would leave out' },
};

/** What is shown around what the options choose. */
export interface ContextOption {
  /** As many records before and after those that are chosen. */
  readonly context?: number;
}

/** The option of it. */
export const CONTEXT_OPTION: OptionTable<ContextOption> = {
  context: {
    flags: '-C, --context <number>',
    description: 'as many records before and after those that are chosen; in text, -- stands where some are left out',
    parse: parseCount,
  },
};

const CHOOSING = ['where', 'url', 'host', 'between'] as const;

/**
 * The filter that the options ask for.
 *
 * @param file - the value of the field `file`
 * @returns `undefined` where they ask for none
 * @throws WsdissectError `bad-option` for an expression that cannot be about such records
 */
export async function filterOf(
  options: FilterOptions,
  type: FilteredType,
  file: string | undefined,
): Promise<EventFilter | undefined> {
  if (CHOOSING.every((name) => options[name] === undefined)) return undefined;
  const { EventFilter } = await import('../../filter/event-filter.js');
  try {
    return new EventFilter(options, type, file);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new WsdissectError('bad-option', `--where: ${error.message}`, { cause: error });
  }
}

/** Whether the options choose some of the records. */
export function isFiltering(options: FilterOptions): boolean {
  return CHOOSING.some((name) => options[name] !== undefined);
}

/** Why `--invert` cannot be done; `undefined` where it can, or is not asked for. */
export function invertRefusal(options: FilterOptions, others: boolean): string | undefined {
  if (options.invert !== true || others || isFiltering(options)) return undefined;
  return '--invert shows what other options leave out: give one that selects, such as --where or --url';
}

/** Why `--context` cannot be done; `undefined` where it can, or is not asked for. */
export function contextRefusal(options: FilterOptions & ContextOption, others: boolean): string | undefined {
  if (options.context === undefined || others || isFiltering(options)) return undefined;
  return '--context shows what is around what other options select: give one that does, such as --match or --where';
}
