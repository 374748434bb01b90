import type * as V8 from 'node:v8';

/** Bytes of input after which it is worth loading a module for. */
const LARGE = 0.25 * 1024 * 1024;
/** Bytes that the space of young objects has, both halves together, once the input has shown that it is large. */
const YOUNG = 8 * 1024 * 1024;

let read = 0;
let v8: typeof V8 | undefined;
let isDone = false;

/**
 * Counts bytes of input. For a large one V8 is told to take less memory: of a large heap it would let three times as much
 * become garbage before it collects all of it, and young objects would get 32 MB in place of 8. Neither makes it faster.
 * So few bytes of young objects are collected sooner by the thread that needs the room than by several that it wakes and
 * waits for, next to the compiler.
 * Small captures do without, as loading the module takes longer than reading them does.
 */
export function countInput(bytes: number): void {
  read += bytes;
  if (isDone || read < LARGE) return;
  if (v8 === undefined) {
    v8 = process.getBuiltinModule('node:v8');
    v8.setFlagsFromString('--heap-growing-percent=20');
    v8.setFlagsFromString('--no-parallel-scavenge');
  }
  const young = v8.getHeapSpaceStatistics().find((space) => space.space_name === 'new_space');
  if (young === undefined || young.space_size < YOUNG) return;
  isDone = true;
  // It grows by this factor: no further from now on.
  v8.setFlagsFromString('--semi-space-growth-factor=1');
}
