import { expect, test } from 'vitest';
import { lineBatches } from './line-batches.js';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

async function* inPieces(text: string, sizeBytes: number): AsyncGenerator<Uint8Array> {
  const bytes = encoder.encode(text);
  for (let i = 0; i < bytes.length; i += sizeBytes) yield bytes.subarray(i, i + sizeBytes);
}

async function batchesOf(text: string, pieceBytes: number, maxBytes: number): Promise<unknown[]> {
  const found: unknown[] = [];
  for await (const { bytes, offset, longBytes } of lineBatches(inPieces(text, pieceBytes), maxBytes)) {
    found.push(bytes === undefined ? [offset, longBytes] : [offset, decoder.decode(bytes)]);
  }
  return found;
}

test.each([1, 2, 3, 100])('cuts at line ends, whatever the pieces (%i bytes)', async (pieceBytes) => {
  expect(await batchesOf('ab\ncd\nef\ng', pieceBytes, 6)).toEqual([
    [0, 'ab\ncd\n'],
    [6, 'ef\ng'],
  ]);
});

test.each([1, 4, 100])('a line longer than a batch is told by its length (%i bytes)', async (pieceBytes) => {
  expect(await batchesOf('a\n0123456789\nb\n', pieceBytes, 4)).toEqual([
    [0, 'a\n'],
    [2, 10],
    [13, 'b\n'],
  ]);
  expect(await batchesOf('0123456789', pieceBytes, 4)).toEqual([[0, 10]]);
  expect(await batchesOf('', pieceBytes, 4)).toEqual([]);
});
