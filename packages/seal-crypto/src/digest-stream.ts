import { assertBytes } from './bytes.js';
import type { Hasher } from './engine.js';

/** A web stream as browsers have it where it is not async iterable. */
export interface ReadableBytes {
  getReader(): {
    read(): Promise<{ done: boolean; value?: Uint8Array | undefined }>;
    cancel(): Promise<void>;
  };
}

/** Bytes in pieces of any size. */
export type ByteSource = AsyncIterable<Uint8Array> | Iterable<Uint8Array> | ReadableBytes;

/** Options of every digest that takes time. */
export interface DigestStreamOptions {
  /** Ends the digest; the returned promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Called after each piece with the number of bytes so far. What it throws ends the digest. */
  readonly onProgress?: (doneBytes: number) => void;
}

/** The digest of a stream and its size. */
export interface StreamDigest {
  /** 32 bytes. */
  readonly digest: Uint8Array;
  readonly sizeBytes: number;
}

/** Bytes hashed at once: between such slices the event loop may run and a signal is seen. */
const SLICE_BYTES = 1_048_576;
/** For how long the event loop may be held up. */
const HOLD_MS = 25;

/** Feeds a source to a hasher, which it ends in any case. */
export async function digestSource(
  hasher: Hasher,
  source: ByteSource,
  { signal, onProgress }: DigestStreamOptions = {},
): Promise<StreamDigest> {
  const pieces = iterate(source);
  let sizeBytes = 0;
  let heldSince = performance.now();
  let done = false;
  try {
    for (;;) {
      const piece = await unlessAborted(signal, () => pieces.next());
      if (piece.done) break;
      assertBytes(piece.value, 'each piece of the source');
      for (let offset = 0; offset < piece.value.length; offset += SLICE_BYTES) {
        hasher.update(piece.value.subarray(offset, offset + SLICE_BYTES));
        if (performance.now() - heldSince > HOLD_MS) {
          await new Promise((resolve) => setTimeout(resolve));
          signal?.throwIfAborted();
          heldSince = performance.now();
        }
      }
      sizeBytes += piece.value.length;
      onProgress?.(sizeBytes);
    }
    done = true;
    return { digest: hasher.digest(), sizeBytes };
  } finally {
    hasher.destroy();
    // Not awaited: a generator that waits for its next piece would only end after it.
    if (!done) Promise.resolve(pieces.return?.()).catch(() => undefined);
  }
}

function iterate(source: ByteSource): AsyncIterator<Uint8Array> | Iterator<Uint8Array> {
  if (Symbol.asyncIterator in source) return source[Symbol.asyncIterator]();
  if (Symbol.iterator in source) return source[Symbol.iterator]();
  const reader = source.getReader();
  return {
    async next() {
      const { done, value } = await reader.read();
      return done || value === undefined ? { done: true, value: undefined } : { done: false, value };
    },
    async return() {
      await reader.cancel();
      return { done: true, value: undefined };
    },
  };
}

/** The result of a step, or a rejection with the signal's reason as soon as it is aborted. */
function unlessAborted<T>(signal: AbortSignal | undefined, step: () => T | Promise<T>): Promise<T> {
  if (signal === undefined) return Promise.resolve().then(step);
  if (signal.aborted) return Promise.reject(signal.reason);
  return new Promise<T>((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    Promise.resolve()
      .then(step)
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', abort));
  });
}
