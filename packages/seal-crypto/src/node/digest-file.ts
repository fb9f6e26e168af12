import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { DigestAlgorithm } from '../algorithms.js';
import type { DigestEngines } from '../digest-engines.js';
import { SealError } from '../seal-error.js';

const READ_BYTES = 1_048_576;

/**
 * Digest of a regular file (a link to one is followed), with flat memory.
 *
 * @throws SealError `NOT_A_FILE`, `READ_FAILED`, `SOURCE_CHANGED`; and as `DigestEngines.digestStream`
 */
export async function digestFile(
  path: string,
  algorithm: DigestAlgorithm,
  engines: DigestEngines,
  options: { readonly signal?: AbortSignal; readonly onProgress?: (sizeBytes: number) => void } = {},
): Promise<{ readonly digest: Uint8Array; readonly sizeBytes: number }> {
  // O_NONBLOCK: opening a FIFO must not wait for a writer.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch((cause: unknown) => {
    throw new SealError('READ_FAILED', 'The file cannot be opened', { cause });
  });
  try {
    const before = await file.stat();
    if (!before.isFile()) throw new SealError('NOT_A_FILE', 'Expected a regular file');
    const buffer = new Uint8Array(READ_BYTES);
    const read = async function* (): AsyncGenerator<Uint8Array> {
      for (;;) {
        const { bytesRead } = await file.read(buffer, 0, buffer.length).catch((cause: unknown) => {
          throw new SealError('READ_FAILED', 'The file cannot be read', { cause });
        });
        if (bytesRead === 0) return;
        yield buffer.subarray(0, bytesRead);
      }
    };
    const result = await engines.digestStream(algorithm, read(), options);
    const after = await file.stat();
    if (result.sizeBytes !== before.size || after.mtimeMs !== before.mtimeMs || after.size !== before.size) {
      throw new SealError('SOURCE_CHANGED', 'The file changed while it was read');
    }
    return result;
  } finally {
    await file.close();
  }
}
