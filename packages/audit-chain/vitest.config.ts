import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: { name: 'audit-chain', include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'features/**/*.test.ts'] },
});
