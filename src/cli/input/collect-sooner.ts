/** Bytes of input after which it is worth loading a module for. */
const LARGE = 0.25 * 1024 * 1024;

let read = 0;
let isAsked = false;

/**
 * Counts bytes of input. For a large one V8 is told to collect garbage sooner: of a large heap it would let three times as
 * much become garbage first. Small captures do without, as loading the module takes longer than reading them does.
 */
export function countInput(bytes: number): void {
  read += bytes;
  if (isAsked || read < LARGE) return;
  isAsked = true;
  process.getBuiltinModule('node:v8').setFlagsFromString('--heap-growing-percent=20');
}
