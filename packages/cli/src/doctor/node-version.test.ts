import { expect, test } from 'vitest';
import { isSupportedNode } from './node-version.js';

test.each([
  ['v20.19.0', true],
  ['v20.20.2', true],
  ['v22.0.0', true],
  ['v20.18.9', false],
  ['v20.9.0', false],
  ['v18.20.0', false],
])('%s is at least 20.19: %s', (version, supported) => {
  expect(isSupportedNode(version, '>=20.19')).toBe(supported);
});

test('what is no version is refused', () => {
  expect(() => isSupportedNode('latest', '>=20.19')).toThrow(RangeError);
});
