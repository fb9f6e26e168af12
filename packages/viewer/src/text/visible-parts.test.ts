import { expect, test } from 'vitest';
import { visibleParts } from './visible-parts.js';

test('what would not be seen is an escape, everything else stands as it is', () => {
  expect(visibleParts('a\u202eb\n<b>')).toEqual([
    { text: 'a', escaped: false },
    { text: '\\u{202e}', escaped: true },
    { text: 'b', escaped: false },
    { text: '\\u{a}', escaped: true },
    { text: '<b>', escaped: false },
  ]);
  expect(visibleParts('')).toEqual([]);
});

test('characters beyond the first plane are one escape', () => {
  expect(visibleParts('\u{e0041}')).toEqual([{ text: '\\u{e0041}', escaped: true }]);
});
