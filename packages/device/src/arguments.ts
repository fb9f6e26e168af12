import { CHUNK_BYTES } from '@vram-residency/seal-crypto';
import type { ByteRange } from './allocation.js';
import type { AdoptSource } from './shared-memory.js';

/** The largest file descriptor that an `int` holds. */
const MAX_FD = 2 ** 31 - 1;

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

/** Throws a TypeError or a RangeError unless `source` has what {@link AdoptSource} says. */
export function checkAdoptSource(source: AdoptSource): void {
  if (typeof source !== 'object' || source === null) throw new TypeError('Expected an object for source');
  if ('external' in source) {
    if (typeof source.external === 'object' && source.external !== null) return;
    throw new TypeError('Expected source.external to be an object with the tag of vram/external.h');
  }
  if (typeof source.fd !== 'number') throw new TypeError('Expected a number for source.fd');
  checkInteger(source.fd, 'source.fd', 0);
  if (source.fd > MAX_FD) throw new RangeError(`Expected at most ${MAX_FD} for source.fd`);
  checkInteger(source.sizeBytes, 'source.sizeBytes', 1);
}
