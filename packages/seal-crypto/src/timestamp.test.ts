import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isTimestamp } from './timestamp.js';

test('every real time is one', () => {
  const range = {
    min: new Date('0000-01-01T00:00:00Z'),
    max: new Date('9999-12-31T23:59:59Z'),
    noInvalidDate: true,
  };
  fc.assert(
    fc.property(fc.date(range), fc.nat(999), (date, micros) => {
      expect(isTimestamp(date.toISOString().replace('Z', `${String(micros).padStart(3, '0')}Z`))).toBe(true);
    }),
  );
  expect(isTimestamp('2024-02-29T23:59:59.999999Z')).toBe(true);
  expect(isTimestamp('2000-02-29T00:00:00.000000Z')).toBe(true);
});

test.each([
  '2026-02-29T00:00:00.000000Z',
  '1900-02-29T00:00:00.000000Z',
  '2026-00-01T00:00:00.000000Z',
  '2026-13-01T00:00:00.000000Z',
  '2026-04-31T00:00:00.000000Z',
  '2026-01-00T00:00:00.000000Z',
  '2026-01-01T24:00:00.000000Z',
  '2026-01-01T00:60:00.000000Z',
  '2026-01-01T00:00:60.000000Z',
  '2026-01-01T00:00:00.000Z',
  '2026-01-01T00:00:00.0000000Z',
  '2026-01-01T00:00:00Z',
  '2026-01-01T00:00:00.000000z',
  '2026-01-01T00:00:00.000000+00:00',
  '2026-01-01 00:00:00.000000Z',
  '2026-01-01T00:00:00.000000Z\n',
  '',
])('%o is no time', (text) => {
  expect(isTimestamp(text)).toBe(false);
});
