import { assertBytes, describe } from './bytes.js';

const DIGITS = '0123456789abcdef';

/**
 * Bytes as lower-case hex digits.
 *
 * @throws TypeError if `bytes` is not a Uint8Array.
 */
export function toHex(bytes: Uint8Array): string {
  assertBytes(bytes, 'bytes');
  let text = '';
  for (const byte of bytes) text += DIGITS.charAt(byte >> 4) + DIGITS.charAt(byte & 15);
  return text;
}

/**
 * The bytes that lower-case hex digits stand for.
 *
 * @throws TypeError if `text` is not a string.
 * @throws RangeError if it is not an even number of lower-case hex digits.
 */
export function fromHex(text: string): Uint8Array {
  if (typeof text !== 'string')
    throw new TypeError(`Expected a string of hex but received ${describe(text)}`);
  if (text.length % 2 !== 0 || !/^[0-9a-f]*$/.test(text)) {
    throw new RangeError('Expected an even number of lower-case hex digits');
  }
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(text.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}
