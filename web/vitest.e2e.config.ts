import { defineConfig } from 'vitest/config';

// One browser and one file at a time: the machines that run these tests are small.
export default defineConfig(({ mode }) => ({
  test: {
    include: mode === 'screenshots' ? ['e2e/screenshots.ts'] : ['e2e/**/*.e2e.test.ts'],
    environment: 'node',
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
}));
