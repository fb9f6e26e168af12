import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    testTimeout: 60_000,
    name: 'cuda-backend',
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
  },
});
