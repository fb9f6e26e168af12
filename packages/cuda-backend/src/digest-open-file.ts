import { getSystemErrorName } from 'node:util';
import {
  CHUNK_BYTES,
  type DigestAlgorithm,
  type DigestStreamOptions,
  type OpenFile,
  SealError,
} from '@vram-residency/seal-crypto';
import type { Addon } from './addon.js';
import { ALGORITHM_NUMBERS } from './algorithm-numbers.js';

const CHUNKS_DONE = 0;
const CANCELLED = 1;
/** How often progress is told. */
const PROGRESS_MS = 100;

/** An `OpenFileDigester`: the addon reads and digests the file on its own threads. */
export async function digestOpenFile(
  addon: Addon,
  algorithm: DigestAlgorithm,
  { descriptor, sizeBytes }: OpenFile,
  { signal, onProgress }: DigestStreamOptions,
): Promise<Uint8Array> {
  signal?.throwIfAborted();
  const control = new Int32Array(2);
  const cancel = (): void => {
    Atomics.store(control, CANCELLED, 1);
  };
  const progress = new Progress(control, sizeBytes, onProgress, cancel);
  signal?.addEventListener('abort', cancel, { once: true });
  try {
    const result = await addon.digestFile(ALGORITHM_NUMBERS[algorithm], descriptor, sizeBytes, control);
    if (result.digest === undefined) throw notRead(result.errno);
    progress.end();
    return new Uint8Array(result.digest);
  } catch (error) {
    progress.rethrow();
    signal?.throwIfAborted();
    throw error;
  } finally {
    progress.stop();
    signal?.removeEventListener('abort', cancel);
  }
}

/** Tells how far the addon is; what the listener throws ends the digest. */
class Progress {
  readonly #sizeBytes: number;
  readonly #onProgress: ((doneBytes: number) => void) | undefined;
  readonly #timer: NodeJS.Timeout | undefined;
  #toldBytes = 0;
  #failure: { readonly error: unknown } | undefined;

  constructor(
    control: Int32Array,
    sizeBytes: number,
    onProgress: ((doneBytes: number) => void) | undefined,
    cancel: () => void,
  ) {
    this.#sizeBytes = sizeBytes;
    this.#onProgress = onProgress;
    if (onProgress === undefined) return;
    const tell = (): void => {
      try {
        this.#tell(Math.min(Atomics.load(control, CHUNKS_DONE) * CHUNK_BYTES, sizeBytes));
      } catch (error) {
        this.#failure = { error };
        this.stop();
        cancel();
      }
    };
    this.#timer = setInterval(tell, PROGRESS_MS);
  }

  /** Everything is done. */
  end(): void {
    this.rethrow();
    this.#tell(this.#sizeBytes);
  }

  /** @throws what the listener threw */
  rethrow(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #tell(doneBytes: number): void {
    if (doneBytes <= this.#toldBytes) return;
    this.#toldBytes = doneBytes;
    this.#onProgress?.(doneBytes);
  }
}

function notRead(errno: number): Error {
  if (errno === 0) return new SealError('SOURCE_CHANGED', 'The file changed while it was read');
  const code = getSystemErrorName(-errno);
  return Object.assign(new Error(`${code}: the file could not be read`), {
    code,
    errno: -errno,
    syscall: 'read',
  });
}
