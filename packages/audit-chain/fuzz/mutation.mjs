// @ts-check
import fc from 'fast-check';

/** Bytes at which parsers turn: ends of lines, quotes, nesting, signs, what is not UTF-8, what looks like the format. */
const TELLING = [
  '',
  '\n',
  '\n\n',
  '\r',
  '\0',
  ' ',
  '"',
  '\\',
  '{',
  '}',
  '[[[[[[',
  ']',
  ',',
  ':',
  '+',
  '-',
  '=',
  '0',
  '-0',
  '1e9',
]
  .concat(['9007199254740993', '\u2014 ', '\ufeff', '\\ud800', 'null', '__proto__', '"seq":0', ',"mac":"'])
  .map((text) => Buffer.from(text))
  .concat([Buffer.of(0xff), Buffer.of(0xc0, 0x80), Buffer.of(0xed, 0xa0, 0x80), Buffer.alloc(70_000, 'a')]);

const place = fc.nat(1_000_000);
const bytes = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...TELLING) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 16 }) },
);
/** Replaces so many bytes at a place, modulo the length; or copies a stretch of another input there. */
const edit = fc.record({
  at: place,
  removed: fc.oneof(fc.constant(0), fc.nat(4), place),
  inserted: fc.oneof(bytes, fc.record({ input: place, from: place, length: fc.nat(400) })),
});

/**
 * Inputs that are nearly right: one of the corpus with a few edits.
 *
 * @param {readonly Uint8Array[]} corpus
 * @returns {fc.Arbitrary<Uint8Array>}
 */
export function mutations(corpus) {
  const inputs = corpus.map((input) => Buffer.from(input));
  const pick = (/** @type {number} */ n) => /** @type {Buffer} */ (inputs[n % inputs.length]);
  return fc.tuple(place, fc.array(edit, { minLength: 1, maxLength: 6 })).map(([first, edits]) =>
    edits.reduce((input, { at, removed, inserted }) => {
      const start = at % (input.length + 1);
      const end = Math.min(input.length, start + (removed % (input.length + 1)));
      const piece =
        inserted instanceof Uint8Array
          ? inserted
          : pick(inserted.input)
              .subarray(inserted.from % (pick(inserted.input).length + 1))
              .subarray(0, inserted.length);
      return Buffer.concat([input.subarray(0, start), piece, input.subarray(end)]);
    }, pick(first)),
  );
}
