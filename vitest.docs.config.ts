import { defineConfig } from 'vitest/config';

/** The tests of what the documents say: `npm run check-docs`. */
export default defineConfig({
  test: {
    include: ['test/docs/*.test.ts'],
    globalSetup: ['test/support/build.ts'],
    testTimeout: 120_000,
  },
});
