import { Chalk } from 'chalk';
import type { FieldPaint } from './field-paint.js';

/** The sixteen colours that every terminal has. */
const SIXTEEN_COLORS = 1;

/** Colours. This file is imported only where something is coloured, because chalk takes its time to load. */
export function fieldColors(): FieldPaint {
  const chalk = new Chalk({ level: SIXTEEN_COLORS });
  return {
    fin: chalk.red,
    rsv: chalk.gray,
    opcode: chalk.yellow,
    mask: chalk.magenta,
    length: chalk.cyan,
    key: chalk.blueBright,
    payload: chalk.green,
  };
}
