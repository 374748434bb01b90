import type { OptionDefinition } from './options.js';

/** The parts of an option's flags, as in `-m, --mask [key]`. */
export interface Flags {
  /** `-m`; `undefined` where it has no short name. */
  readonly short: string | undefined;
  /** `--mask`. */
  readonly long: string;
  /** `key`; `undefined` where it takes no value. */
  readonly value: string | undefined;
  /** It may stand without a value, which must follow an equals sign otherwise. */
  readonly isOptional: boolean;
}

const FLAGS = /^(?:(-\w), )?(--[\w-]+)(?: ([<[])(.+)[>\]])?$/;

/** Takes flags apart. @throws TypeError where they are written otherwise: a mistake in the table */
export function parseFlags(flags: string): Flags {
  const match = FLAGS.exec(flags);
  if (match === null) throw new TypeError(`flags that cannot be read: ${flags}`);
  const [, short, long, bracket, value] = match;
  return { short, long: long!, value, isOptional: bracket === '[' };
}

/** What a shell offers for a value: some words, names of files or of directories, or nothing. */
export type Offer = readonly string[] | 'file' | 'directory' | undefined;

/** What a shell offers for the value of an option. */
export function offerOf({ flags, choices, suggestions }: OptionDefinition): Offer {
  const { value } = parseFlags(flags);
  return choices ?? suggestions ?? (value === 'file' || value === 'directory' ? value : undefined);
}
