/**
 * An option, as the command line, the help and every document show it.
 *
 * @typeParam Value - what it is parsed into
 */
export interface OptionDefinition<Value = unknown> {
  /** `-q, --quiet`, `--port <number>`. */
  readonly flags: string;
  /** What it does: begins in lower case, ends without a full stop. */
  readonly description: string;
  /** Turns an argument into the value, or into an item of it. @throws RangeError that says what it must be */
  readonly parse?: (value: string) => Value extends readonly (infer Item)[] ? Item | Value : Value;
  /** May be given several times; the value is the list of all. */
  readonly isRepeatable?: true;
  /** Another option that takes back what this one says: `--no-join`. The value is false where it is given. */
  readonly negated?: { readonly flags: string; readonly description: string };
  readonly choices?: readonly (Value & string)[];
  /** Values that a shell offers, where others are possible as well. */
  readonly suggestions?: readonly string[];
  readonly defaultValue?: Value;
  /** How the help shows the default value. */
  readonly defaultText?: string;
}

/** The options that a command is given, each by the name of its parsed value: the long name in camelCase. */
export type OptionTable<Options> = { readonly [Name in keyof Options]-?: OptionDefinition<Required<Options>[Name]> };

/** The options of a table but some. */
export function without<Table extends object, Name extends keyof Table>(
  table: Table,
  ...names: readonly Name[]
): Omit<Table, Name> {
  const rest = Object.entries(table).filter(([name]) => !(names as readonly PropertyKey[]).includes(name));
  return Object.fromEntries(rest) as Omit<Table, Name>;
}

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
