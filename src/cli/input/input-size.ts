import { fstatSync, statSync } from 'node:fs';
import { STDIN } from './input.js';

const STDIN_DESCRIPTOR = 0;

/** Bytes of an input that is a file; `undefined` for a pipe, and for what does not exist. */
export function inputSize(name: string): number | undefined {
  try {
    const status = name === STDIN ? fstatSync(STDIN_DESCRIPTOR) : statSync(name);
    return status.isFile() ? status.size : undefined;
  } catch {
    // Whoever reads it will say what is wrong.
    return undefined;
  }
}
