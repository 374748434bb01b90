import { Chalk } from 'chalk';
import type { Style } from './style.js';

/** The sixteen colours that every terminal has, and every theme makes readable. */
const SIXTEEN_COLORS = 1;

/** Colours. This file is imported only where something is coloured, because chalk takes its time to load. */
export function colorStyle(arrow: string): Style {
  const chalk = new Chalk({ level: SIXTEEN_COLORS });
  return {
    arrow,
    heading: chalk.bold,
    label: chalk.dim,
    remark: chalk.italic.dim,
    warning: chalk.yellow,
    error: chalk.red,
    escaped: chalk.inverse,
    match: chalk.black.bgYellow,
    direction: { 'client-to-server': chalk.cyan, 'server-to-client': chalk.magenta },
  };
}
