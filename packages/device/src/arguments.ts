import { CHUNK_BYTES } from '@vram-residency/seal-crypto';
import type { ByteRange } from './allocation.js';

/** Throws a RangeError that names the argument unless `value` is a safe integer of at least `minimum`. */
export function checkInteger(value: number, name: string, minimum: number): void {
  if (!Number.isSafeInteger(value) || value < minimum) {
    throw new RangeError(
      `Expected an integer of at least ${minimum} for ${name} but received ${String(value)}`,
    );
  }
}

/** Throws a RangeError unless the range lies inside `sizeBytes` and has at least `minimumLength` bytes. */
export function checkRange(range: ByteRange, sizeBytes: number, minimumLength: 0 | 1): void {
  checkInteger(range.offset, 'offset', 0);
  checkInteger(range.length, 'length', minimumLength);
  if (range.offset > sizeBytes || range.length > sizeBytes - range.offset) {
    throw new RangeError(
      `Expected a range inside ${sizeBytes} bytes but received ${range.length} bytes at offset ${range.offset}`,
    );
  }
}

/** Throws a RangeError unless the range starts at a chunk and ends at one or at the allocation's end. */
export function checkChunkRange(range: ByteRange, sizeBytes: number): void {
  checkRange(range, sizeBytes, 1);
  const end = range.offset + range.length;
  checkChunkBoundary(range.offset, 'offset');
  if (end !== sizeBytes) checkChunkBoundary(end, 'offset + length');
}

function checkChunkBoundary(position: number, name: string): void {
  if (position % CHUNK_BYTES !== 0) {
    throw new RangeError(`Expected a multiple of ${CHUNK_BYTES} for ${name} but received ${position}`);
  }
}

/** Throws a TypeError unless `value` is a Uint8Array. */
export function checkBytes(value: Uint8Array, name: string): void {
  if (!(value instanceof Uint8Array)) throw new TypeError(`Expected a Uint8Array for ${name}`);
}
