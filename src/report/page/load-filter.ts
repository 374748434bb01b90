import type * as FilterCode from './filter-code.js';
import { runPacked } from './packed.js';

declare global {
  /** What the script for expressions gives. */
  var wsdissectFilter: typeof FilterCode | undefined;
}

let loading: Promise<typeof FilterCode> | undefined;

/** Gives the code that compiles expressions, which is opened when it is first asked for. */
export function loadFilter(): Promise<typeof FilterCode> {
  return (loading ??= run());
}

async function run(): Promise<typeof FilterCode> {
  await runPacked('filter-code');
  const code = globalThis.wsdissectFilter;
  if (code === undefined) throw new Error('the script for expressions did not run');
  return code;
}
