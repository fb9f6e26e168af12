import { defineConfig } from 'vitest/config';

// One run over all packages: unit tests beside the code, features of core, and the tests of the whole house.
export default defineConfig({
  test: {
    projects: ['packages/*/vitest*.config.ts', 'test/vitest.config.ts'],
  },
});
