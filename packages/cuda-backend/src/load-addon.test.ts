import { expect, test } from 'vitest';
import { AddonMissingError } from './load-addon.js';

test('what could not be loaded is told with every attempt and its cause', () => {
  const error = new AddonMissingError([
    { what: 'local build', cause: new Error('it was not built') },
    {
      what: '@vram-residency/cuda-backend-linux-x64-gnu',
      cause: new Error('Cannot find module\nRequire stack'),
    },
  ]);
  expect(error.message).toContain('local build: it was not built');
  expect(error.message).toContain('@vram-residency/cuda-backend-linux-x64-gnu: Cannot find module');
  expect(error.message).not.toContain('Require stack');
  expect(error.attempts).toHaveLength(2);
});
