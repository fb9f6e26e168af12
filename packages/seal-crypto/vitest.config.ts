import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: { name: 'seal-crypto', include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'features/**/*.test.ts'] },
});
