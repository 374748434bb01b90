/**
 * Adds the matchers to Vitest: `import 'wsdissect/vitest'`, in a test or in a file of `setupFiles`.
 *
 * @packageDocumentation
 */
import { expect } from 'vitest';
import { captureMatchers, type CaptureMatchers } from './capture-matchers.js';

declare module 'vitest' {
  // eslint-disable-next-line @typescript-eslint/no-unused-vars, @typescript-eslint/no-explicit-any, @typescript-eslint/no-empty-object-type -- as Vitest declares it
  interface Matchers<T = any> extends CaptureMatchers {}
}

expect.extend(captureMatchers);
