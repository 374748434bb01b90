import { WsdissectError } from '../error.js';

/** There are no paths in a browser. @throws WsdissectError always */
export function createReadStream(path: string): never {
  throw new WsdissectError('bad-option', `${path}: a path cannot be read in a browser: give its File or Blob`);
}
