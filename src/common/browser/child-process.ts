import { WsdissectError } from '../error.js';

/** There are no programs in a browser. @throws WsdissectError always */
export function startProgram(program: string): never {
  throw new WsdissectError('unreadable', `is compressed, and ${program} cannot run in a browser: decompress it first`);
}
