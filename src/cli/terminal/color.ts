import type { Style } from '../../output/style.js';
import { plainStyle } from '../../output/style.js';
import type { Io } from './io.js';

/** Values of `--color`. */
export const COLOR_CHOICES = ['auto', 'always', 'never'] as const;
export type ColorChoice = (typeof COLOR_CHOICES)[number];

/** The style that the options, the environment and the terminal ask for, in this order. */
export async function chooseStyle(choice: ColorChoice, io: Io): Promise<Style> {
  const arrow = isUtf8Locale(io.env) ? '→' : '->';
  if (!isColored(choice, io)) return plainStyle(arrow);
  const { colorStyle } = await import('../../output/color-style.js');
  return colorStyle(arrow);
}

/** Whether to colour: `--color`, then NO_COLOR, then FORCE_COLOR, then whether stdout is a terminal. */
export function isColored(choice: ColorChoice, io: Pick<Io, 'env' | 'isTerminal'>): boolean {
  if (choice !== 'auto') return choice === 'always';
  const { NO_COLOR, FORCE_COLOR, TERM } = io.env;
  if (NO_COLOR !== undefined && NO_COLOR !== '') return false;
  if (FORCE_COLOR !== undefined) return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false';
  return TERM !== 'dumb' && io.isTerminal('stdout');
}

/** Whether the locale says that text is UTF-8. */
export function isUtf8Locale({ LC_ALL, LC_CTYPE, LANG }: Io['env']): boolean {
  return /utf-?8/i.test([LC_ALL, LC_CTYPE, LANG].find((value) => value !== undefined && value !== '') ?? '');
}
