import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // What the documents say: npm run check-docs.
    exclude: ['test/docs/**'],
    globalSetup: ['test/support/build.ts'],
    // All cores: what a test waits for is often a process of its own. The default leaves one core out, which of two is half.
    maxWorkers: '100%',
    // No test measures time; this only ends a test that hangs.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      // It runs in a browser: test/report/ tests it there.
      exclude: ['src/report/page/**'],
      reporter: ['text-summary', 'json-summary'],
      thresholds: { lines: 95 },
    },
  },
});
