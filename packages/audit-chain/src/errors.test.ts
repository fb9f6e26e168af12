import { expect, test } from 'vitest';
import { AUDIT_ERROR_CODES, AUDIT_ERROR_REMEDIES } from './errors.js';

test('every code has a meaning and a remedy, each a sentence', () => {
  expect(Object.keys(AUDIT_ERROR_REMEDIES)).toEqual(Object.keys(AUDIT_ERROR_CODES));
  for (const text of [...Object.values(AUDIT_ERROR_CODES), ...Object.values(AUDIT_ERROR_REMEDIES)]) {
    expect(text).toMatch(/^\p{Lu}[^\n]*\.$/u);
  }
});
