import { expect, test } from 'vitest';
import * as index from '../src/index.js';

test('the public names', () => {
  expect(Object.keys(index).sort()).toEqual([
    'POLICY_ERROR_CODES',
    'PolicyError',
    'assertPolicy',
    'customRule',
    'definePolicy',
    'enforce',
    'evaluate',
    'parsePolicy',
    'vramOnly',
  ]);
});

test('every error code has a meaning', () => {
  expect(Object.keys(index.POLICY_ERROR_CODES)).toEqual(['INVALID_POLICY', 'POLICY_VIOLATION']);
  for (const meaning of Object.values(index.POLICY_ERROR_CODES)) expect(meaning).toMatch(/^[A-Z].+\.$/);
});
