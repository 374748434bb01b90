/**
 * Adds the matchers to Jest: name `wsdissect/jest` in `setupFilesAfterEnv`, or import it in a test.
 *
 * @packageDocumentation
 */
import type {} from 'expect';
import { captureMatchers, type CaptureMatchers } from './capture-matchers.js';

declare global {
  // eslint-disable-next-line @typescript-eslint/no-namespace -- the types of Jest's own globals
  namespace jest {
    // eslint-disable-next-line @typescript-eslint/no-unused-vars, @typescript-eslint/no-empty-object-type -- as they are declared
    interface Matchers<R, T = {}> extends CaptureMatchers {}
  }
}

declare module 'expect' {
  // eslint-disable-next-line @typescript-eslint/no-unused-vars, @typescript-eslint/no-empty-object-type -- as it is declared
  interface Matchers<R extends void | Promise<void>, T = unknown> extends CaptureMatchers {}
}

interface Expect {
  readonly extend: (matchers: typeof captureMatchers) => void;
}

const { expect } = globalThis as { expect?: Expect };
if (expect === undefined) {
  throw new Error(
    'wsdissect/jest: there is no global expect; with injectGlobals: false, call expect.extend(captureMatchers) of wsdissect/matchers',
  );
}
expect.extend(captureMatchers);
