import { defineConfig } from 'vitest/config';

// The features once more, over the CUDA backend on the stand-in for its driver.
export default defineConfig({
  test: {
    testTimeout: 60_000,
    name: 'core-stand-in',
    include: ['features/**/*.test.ts'],
    env: { VRAM_RESIDENCY_FEATURES_OVER: 'stand-in' },
  },
});
